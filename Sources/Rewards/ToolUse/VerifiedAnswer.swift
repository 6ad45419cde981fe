public import Trajectories

/// +1 when a verifier accepts the answer, else -1: nothing for calling tools or for code that runs.
///
///     reward = 1 if the verifier's score ≥ threshold, else -1
///
/// What the verifier can't judge is missing. Its components stay in the report.
///
/// - Source: ReTool, arXiv 2504.11536, whose project page names a rule-based verifier as in DAPO. The
///   released repository holds evaluation only; the values +1 and -1 are from notes.
public struct VerifiedAnswer: Reward {
  /// `verifiedAnswer` unless told otherwise.
  public let name: String
  /// Who tells whether the answer is right.
  public let verifier: any Reward
  /// The verifier's score from which an answer is right.
  public let threshold: Double

  /// A reward of +1 or -1.
  ///
  /// - Precondition: `threshold` is finite, and the verifier goes by another name.
  public init(
    name: String = "verifiedAnswer", by verifier: any Reward = ExactMatch(), threshold: Double = 1
  ) {
    precondition(threshold.isFinite, "a verifier's threshold must be finite, got \(threshold)")
    precondition(name != verifier.name, "the verifier is also called \(name); use named(_:)")
    self.name = name
    self.verifier = verifier
    self.threshold = threshold
  }

  /// Those of the verifier.
  public var statefulParts: [any StatefulReward] { verifier.statefulParts }

  /// Asks the verifier.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    var report = try await verifier.report(on: trajectory)
    switch report.score {
    case .value(let value): report.score = .value(value >= threshold ? 1 : -1)
    case .missing: break
    }
    report.components.insert(RewardComponent(name: name, score: report.score), at: 0)
    report.credits = []
    return report
  }
}
