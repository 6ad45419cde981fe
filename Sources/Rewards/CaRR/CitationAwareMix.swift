public import Trajectories

/// The reward of C-GRPO: a right trajectory earns more when its rubrics are met better than its
/// neighbours'.
///
///     R̂ᵢ = Rᵢ / max over the group of R          (R itself where that maximum is 0)
///     score = outcome                              where outcome = 0
///             (1 − α) · outcome + α · R̂            otherwise
///
/// Meeting rubrics can't make up for a wrong answer. A member whose outcome is missing is missing;
/// one whose rubrics are missing is so only where they would count. Missing rubrics are left out of
/// the maximum, and so shift nobody's score.
///
/// Components: `groupRubrics`, R̂ of the member, beside those of both parts.
///
/// - Source: CaRR, slime/slime/rollout/sglang_rollout.py, and the paper.
/// - Differs: the released code computes R̂ and then uses R (``Normalization/released``).
public struct CitationAwareMix: GroupReward {
  /// Which trajectories the rubrics count for.
  public enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    /// Those with an outcome other than 0.
    case correct
    /// All of them.
    case all
    /// Those without an outcome above 0, which get `α · R̂`; the others get their outcome.
    case incorrect
  }

  /// What rubrics are divided by.
  public struct Normalization: Sendable, Hashable {
    let dividesByMaximum: Bool
    var sparesCorrect = false

    /// The highest of the group, unless that is 0.
    public static let groupMaximum = Normalization(dividesByMaximum: true)
    /// Nothing.
    public static let none = Normalization(dividesByMaximum: false)
  }

  /// `citationAwareMix` unless told otherwise.
  public let name: String
  private let outcome: any GroupReward
  private let rubrics: any GroupReward
  private let rubricComponent: String?
  /// α.
  public let rubricShare: Double
  /// Which trajectories the rubrics count for.
  public let scope: Scope
  /// What rubrics are divided by.
  public let normalization: Normalization

  /// A mix.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - outcome: Whether the answer is right, 0 where it isn't.
  ///   - rubrics: How well rubrics are met, not negative.
  ///   - rubricComponent: The component of the rubrics' report that counts, such as
  ///     `rubricsSupported` for the ablation without connectivity; their score when `nil`.
  ///   - rubricShare: α, in 0…1.
  ///   - scope: Which trajectories the rubrics count for.
  ///   - normalization: What rubrics are divided by.
  public init(
    name: String = "citationAwareMix", outcome: any GroupReward, rubrics: any GroupReward,
    rubricComponent: String? = nil, rubricShare: Double = 0.3, scope: Scope = .correct,
    normalization: Normalization = .groupMaximum
  ) {
    precondition((0...1).contains(rubricShare), "rubricShare must be in 0…1, got \(rubricShare)")
    precondition(outcome.name != rubrics.name, "outcome and rubrics are both \(outcome.name)")
    self.name = name
    self.outcome = outcome
    self.rubrics = rubrics
    self.rubricComponent = rubricComponent
    self.rubricShare = rubricShare
    self.scope = scope
    self.normalization = normalization
  }

  /// Those of both parts.
  public var statefulParts: [any StatefulReward] { outcome.statefulParts + rubrics.statefulParts }

  /// Judges outcome and rubrics of all members, and mixes.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    async let outcomeReports = outcome.memberReports(on: group)
    async let rubricReports = rubrics.memberReports(on: group)
    let (outcomes, rubrics) = (try await outcomeReports, try await rubricReports)
    let met = rubrics.map { report in
      guard let rubricComponent, report.score.value != nil else { return report.score }
      return report[component: rubricComponent] ?? .value(0)
    }
    let mixed = mixed(outcomes: outcomes.map(\.score), rubrics: met)
    let highest = met.compactMap(\.value).max() ?? 0
    return outcomes.indices.map { index in
      let shares = shares(ofOutcome: outcomes[index].score.value ?? 0)
      var report = RewardReport(score: mixed[index])
      report.explain(with: outcomes[index], of: outcome.name, factor: shares.outcome)
      report.explain(
        with: rubrics[index], of: self.rubrics.name,
        factor: shares.rubrics / divisor(highest: highest))
      if let value = met[index].value {
        let share = highest > 0 ? value / highest : value
        report.components.append(RewardComponent(name: "groupRubrics", score: .value(share)))
      }
      return report
    }
  }

  /// The scores of a group's members.
  package func mixed(outcomes: [Score], rubrics: [Score]) -> [Score] {
    let divisor = divisor(highest: rubrics.compactMap(\.value).max() ?? 0)
    return zip(outcomes, rubrics).map { outcome, rubric in
      guard case .value(let right) = outcome else { return outcome }
      let shares = shares(ofOutcome: right)
      guard shares.rubrics > 0 else { return outcome }
      guard case .value(let met) = rubric else { return rubric }
      return Score(
        checking: shares.outcome * right + shares.rubrics * (met / divisor), of: name)
    }
  }

  /// What outcome and rubrics are multiplied by.
  private func shares(ofOutcome outcome: Double) -> (outcome: Double, rubrics: Double) {
    switch scope {
    case .all: (1 - rubricShare, rubricShare)
    case .correct: outcome == 0 ? (1, 0) : (1 - rubricShare, rubricShare)
    case .incorrect: outcome > 0 ? (1, 0) : (0, rubricShare)
    }
  }

  /// What rubrics are divided by before they are mixed.
  private func divisor(highest: Double) -> Double {
    let divides =
      normalization.dividesByMaximum && !(normalization.sparesCorrect && scope == .correct)
    return divides && highest > 0 ? highest : 1
  }
}
