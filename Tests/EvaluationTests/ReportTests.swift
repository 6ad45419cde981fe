import Foundation
import Rewards
import Testing
import Trajectories

@testable import Evaluation

@Suite("The report")
struct ReportTests {
  @Test("a whole run becomes three tables and one small page that loads nothing")
  func wholeRun() throws {
    try Make.inFolder { folder in
      let run = RunFolder(path: folder)
      var synthetic = SyntheticRun(folder: run)
      try synthetic.write()
      let text = try Report.write(runFolder: folder)
      #expect(text.contains("Held-out worlds"))
      #expect(text.contains("Training cost"))
      #expect(text.contains("Bad cases"))
      let page = try run.string(of: .report)
      #expect(page.utf8.count < 3_000_000)
      for outside in ["http://", "https://", " src=", "@import", "url("] {
        #expect(!page.contains(outside), "the page refers to something outside: \(outside)")
      }
      if let kept = ProcessInfo.processInfo.environment["PEREGRINE_KEEP_REPORT"] {
        try Data(page.utf8).write(to: URL(filePath: kept))
        print(text)
      }
    }
  }

  @Test("an empty folder has a report too, and a missing one is an error")
  func emptyFolder() throws {
    try Make.inFolder { folder in
      let text = try Report.write(runFolder: folder)
      #expect(text.contains("(nothing)"))
      #expect(try RunFolder(path: folder).string(of: .report).contains("has not ended yet"))
      #expect(throws: RunFolderError.noFolder(path: folder + "/none")) {
        try Report.write(runFolder: folder + "/none")
      }
    }
  }

  @Test("a torn last line is left out of the report, which says so")
  func tornLine() throws {
    try Make.inFolder { folder in
      let run = RunFolder(path: folder)
      let line = try MetricsRecord(step: 1, values: ["reward": 0.5]).jsonLine()
      try run.write(line + [UInt8(ascii: "\n")] + line.dropLast(4), to: .metrics)
      let report = try Report(runFolder: folder)
      #expect(report.metrics.count == 1)
      #expect(report.notices.first?.contains("metrics.jsonl (line 2)") == true)
      #expect(report.html.contains("metrics.jsonl (line 2)"))
    }
  }

  @Test("writing replaces the page as a whole and leaves nothing else behind")
  func durable() throws {
    try Make.inFolder { folder in
      try RunFolder(path: folder).write(Array("old".utf8), to: .report)
      try Report.write(runFolder: folder)
      #expect(try RunFolder(path: folder).string(of: .report).hasPrefix("<!doctype html>"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["report.html"])
    }
  }

  @Test("a page that can't be written is an error that names it")
  func unwritable() throws {
    try Make.inFolder { folder in
      let page = folder + "/report.html"
      try FileManager.default.createDirectory(atPath: page, withIntermediateDirectories: true)
      #expect {
        try Report.write(runFolder: folder)
      } throws: { error in
        guard case .unwritable(page, _)? = error as? RunFolderError else { return false }
        return true
      }
    }
  }

  @Test("the same folder gives the same page")
  func samePage() throws {
    try Make.inFolder { folder in
      var synthetic = SyntheticRun(folder: RunFolder(path: folder))
      synthetic.steps = 6
      try synthetic.write()
      #expect(try Report(runFolder: folder).html == Report(runFolder: folder).html)
    }
  }

  @Test("rollouts too long for it still make a page below 3 MB")
  func small() throws {
    try Make.inFolder { folder in
      let words = String(repeating: " incomprehensibilities", count: 4000)
      let records = try (0..<24).map { index in
        TrajectoryRecord(
          trajectory: try Make.trajectory(
            rollout: RolloutID(step: index / 8, group: 0, member: index % 8), [.words(words)]),
          report: Make.report(0), advantages: [])
      }
      try RunFolder(path: folder).write(records, to: .trajectories)
      let html = try Report(runFolder: folder).html
      #expect(html.utf8.count < 3_000_000)
      #expect(html.contains("more did not fit"))
    }
  }
}
