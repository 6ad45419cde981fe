public import Trajectories

/// Atom-Searcher's reward: process early, outcome late.
///
///     α = start · (1 − T / horizon), 0 from the horizon on       (T = the run's step)
///     score = α · process + (1 − α) · outcome
///
/// A broken format is left to the outcome: where that is negative, as DeepResearcher's is for one,
/// it is the score. Where the process is missing its weight is 0, so a dead judge never hides the
/// outcome; a missing outcome makes the score missing. From the horizon on the process isn't judged.
///
/// - Source: Atom-Searcher (arXiv:2508.12800). The weight falls linearly; its start of ½ and the form
///   of the mix are from secondary descriptions, so all of them are parameters.
public struct AnnealedMix: Reward {
  /// `annealedMix` unless told otherwise.
  public let name: String
  private let process: any Reward
  private let outcome: any Reward
  /// α, by step; within 0…1.
  public let processShare: RewardWeight

  /// A mix.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - process: How good the way was.
  ///   - outcome: How good the answer is.
  ///   - start: α at step 0, in 0…1.
  ///   - horizon: The step from which on α is 0, at least 1.
  public init(
    name: String = "annealedMix", process: any Reward, outcome: any Reward, start: Double = 0.5,
    horizon: Int
  ) {
    precondition((0...1).contains(start), "start must be in 0…1, got \(start)")
    precondition(horizon >= 1, "horizon must be at least 1, got \(horizon)")
    self.init(
      name: name, process: process, outcome: outcome,
      processShare: .linear(from: start, to: 0, over: 0..<horizon))
  }

  /// A mix whose weight follows any schedule; a weight outside of 0…1 is held within.
  public init(
    name: String = "annealedMix", process: any Reward, outcome: any Reward,
    processShare: RewardWeight
  ) {
    precondition(process.name != outcome.name, "process and outcome are both \(process.name)")
    self.name = name
    self.process = process
    self.outcome = outcome
    self.processShare = processShare
  }

  /// Those of both parts, and the share if it adapts.
  public var statefulParts: [any StatefulReward] {
    processShare.statefulParts + process.statefulParts + outcome.statefulParts
  }

  /// Judges what counts, and mixes.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let share = min(max(processShare.value(at: trajectory.rollout.step), 0), 1)
    async let processReport = share > 0 ? process.report(on: trajectory) : nil
    let outcome = try await outcome.report(on: trajectory)
    let process = try await processReport

    let counts = (outcome.score.value ?? -1) >= 0
    let factor = counts && process?.score.value != nil ? share : 0
    var report = RewardReport(score: outcome.score)
    report.explain(with: outcome, of: self.outcome.name, factor: 1 - factor)
    if let process { report.explain(with: process, of: self.process.name, factor: factor) }
    if let right = outcome.score.value, let way = process?.score.value, factor > 0 {
      report.score = Score(checking: factor * way + (1 - factor) * right, of: name)
    }
    return report
  }
}
