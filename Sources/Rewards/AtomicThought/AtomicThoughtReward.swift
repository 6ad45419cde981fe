public import Trajectories

/// The atomic thought reward (ATR): how good an agent's thinking is, unit by unit.
///
///     ATR = mean over the units of the judge's score, in 0…1
///
/// The units are those of a ``ThoughtSegmentation``. Each unit also gets credit on the tokens that it
/// takes up, `score / number of units`, so the credits add up to the reward; one who wants process
/// credit takes those, one who wants the paper's scalar takes the score.
///
/// No units are worth 0: who does not think in the open earns nothing for thinking. A judge that does
/// not answer leaves the reward missing. A rollout that was cancelled or broke is missing; one that
/// ran out of something is judged for what it thought.
///
/// - Source: Atom-Searcher (arXiv:2508.12800); no code is public. Judge contract, aggregation by the
///   mean and credit on spans are our own.
public struct AtomicThoughtReward: Reward {
  /// How the units' scores become one.
  public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their mean.
    case mean
    /// The lowest: a chain is as good as its weakest step. The credit of the lowest unit, the first of
    /// several, is all of it.
    case minimum
  }

  /// `atomicThought` unless told otherwise.
  public let name: String
  private let judge: JudgeService
  /// How thinking is cut into units.
  public let segmentation: ThoughtSegmentation
  /// How the units' scores become one.
  public let aggregation: Aggregation

  /// A reward.
  ///
  /// - Parameters:
  ///   - name: What its component is called.
  ///   - judge: Who answers ``ThoughtQuestion``.
  ///   - segmentation: How thinking is cut into units.
  ///   - aggregation: How the units' scores become one.
  public init(
    name: String = "atomicThought", judge: JudgeService,
    segmentation: ThoughtSegmentation = ThoughtSegmentation(), aggregation: Aggregation = .mean
  ) {
    self.name = name
    self.judge = judge
    self.segmentation = segmentation
    self.aggregation = aggregation
  }

  /// Judges all units at once.
  ///
  /// - Throws: `CancellationError` only.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    switch trajectory.status {
    case .aborted: return .single(name, .missing(reason: "the rollout was cancelled"))
    case .failed: return .single(name, .missing(reason: "the rollout broke"))
    case .completed, .truncated, .looped: break
    }
    let thoughts = segmentation.thoughts(in: trajectory)
    guard !thoughts.isEmpty else {
      return .single(name, .value(0), notes: ["there is no thinking that could be judged"])
    }
    let verdict = try await judge.ask(
      ThoughtQuestion(
        question: trajectory.task.question, thoughts: thoughts,
        transcript: trajectory.responseText))
    switch verdict {
    case .missing(let reason): return .single(name, .missing(reason: reason))
    case .answered(let scores): return report(scores, of: thoughts, in: trajectory)
    }
  }

  private func report(
    _ scores: [Double], of thoughts: [AtomicThought], in trajectory: Trajectory
  ) -> RewardReport {
    let shares: [Double]
    switch aggregation {
    case .mean: shares = scores.map { $0 / Double(scores.count) }
    case .minimum:
      let lowest = scores.indices.min { scores[$0] < scores[$1] }
      shares = scores.indices.map { $0 == lowest ? scores[$0] : 0 }
    }
    let total: Double =
      aggregation == .mean
      ? scores.reduce(0, +) / Double(scores.count) : shares.reduce(0, +)
    var report = RewardReport.single(name, Score(checking: total, of: name))
    report.credits = zip(thoughts, shares).map { thought, share in
      SpanCredit(
        span: thought.span, tokens: trajectory.spans[thought.span].tokens(over: thought.bytes),
        value: share)
    }
    report.notes = zip(thoughts, scores).map { "\($0.tag ?? "thought") \($1): “\($0.text)”" }
    return report
  }
}
