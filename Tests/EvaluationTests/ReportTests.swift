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
}
