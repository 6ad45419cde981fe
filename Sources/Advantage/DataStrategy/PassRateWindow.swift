/// Tasks that are neither too easy nor too hard: those a policy solves at a rate inside a window.
///
/// - Source: RAPO (arXiv 2509.24107) and DUPO (arXiv 2507.02592), which prune tasks that are always
///   solved.
public struct PassRateWindow: Sendable, Hashable, Codable {
  /// The rates that are kept.
  public var rates: ClosedRange<Double>
  /// How many attempts it takes before a rate says something; tasks with fewer are kept.
  public var leastAttempts: Int

  /// A window.
  ///
  /// - Precondition: rates lie in `0...1`, and the attempts are positive.
  public init(_ rates: ClosedRange<Double>, leastAttempts: Int = 1) {
    precondition(
      rates.lowerBound >= 0 && rates.upperBound <= 1, "rates lie in 0...1, got \(rates)")
    precondition(leastAttempts > 0, "a rate needs at least one attempt")
    self.rates = rates
    self.leastAttempts = leastAttempts
  }

  /// Tasks that were solved sometimes, but not always.
  public static func sometimes(attempts: Int) -> PassRateWindow {
    let one = 1 / Double(max(attempts, 2))
    return PassRateWindow(one...(1 - one), leastAttempts: attempts)
  }

  /// Whether a task is kept.
  ///
  /// - Precondition: `0 <= passes <= attempts`.
  public func keeps(passes: Int, of attempts: Int) -> Bool {
    precondition(
      passes >= 0 && passes <= attempts, "\(passes) of \(attempts) attempts can't have passed")
    if attempts < leastAttempts { return true }
    return rates.contains(Double(passes) / Double(attempts))
  }
}

/// How often each task was solved lately.
public struct PassRates: Sendable, Hashable, Codable {
  /// How many attempts are remembered per task; older ones are forgotten.
  public let memory: Int
  private var passes: [String: [Bool]] = [:]

  /// No attempts yet.
  ///
  /// - Precondition: at least one attempt is remembered.
  public init(memory: Int = 16) {
    precondition(memory > 0, "at least one attempt must be remembered")
    self.memory = memory
  }

  /// Remembers an attempt.
  public mutating func observe(task: String, passed: Bool) {
    passes[task, default: []].append(passed)
    let surplus = (passes[task]?.count ?? 0) - memory
    if surplus > 0 { passes[task]?.removeFirst(surplus) }
  }

  /// How many of a task's remembered attempts passed, and how many there are.
  public func rate(of task: String) -> (passes: Int, attempts: Int) {
    let seen = passes[task] ?? []
    return (seen.filter { $0 }.count, seen.count)
  }

  /// Whether a task is worth sampling; one never tried is.
  public func keeps(_ task: String, in window: PassRateWindow) -> Bool {
    let rate = rate(of: task)
    return rate.attempts == 0 || window.keeps(passes: rate.passes, of: rate.attempts)
  }
}
