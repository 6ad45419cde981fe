import Foundation
import Testing

/// The table of reward systems in the guides.
@Suite("The table of reward systems")
struct RewardTable {
  @Test("names every file of vectors, and how many there are")
  func complete() throws {
    let guide = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../DocsSource/RewardSystems.md").standardized
    guard let text = try? String(contentsOf: guide, encoding: .utf8) else {
      print("skipped: there is no \(guide.path())")
      return
    }
    var counts: [String: Int] = [:]
    for file in GoldenSuite.files where file.topic.hasPrefix("rewards/") {
      let name = file.topic.dropFirst("rewards/".count)
      counts[String(name.prefix { $0 != "_" }), default: 0] += 1
    }
    for (system, count) in counts {
      let entry = "`\(system)_*` (\(count) file\(count == 1 ? "" : "s"),"
      #expect(text.contains(entry), "the table lacks \(entry)")
    }
    let total = counts.values.reduce(0, +)
    #expect(text.contains("`Tests/Golden/rewards`, \(total) with"), "there are \(total) files")
  }
}
