/// How far a piece of work has come, at one moment.
public struct ProgressState: Sendable, Hashable {
  /// A live number beside the bar.
  public struct Metric: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: Double

    /// A named number.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What is being done, in a word or two.
  public let title: String
  /// How many units are done.
  public let completed: Int
  /// How many there are.
  public let total: Int
  /// How many were done when the clock started: a resumed run begins here.
  public let start: Int
  /// Seconds since the clock started.
  public let elapsed: Double
  /// Numbers to watch, in order.
  public let metrics: [Metric]

  /// The state of a piece of work, with counts brought inside `0...total`.
  public init(
    title: String, completed: Int, total: Int, start: Int = 0, elapsed: Double,
    metrics: [Metric] = []
  ) {
    self.title = title
    self.total = max(0, total)
    self.completed = min(max(0, completed), self.total)
    self.start = min(max(0, start), self.completed)
    self.elapsed = elapsed.isFinite ? max(0, elapsed) : 0
    self.metrics = metrics
  }

  /// The finished share, 0…1; 1 for no work at all.
  public var fraction: Double { total == 0 ? 1 : Double(completed) / Double(total) }

  /// Seconds until everything is done at the pace since the start; `nil` before the first unit.
  ///
  ///     left = elapsed · (total − completed) / (completed − start)
  public var secondsLeft: Double? {
    if completed == total { return 0 }
    guard completed > start else { return nil }
    return elapsed * Double(total - completed) / Double(completed - start)
  }
}
