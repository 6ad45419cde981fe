internal import Foundation
internal import Measuring

/// Our side of the protocol of `Peers/serving.py`: lines of fields between tabs in, one line out.
///
/// Both sides of a comparison are processes of their own, so that they differ in what they compute
/// with and in nothing else.
struct Serving {
  let versions: String
  /// Prepares the work of a name; `nil` if there is none.
  let prepare: (String) async throws -> Work?

  func run() async {
    var prepared: [String: Work] = [:]
    var warm: Set<String> = []
    func work(_ name: String) async throws -> Work {
      if let work = prepared[name] { return work }
      guard let work = try await prepare(name) else { throw UnknownWork(name: name) }
      prepared[name] = work
      return work
    }
    answer("ready \(versions)")
    while let line = readLine() {
      let fields = line.split(separator: "\t").map(String.init)
      do {
        if fields.count == 2, fields[0] == "check" {
          let numbers = try await work(fields[1]).check?()
          answer(numbers.map { "values " + $0.map { "\($0)" }.joined(separator: " ") } ?? "none")
          continue
        }
        guard let name = fields.first else { throw UnknownWork(name: line) }
        let count = fields.count > 1 ? Int(fields[1]) ?? 1 : 1
        let work = try await work(name)
        if warm.insert(name).inserted { try await work.run(1) }
        let time = try await seconds { try await work.run(count) }
        answer("\(time / Double(count))")
      } catch {
        answer("error \(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
      }
    }
  }

  private func answer(_ text: String) {
    print(text)
    fflush(nil)
  }

  /// How many threads this process may use.
  static var threads: Int {
    ProcessInfo.processInfo.environment["PEER_THREADS"].flatMap { Int($0) } ?? 1
  }
}

/// Nobody knows work of that name.
struct UnknownWork: Error, CustomStringConvertible {
  let name: String
  var description: String { "there is no work called \(name)" }
}
