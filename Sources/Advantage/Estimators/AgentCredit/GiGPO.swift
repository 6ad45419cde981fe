internal import Trajectories

/// Compares rollouts with rollouts, and steps with steps that were taken in the same situation.
///
///     A = episode's advantage + weight * step's advantage
///     G[k] = r[k] + gamma G[k+1]      the return of step k of a rollout
///
/// Episodes are compared in their group by the rows' scores. Steps of the same group are compared by
/// their returns with those that started from the same ``AgentStep/state``, in whatever rollout and
/// turn that was. A step without a state, or in a situation of its own, gets 0 for its part. A step
/// without a score has no return, nor have those before it, and none of them take part.
///
/// - Source: arXiv 2505.10978; checked against DrMAS `gigpo/core_gigpo.py`.
/// - Differs: a lone episode gets 0, where the original passes its score through
///   (`episodes.loneMember`).
public struct GiGPO: AdvantageEstimator, Hashable, Codable {
  /// How the scores of a group become the episodes' advantages.
  public var episodes: GroupRelative
  /// How the returns of one situation become the steps' advantages.
  public var steps: GroupRelative
  /// What a step's advantage weighs beside the episode's.
  public var weight: Double
  /// How much a reward one step later is worth, in `0...1`.
  public var discount: Double
  /// Which states are the same situation.
  public var matching: StateMatching

  /// An estimator; unscaled distances, weight 1 and discount 0.95 unless told otherwise.
  public init(
    episodes: GroupRelative = .drGRPO, steps: GroupRelative = .drGRPO, weight: Double = 1,
    discount: Double = 0.95, matching: StateMatching = .identical
  ) {
    precondition(weight.isFinite, "the weight must be finite, got \(weight)")
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    self.episodes = episodes
    self.steps = steps
    self.weight = weight
    self.discount = discount
    self.matching = matching
  }

  /// What each token deserves; tokens outside all steps get the episode's advantage.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, a step's score that
  ///   is not finite, what the comparisons throw.
  /// - Complexity: O(N + S log S) for S steps; with similar states each is compared with the first
  ///   state of every situation of its group.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let agentSteps = try rows.requiredSteps(for: "GiGPO")
    let returns = try returns(of: agentSteps, in: rows)
    let situations = situations(of: agentSteps, in: rows)
    let compared = agentSteps.indices.filter {
      rows.scores[agentSteps[$0].row].value != nil && returns[$0] != nil && situations[$0] != nil
    }
    let stepAdvantages = try steps.advantages(
      ofScores: compared.compactMap { returns[$0] }, groups: compared.compactMap { situations[$0] })
    var advantages = rows.broadcast(try episodes.rowAdvantages(for: rows))
    for (position, advantage) in zip(compared, stepAdvantages) {
      for token in agentSteps[position].tokens { advantages.values[token] += weight * advantage }
    }
    return Credit(advantages: advantages)
  }

  /// The discounted return of each step along its rollout; `nil` from a missing score backwards.
  package func returns(
    of steps: [AgentStep], in rows: ScoredRows
  ) throws(AdvantageError) -> [Double?] {
    var result: [Double?] = Array(repeating: nil, count: steps.count)
    for turns in try rows.turns(of: steps) {
      var following = 0.0
      for turn in turns.reversed() {
        guard let score = turn.score else { break }
        following = (score + discount * following).clamped(to: .finite)
        for position in turn.steps { result[position] = following }
      }
    }
    return result
  }

  /// The situation of each step, numbered from 0 in order of first appearance; `nil` without a
  /// state.
  package func situations(of steps: [AgentStep], in rows: ScoredRows) -> [Int?] {
    var known: [Int: [(state: String, number: Int)]] = [:]
    var identical: [Situation: Int] = [:]
    var count = 0
    return steps.map { step in
      guard let state = step.state else { return nil }
      let group = rows.groups[step.row]
      let key = Situation(group: group, state: state)
      if let number = identical[key] { return number }
      if case .similar(let ratio) = matching,
        let match = known[group, default: []].first(where: {
          matchingRatio($0.state, state) >= ratio
        })
      {
        return match.number
      }
      known[group, default: []].append((state, count))
      identical[key] = count
      count += 1
      return count - 1
    }
  }

  private struct Situation: Hashable {
    let group: Int
    let state: String
  }
}

/// Which states of the world are the same situation.
public enum StateMatching: Sendable, Hashable, Codable {
  /// Those whose words are equal.
  case identical
  /// Those whose ``matchingRatio(_:_:)`` to the first state of a situation is at least so much; the
  /// first situation that fits counts.
  case similar(ratio: Double)
}
