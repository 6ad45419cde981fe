public import Trajectories

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// FrugalRAG's stopping reward: searching should end with the search after which nothing better came.
///
/// With n searches made, n* the first one after which recall was at its best, and N searches allowed:
///
///     enough was found, n = n*   limit + hardness · n* / N
///     enough was found, n > n*   logit(1 − (n − n*) / N), in −limit…limit − 0.1
///     not enough was found       logit(1 − |n − N| / N),  in −limit…0
///     logit(p) = ln(p / (1 − p)),  p kept in 1e-6…1 − 1e-6
///
/// Recall is the share of relevant documents among all that the searches returned. Enough is a
/// recall of at least `sufficientRecall`, and more than 0. The answer plays no part. To it comes
/// `formatScore` times the share of calls that answered less the share that failed. Components:
/// `stopping`, `format`, `recall`, `searches`. A task without relevant documents can't be judged:
/// missing.
///
/// - Source: Java et al. 2025, "FrugalRAG"; src/train/train_grpo.py.
/// - Differs: documents are compared by identifier, not by title; the level that is enough is a
///   number or one per task, where the original reads it from the logs of a baseline run.
public struct FrugalStopping: Reward {
  /// `frugalStopping`.
  public var name: String { "frugalStopping" }
  /// Searches an agent may make, plus one: N.
  public let maximumSearches: Int
  /// The largest reward before the bonus.
  public let limit: Double
  /// The bonus for stopping right, at N searches.
  public let hardness: Double
  /// The weight of calls that answer.
  public let formatScore: Double
  private let relevant: @Sendable (AgentTask) -> Set<String>
  private let sufficientRecall: @Sendable (AgentTask) -> Double

  /// A reward.
  ///
  /// - Parameters:
  ///   - maximumSearches: At least 1.
  ///   - relevant: The identifiers of the documents that answer a task.
  ///   - sufficientRecall: What is enough for a task, in 0…1.
  /// - Precondition: `maximumSearches` is at least 1; the numbers are finite and not negative.
  public init(
    maximumSearches: Int, limit: Double = 2, hardness: Double = 2, formatScore: Double = 0.5,
    relevant: @escaping @Sendable (AgentTask) -> Set<String>,
    sufficientRecall: @escaping @Sendable (AgentTask) -> Double = { _ in 0.6 }
  ) {
    precondition(
      maximumSearches >= 1, "maximumSearches must be at least 1, got \(maximumSearches)")
    for (name, value) in [("limit", limit), ("hardness", hardness), ("formatScore", formatScore)] {
      precondition(value.isFinite && value >= 0, "\(name) must not be negative, got \(value)")
    }
    self.maximumSearches = maximumSearches
    self.limit = limit
    self.hardness = hardness
    self.formatScore = formatScore
    self.relevant = relevant
    self.sufficientRecall = sufficientRecall
  }

  /// Judges the calls in the record.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let relevant = relevant(trajectory.task)
    guard !relevant.isEmpty else {
      let score = Score.missing(reason: "task \(trajectory.task.id) has no relevant documents")
      return .single(name, score)
    }
    var found = Set<String>()
    var best: (recall: Double, search: Int)?
    var answered = 0
    for (index, event) in trajectory.events.enumerated() {
      guard case .returned(let identifiers) = event.outcome else { continue }
      answered += 1
      found.formUnion(relevant.intersection(identifiers))
      let recall = Double(found.count) / Double(relevant.count)
      if recall > best?.recall ?? 0 { best = (recall, index + 1) }
    }
    let searches = trajectory.events.count
    let recall = best?.recall ?? 0
    let target = recall >= sufficientRecall(trajectory.task) ? best?.search : nil
    let stopping = reward(searches: searches, target: target)
    let format =
      searches == 0 ? 0 : formatScore * Double(2 * answered - searches) / Double(searches)
    return RewardReport(
      Grade(
        value: stopping + format,
        parts: [
          "stopping": stopping, "format": format, "recall": recall, "searches": Double(searches),
        ]),
      name: name)
  }

  /// What stopping after some searches is worth.
  func reward(searches: Int, target: Int?) -> Double {
    func logit(_ distance: Int) -> Double {
      let share = min(max(Double(abs(distance)) / Double(maximumSearches), 1e-6), 1 - 1e-6)
      return log((1 - share) / share)
    }
    guard let target else { return max(-limit, min(logit(searches - maximumSearches), 0)) }
    if searches == target { return limit + hardness * Double(target) / Double(maximumSearches) }
    return max(-limit, min(logit(searches - target), limit - 0.1))
  }
}
