public import Trajectories

/// Outcome and rubrics mixed in every trajectory, right or wrong.
///
///     score = (1 − α) · outcome + α · rubrics
///
/// At α = 0 the rubrics aren't judged, at α = 1 the outcome isn't. For the mix that rewards rubrics
/// in right trajectories only see ``CitationAwareMix``.
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py, get_reward.
public struct OutcomeRubricMix: Reward {
  /// `outcomeRubricMix` unless told otherwise.
  public let name: String
  private let outcome: any Reward
  private let rubrics: any Reward
  /// α.
  public let rubricShare: Double

  /// A mix.
  ///
  /// - Precondition: `rubricShare` is in 0…1 and the two have different names.
  public init(
    name: String = "outcomeRubricMix", outcome: any Reward, rubrics: any Reward,
    rubricShare: Double
  ) {
    precondition((0...1).contains(rubricShare), "rubricShare must be in 0…1, got \(rubricShare)")
    precondition(outcome.name != rubrics.name, "outcome and rubrics are both \(outcome.name)")
    self.name = name
    self.outcome = outcome
    self.rubrics = rubrics
    self.rubricShare = rubricShare
  }

  /// Those of both parts.
  public var statefulParts: [any StatefulReward] { outcome.statefulParts + rubrics.statefulParts }

  /// Judges what counts, and mixes.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    async let outcomeReport = rubricShare < 1 ? outcome.report(on: trajectory) : nil
    async let rubricReport = rubricShare > 0 ? rubrics.report(on: trajectory) : nil
    var report = RewardReport(score: .value(0))
    for (share, reward, part) in [
      (1 - rubricShare, outcome, try await outcomeReport),
      (rubricShare, rubrics, try await rubricReport),
    ] {
      guard let part else { continue }
      report.explain(with: part, of: reward.name, factor: share)
      report.score = report.score.combined(with: part.score, of: reward.name) { $0 + share * $1 }
    }
    return report
  }
}
