internal import Foundation

/// What the command line asks for.
struct Options {
  static let help = """
    usage: Bench [--quick] [--accept-disturbed] [--only TEXT]… [--pairs COUNT]
                 [--output FOLDER] [--keep]
           Bench --list
           Bench growth [FOLDER]

      --quick             fewer rows, three pairs each
      --accept-disturbed  keep rows that other processes disturbed, marked as such
      --only TEXT         rows whose name contains the text, on top of what --quick leaves
      --pairs COUNT       pairs per row
      --output FOLDER     where RESULTS.md, results.svg and results.json go
      --keep              leave the rows of this machine that FOLDER has and that are not measured now
      --list              the rows there are
      growth              how cost grows with size; writes GROWTH.md and growth.svg
    """

  var isQuick = false
  var acceptsDisturbed = false
  var only: [String] = []
  var output: String?
  var lists = false
  var keeps = false
  private var chosenPairs: Int?

  /// Pairs of ours and theirs in a row.
  var pairs: Int { chosenPairs ?? (isQuick ? 3 : 7) }
  /// Pairs where one takes long.
  var longPairs: Int { chosenPairs ?? (isQuick ? 3 : 5) }
  /// Seconds that half a pair lasts, unless one call takes longer.
  var duration: Double { isQuick ? 0.1 : 0.4 }
  var threads: [Int] { isQuick ? [2] : [1, 2] }

  init(_ arguments: some Sequence<String>) throws {
    var rest = Array(arguments.reversed())
    func value(_ option: String) throws -> String {
      guard let value = rest.popLast() else { throw BenchError.usage("\(option) needs a value") }
      return value
    }
    while let option = rest.popLast() {
      switch option {
      case "--quick": isQuick = true
      case "--accept-disturbed": acceptsDisturbed = true
      case "--list": lists = true
      case "--keep": keeps = true
      case "--only": only.append(try value(option))
      case "--output": output = try value(option)
      case "--pairs":
        guard let count = Int(try value(option)), count > 0 else {
          throw BenchError.usage("--pairs needs a positive number")
        }
        chosenPairs = count
      default: throw BenchError.usage("there is no option \(option)")
      }
    }
  }

  func wants(_ workload: Workload) -> Bool {
    (!isQuick || workload.isQuick)
      && (only.isEmpty || only.contains { workload.name.contains($0) })
  }
}

/// Why there are no results.
enum BenchError: Error, CustomStringConvertible {
  case usage(String)
  case failed(String)
  /// A result outside its permitted error: no speed makes up for that.
  case incorrect(String)
  case disturbed([String], limit: Double)

  var description: String {
    switch self {
    case .usage(let what): "\(what)\n\n\(Options.help)"
    case .failed(let what), .incorrect(let what): what
    case .disturbed(let rows, let limit):
      "Other processes used more than \(limit) processors during \(rows.joined(separator: ", ")); these rows were rejected. Run again when the machine is quiet, or with --accept-disturbed."
    }
  }
}
