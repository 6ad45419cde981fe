public import Trajectories

/// A sum of weighted rewards, written as in a paper.
///
///     let reward = 0.8 * ExactMatch() + 0.2 * TokenF1() - 0.1 * verbosity
///
/// The score is the sum of weight times score over the terms, in their order:
///
///     score = w₁ · s₁ + w₂ · s₂ + …
///
/// Every term stands in the report under its own name with its score before the weight. If a term
/// of a weight other than 0 is missing, so is the sum, with the term's reason: half a reward is no
/// reward. A term of weight 0 is judged and reported but never changes the sum. Credits are
/// weighted, notes are kept under their term's name. Terms are judged concurrently.
public struct WeightedSum: Reward {
  /// A reward and what it is multiplied by.
  public struct Term: Sendable {
    /// What the reward is multiplied by.
    public let weight: RewardWeight
    /// The reward.
    public let reward: any Reward

    /// A weighted reward.
    public init(weight: RewardWeight, reward: any Reward) {
      self.weight = weight
      self.reward = reward
    }
  }

  /// `total`; see ``Reward/named(_:)``.
  public var name: String { "total" }
  /// What is added up.
  public let terms: [Term]

  /// A sum of terms.
  ///
  /// - Precondition: there is a term, and no two terms share a name; see ``Reward/named(_:)``.
  public init(_ terms: [Term]) {
    checkNames(terms.map(\.reward.name))
    self.terms = terms
  }

  /// Those of the terms, and the weights that adapt.
  public var statefulParts: [any StatefulReward] {
    terms.flatMap { $0.weight.statefulParts + $0.reward.statefulParts }
  }

  /// Judges every term and adds up.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let reports = try await concurrently(terms) { try await $0.reward.report(on: trajectory) }
    let step = trajectory.rollout.step
    return .sum(
      zip(terms, reports).map { ($0.weight.value(at: step), $0.reward.name, $1) })
  }
}

/// A sum of weighted rewards of which some look at the whole group; see ``WeightedSum``.
public struct WeightedGroupSum: GroupReward {
  /// A reward and what it is multiplied by.
  public struct Term: Sendable {
    /// What the reward is multiplied by.
    public let weight: RewardWeight
    /// The reward.
    public let reward: any GroupReward

    /// A weighted reward.
    public init(weight: RewardWeight, reward: any GroupReward) {
      self.weight = weight
      self.reward = reward
    }
  }

  /// `total`; see ``GroupReward/named(_:)``.
  public var name: String { "total" }
  /// What is added up.
  public let terms: [Term]

  /// A sum of terms.
  ///
  /// - Precondition: there is a term, and no two terms share a name; see ``GroupReward/named(_:)``.
  public init(_ terms: [Term]) {
    checkNames(terms.map(\.reward.name))
    self.terms = terms
  }

  /// Those of the terms, and the weights that adapt.
  public var statefulParts: [any StatefulReward] {
    terms.flatMap { $0.weight.statefulParts + $0.reward.statefulParts }
  }

  /// Judges every term and adds up, member by member.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    let reports = try await concurrently(terms) { try await $0.reward.memberReports(on: group) }
    return group.members.enumerated().map { index, member in
      .sum(
        zip(terms, reports).map {
          ($0.weight.value(at: member.rollout.step), $0.reward.name, $1[index])
        })
    }
  }
}

private func checkNames(_ all: [String]) {
  precondition(!all.isEmpty, "a sum needs at least one term")
  var names = Set<String>()
  for name in all {
    precondition(
      names.insert(name).inserted,
      "two terms are called \(name); give one another name with named(_:)")
  }
}

extension RewardReport {
  /// The weighted sum of named reports.
  fileprivate static func sum(
    _ terms: [(weight: Double, name: String, report: RewardReport)]
  ) -> RewardReport {
    var sum = RewardReport(score: .value(0))
    for (weight, name, report) in terms {
      sum.explain(with: report, of: name, factor: weight)
      if weight != 0 {
        sum.score = sum.score.combined(with: report.score, of: name) { $0 + weight * $1 }
      }
    }
    return sum
  }
}
