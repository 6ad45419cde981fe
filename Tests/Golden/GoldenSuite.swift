import Foundation
import Testing

/// Runs every topic file of a folder against the vectors that the original programs left.
///
/// `PEREGRINE_GOLDEN` names the folder; without it the copy beside this file is read. Subfolders
/// that are absent are fine, topics that nobody knows are not.
@Suite("Golden vectors")
struct GoldenSuite {
  /// A topic file: "algorithms/gae".
  struct TopicFile: Sendable, CustomTestStringConvertible {
    let topic: String
    let url: URL
    var testDescription: String { topic }
  }

  static let folder =
    ProcessInfo.processInfo.environment["PEREGRINE_GOLDEN"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent()

  static let files: [TopicFile] = ["algorithms", "rewards", "environments"].flatMap { area in
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: area), includingPropertiesForKeys: nil)
    return (found ?? []).filter { $0.pathExtension == "json" }
      .map { TopicFile(topic: "\(area)/\($0.deletingPathExtension().lastPathComponent)", url: $0) }
      .sorted { $0.topic < $1.topic }
  }

  @Test("each topic agrees with its original", arguments: files)
  func agrees(_ file: TopicFile) async throws {
    let check = try #require(
      knownTopics[file.topic],
      "\(file.topic) is a topic that nobody knows: write its adaptor in Tests/Golden/Topics")
    let golden = try GoldenFile(contentsOf: file.url)
    try #require(!golden.cases.isEmpty, "\(file.topic) holds no case")
    var failed = 0
    for golden in golden.cases {
      var findings = Findings(golden)
      do {
        try await check(golden, &findings)
      } catch {
        findings.fail("the adaptor threw: \(error)")
      }
      if findings.comparisons == 0 { findings.fail("nothing was compared") }
      guard !findings.failures.isEmpty else { continue }
      failed += 1
      for failure in findings.failures.prefix(3) {
        Issue.record("\(file.topic) \(golden.id) (\(golden.tag)): \(failure)")
      }
    }
    print("\(file.topic): \(golden.cases.count - failed) passed, \(failed) failed")
  }

  @Test("there is something to run")
  func isThere() {
    #expect(!Self.files.isEmpty, "no topic file in \(Self.folder.path())")
  }
}
