internal import Trajectories

/// Lets turns that are far from a good end count less, so that short ways to it are learned first.
///
///     A = base * gamma^(T - 1 - k)     on tokens of turn k of T, where the rollout was right
///     A = base                         elsewhere
///
/// - Source: Kimi-Researcher's report, which gives the reward of turn i of T as r γ^(T-i) and no γ;
///   no code is public.
public struct TurnDecay<Base: AdvantageEstimator>: AdvantageEstimator {
  /// The estimator underneath.
  public var base: Base
  /// How much a turn counts that is one further from the end, in `0...1`.
  public var discount: Double
  /// The lowest score of a rollout that was right.
  public var right: Double

  /// An estimator around another.
  public init(_ base: Base, discount: Double = 0.95, right: Double = 1) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    self.base = base
    self.discount = discount
    self.right = right
  }

  /// The other's credit, decayed.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, what the base throws.
  /// - Complexity: that of the base, plus O(N + S log S) for S steps.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let steps = try rows.requiredSteps(for: "TurnDecay")
    var credit = try base.credit(for: rows)
    for turns in try rows.turns(of: steps) {
      guard let first = turns.first, let score = rows.scores[steps[first.steps[0]].row].value,
        score >= right
      else { continue }
      var factor = 1.0
      for turn in turns.reversed() {
        for position in turn.steps {
          for token in steps[position].tokens { credit.advantages.values[token] *= factor }
        }
        factor *= discount
      }
    }
    return credit
  }
}

extension TurnDecay: Equatable where Base: Equatable {}
extension TurnDecay: Hashable where Base: Hashable {}
extension TurnDecay: Decodable where Base: Decodable {}
extension TurnDecay: Encodable where Base: Encodable {}
