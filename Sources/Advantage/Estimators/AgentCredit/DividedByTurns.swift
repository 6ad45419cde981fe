internal import Trajectories

/// Divides what a rollout's tokens deserve by how many turns it took.
///
///     A = base / T
///
/// Every turn of a long failure would otherwise count as much as the only turn of a short one, and
/// a batch is soon about nothing else: agents then learn to stop calling tools, or to call them
/// again and again.
///
/// - Source: SFR-DeepResearch (arXiv 2509.06283), with z-scores in the group underneath.
public struct DividedByTurns<Base: AdvantageEstimator>: AdvantageEstimator {
  /// The estimator underneath.
  public var base: Base

  /// An estimator around another.
  public init(_ base: Base) { self.base = base }

  /// The other's credit, divided by each rollout's number of turns; rollouts without steps are left
  /// as they are.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, what the base throws.
  /// - Complexity: that of the base, plus O(N + S log S) for S steps.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let steps = try rows.requiredSteps(for: "DividedByTurns")
    var credit = try base.credit(for: rows)
    for (member, turns) in try rows.turns(of: steps).enumerated() where !turns.isEmpty {
      for row in rows.index.rows(ofMember: member) {
        for token in rows.range(ofRow: row) {
          credit.advantages.values[token] /= Double(turns.count)
        }
      }
    }
    return credit
  }
}

extension DividedByTurns: Equatable where Base: Equatable {}
extension DividedByTurns: Hashable where Base: Hashable {}
extension DividedByTurns: Decodable where Base: Decodable {}
extension DividedByTurns: Encodable where Base: Encodable {}

extension AdvantageEstimator where Self == DividedByTurns<GroupRelative> {
  /// GRPO, divided by the turns of each rollout.
  public static var sfrDeepResearch: Self { DividedByTurns(.grpo) }
}
