internal import Synchronization

/// Keeps a progress bar up to date on a terminal, or writes plain lines where there is none.
///
/// On a terminal the bar is drawn over itself. Elsewhere (a file, a pipe, a build log) each line
/// stands for itself, without control codes, at most one every ``Style/log(interval:)`` seconds;
/// the first and the last are always written. Writing is passed in, and so is the time:
///
///     let progress = ProgressWriter(
///       title: "Training", total: 150, style: .terminal(width: 100, colour: true)
///     ) { standardError.write($0) }
///     progress.update(completed: step, elapsed: clock.seconds, metrics: [.init("reward", reward)])
///     progress.finish()
public final class ProgressWriter: Sendable {
  /// How progress is written.
  public enum Style: Sendable, Hashable {
    /// Drawn in place, in columns of a terminal.
    case terminal(width: Int, colour: Bool)
    /// A line now and then, with this many seconds between two of them.
    case log(interval: Double)

    /// The style that suits where the text goes.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether it goes to a terminal.
    ///   - width: The terminal's columns.
    ///   - environment: The process's environment: a `NO_COLOR` that is not empty turns colours off
    ///     (no-color.org), and so does a `TERM` of `dumb`, which gets lines instead.
    public static func suiting(
      isTerminal: Bool, width: Int, environment: [String: String]
    ) -> Style {
      guard isTerminal, environment["TERM"] != "dumb" else { return .log(interval: 10) }
      return .terminal(width: width, colour: environment["NO_COLOR", default: ""].isEmpty)
    }
  }

  private struct Drawn {
    var lineCount = 0
    var lastLogged: Double?
    var pending: ProgressState?
    var isFinished = false
  }

  private let title: String
  private let total: Int
  private let start: Int
  private let style: Style
  private let write: @Sendable (String) -> Void
  private let drawn = Mutex(Drawn())

  /// A writer that has written nothing yet.
  ///
  /// - Parameters:
  ///   - title: What is being done.
  ///   - total: How many units there are.
  ///   - start: How many were done before the clock started.
  ///   - style: How to write.
  ///   - write: Takes each piece of text, in order; called from one thread at a time.
  public init(
    title: String, total: Int, start: Int = 0, style: Style,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.title = title
    self.total = total
    self.start = start
    self.style = style
    self.write = write
  }

  /// Shows a new state; after ``finish()`` it does nothing.
  ///
  /// - Parameters:
  ///   - completed: How many units are done.
  ///   - elapsed: Seconds since the clock started.
  ///   - metrics: Numbers to watch.
  public func update(completed: Int, elapsed: Double, metrics: [ProgressState.Metric] = []) {
    let state = ProgressState(
      title: title, completed: completed, total: total, start: start, elapsed: elapsed,
      metrics: metrics)
    drawn.withLock { drawn in
      guard !drawn.isFinished else { return }
      switch style {
      case .terminal(let width, let colour):
        let lines = ProgressBar.lines(state, width: width, colour: colour)
        write(Self.rewind(drawn.lineCount) + lines.joined(separator: "\n"))
        drawn.lineCount = lines.count
      case .log(let interval):
        if let last = drawn.lastLogged, elapsed - last < interval, state.completed < state.total {
          drawn.pending = state
        } else {
          write(ProgressBar.logLine(state) + "\n")
          drawn.lastLogged = elapsed
          drawn.pending = nil
        }
      }
    }
  }

  /// Leaves the last state standing and moves on to a new line; a line that was held back is
  /// written first.
  public func finish() {
    drawn.withLock { drawn in
      guard !drawn.isFinished else { return }
      drawn.isFinished = true
      if let pending = drawn.pending { write(ProgressBar.logLine(pending) + "\n") }
      if drawn.lineCount > 0 { write("\n") }
    }
  }

  /// Control codes that go back to the first of some lines and clear everything from there.
  private static func rewind(_ lineCount: Int) -> String {
    guard lineCount > 0 else { return "" }
    return "\r" + (lineCount > 1 ? "\u{1B}[\(lineCount - 1)A" : "") + "\u{1B}[J"
  }
}
