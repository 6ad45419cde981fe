/// Draws a ``ProgressState`` as text.
public enum ProgressBar {
  /// One or two lines for a terminal: the bar with the time left, and below it the numbers.
  ///
  ///     Training ━━━━━━━━━━━━──────────  60/150  40 %  3 min 20 s left
  ///              reward 0.412  searches 2.31
  ///
  /// No line is longer than `width` characters: the bar shrinks, then the texts are cut.
  ///
  /// - Parameters:
  ///   - state: What to draw.
  ///   - width: Columns of the terminal.
  ///   - colour: Whether colours are marked with escape codes; those don't count as characters.
  /// - Returns: One line without metrics, otherwise two; no line breaks inside.
  public static func lines(_ state: ProgressState, width: Int, colour: Bool) -> [String] {
    let counts = "\(counts(state))  \(timing(state))"
    let room = min(40, width - state.title.count - counts.count - 3)
    guard room >= 8 else {
      return [clip("\(state.title) \(counts)", width)] + metricLine(state, width, indent: 0, colour)
    }
    let filled = Int((state.fraction * Double(room)).rounded(.down))
    let done = String(repeating: "━", count: filled)
    let rest = String(repeating: "─", count: room - filled)
    let bar = colour ? "\u{1B}[36m\(done)\u{1B}[0m\u{1B}[2m\(rest)\u{1B}[0m" : done + rest
    return ["\(state.title) \(bar)  \(counts)"]
      + metricLine(state, width, indent: state.title.count + 1, colour)
  }

  /// One line for a log: no bar, no control codes.
  ///
  ///     Training 60/150  40 %  3 min 20 s left  reward 0.412  searches 2.31
  public static func logLine(_ state: ProgressState) -> String {
    (["\(state.title) \(counts(state))", timing(state)] + state.metrics.map(text))
      .joined(separator: "  ")
  }

  private static func counts(_ state: ProgressState) -> String {
    let total = Figure.count(state.total)
    let completed = Figure.count(state.completed)
    let padding = String(repeating: " ", count: max(0, total.count - completed.count))
    let percent = Figure.fixed((state.fraction * 100).rounded(.down), decimals: 0)
    return "\(padding)\(completed)/\(total)  \(percent) %"
  }

  private static func timing(_ state: ProgressState) -> String {
    if state.completed == state.total { return "done in \(Figure.duration(state.elapsed))" }
    return state.secondsLeft.map { "\(Figure.duration($0)) left" } ?? "estimating"
  }

  private static func metricLine(
    _ state: ProgressState, _ width: Int, indent: Int, _ colour: Bool
  ) -> [String] {
    guard !state.metrics.isEmpty else { return [] }
    let words = state.metrics.map(text).joined(separator: "  ")
    let line = clip(String(repeating: " ", count: indent) + words, width)
    return [colour ? "\u{1B}[2m\(line)\u{1B}[0m" : line]
  }

  private static func text(_ metric: ProgressState.Metric) -> String {
    "\(metric.name) \(Figure.short(metric.value))"
  }

  private static func clip(_ line: String, _ width: Int) -> String {
    line.count <= width ? line : String(line.prefix(max(0, width - 1))) + (width > 0 ? "…" : "")
  }
}
