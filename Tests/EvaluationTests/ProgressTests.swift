import Evaluation
import Synchronization
import Testing

@Suite("Progress")
struct ProgressTests {
  private static func state(
    _ completed: Int, of total: Int = 150, start: Int = 0, elapsed: Double = 60,
    metrics: [ProgressState.Metric] = [.init("reward", 0.4123), .init("searches", 2.3)]
  ) -> ProgressState {
    ProgressState(
      title: "Training", completed: completed, total: total, start: start, elapsed: elapsed,
      metrics: metrics)
  }

  /// What a writer wrote.
  private final class Recorder: Sendable {
    let written = Mutex<[String]>([])
    var text: String { written.withLock { $0.joined() } }
    func write(_ text: String) { written.withLock { $0.append(text) } }
  }

  @Test("the time left follows the pace since the start")
  func timeLeft() {
    #expect(Self.state(60).secondsLeft == 90)
    #expect(Self.state(60, start: 40).secondsLeft == 270)
    #expect(Self.state(0).secondsLeft == nil)
    #expect(Self.state(150).secondsLeft == 0)
    #expect(Self.state(900).fraction == 1)
    #expect(Self.state(0, of: 0).fraction == 1)
    #expect(Self.state(-3).completed == 0)
  }

  @Test("a terminal sees a bar, the time left and the numbers")
  func bar() {
    let lines = ProgressBar.lines(Self.state(60), width: 76, colour: false)
    #expect(
      lines.first
        == "Training ━━━━━━━━━━━━━━─────────────────────   60/150  40 %  1 min 30 s left")
    #expect(lines.last == "         reward 0.412  searches 2.30")
    #expect(ProgressBar.lines(Self.state(60, metrics: []), width: 80, colour: false).count == 1)
  }

  @Test("no line is wider than the terminal, whatever its width")
  func widths() {
    for width in 0...130 {
      for completed in [0, 1, 75, 149, 150] {
        for line in ProgressBar.lines(Self.state(completed), width: width, colour: false) {
          #expect(line.count <= width)
        }
      }
    }
  }

  @Test("colours add nothing but codes")
  func colours() {
    for completed in [0, 60, 150] {
      let plain = ProgressBar.lines(Self.state(completed), width: 90, colour: false)
      let coloured = ProgressBar.lines(Self.state(completed), width: 90, colour: true)
      #expect(coloured != plain)
      #expect(
        coloured.map { $0.replacing(#/\x{1B}\[\d+m/#, with: "") } == plain)
    }
  }

  @Test("the bar is empty at the start and full only at the end")
  func ends() {
    func bar(_ completed: Int) -> String {
      ProgressBar.lines(Self.state(completed), width: 90, colour: false)[0]
    }
    #expect(!bar(0).contains("━") && bar(0).contains("estimating"))
    #expect(bar(149).contains("─") && bar(149).contains("99 %"))
    #expect(!bar(150).contains("─") && bar(150).contains("done in 1 min 00 s"))
  }

  @Test("on a terminal each state is drawn over the last")
  func terminal() {
    let recorder = Recorder()
    let writer = ProgressWriter(
      title: "Training", total: 2, style: .terminal(width: 80, colour: false),
      write: recorder.write)
    writer.update(completed: 1, elapsed: 1, metrics: [.init("reward", 1)])
    writer.update(completed: 2, elapsed: 2, metrics: [.init("reward", 1)])
    writer.finish()
    writer.finish()
    writer.update(completed: 2, elapsed: 3)
    let written = recorder.written.withLock(\.self)
    #expect(written.count == 3)
    #expect(!written[0].contains("\u{1B}"))
    #expect(written[1].hasPrefix("\r\u{1B}[1A\u{1B}[J"))
    #expect(written[2] == "\n")
  }

  @Test("a log gets plain lines, throttled, the first and the last always")
  func log() {
    let recorder = Recorder()
    let writer = ProgressWriter(
      title: "Training", total: 100, style: .log(interval: 10), write: recorder.write)
    for step in 1...100 { writer.update(completed: step, elapsed: Double(step) * 1.01) }
    let lines = recorder.text.split(separator: "\n")
    writer.finish()
    #expect(recorder.text.split(separator: "\n") == lines, "nothing was held back")
    #expect(lines.count == 11)
    #expect(lines.first == "Training   1/100  1 %  1 min 40 s left")
    #expect(lines.last == "Training 100/100  100 %  done in 1 min 41 s")
    #expect(recorder.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test("a log that is stopped early ends with the last state")
  func stopped() {
    let recorder = Recorder()
    let writer = ProgressWriter(
      title: "Training", total: 100, style: .log(interval: 10), write: recorder.write)
    for step in 1...5 { writer.update(completed: step, elapsed: Double(step)) }
    writer.finish()
    #expect(recorder.text.split(separator: "\n").last?.hasPrefix("Training   5/100") == true)
  }

  @Test("NO_COLOR, a dumb terminal and no terminal are honoured")
  func styles() {
    typealias Style = ProgressWriter.Style
    #expect(
      Style.suiting(isTerminal: true, width: 80, environment: [:])
        == .terminal(width: 80, colour: true))
    #expect(
      Style.suiting(isTerminal: true, width: 80, environment: ["NO_COLOR": "1"])
        == .terminal(width: 80, colour: false))
    #expect(
      Style.suiting(isTerminal: true, width: 80, environment: ["NO_COLOR": ""])
        == .terminal(width: 80, colour: true))
    #expect(
      Style.suiting(isTerminal: true, width: 80, environment: ["TERM": "dumb"])
        == .log(interval: 10))
    #expect(
      Style.suiting(isTerminal: false, width: 80, environment: [:]) == .log(interval: 10))
  }
}
