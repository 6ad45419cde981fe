internal import Trajectories

/// Compares rollouts only with those of the same role, where several agents work on one task.
///
/// Every agent's row carries its own score, often the shared one of the final answer. In a group of
/// episodes, a planner is compared with the planners of the other episodes, a searcher with the
/// searchers. Roles named in ``withinEpisode`` are compared inside their own episode instead: several
/// solvers of one episode attempt the same sub-task.
///
/// A rollout with nobody to compare with gets what the base gives to a lone member.
///
/// - Source: MHGPO (arXiv 2506.02718); prime-rl `orchestrator/algo/hierarchical_grpo.py`; rLLM
///   groups by task and role likewise.
public struct GroupedByRole<Base: RolloutEstimator>: RolloutEstimator {
  /// The estimator underneath.
  public var base: Base
  /// Roles whose rollouts are compared inside their episode.
  public var withinEpisode: Set<String>

  /// An estimator around another.
  public init(_ base: Base, withinEpisode: Set<String> = []) {
    self.base = base
    self.withinEpisode = withinEpisode
  }

  /// The other's numbers for the finer groups. `[B]`
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without roles, or without episodes
  ///   where roles are compared inside them; a rollout whose rows have different roles is in two
  ///   groups; what the base throws.
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    guard let roles = rows.roles else {
      throw .missingInput(estimator: "GroupedByRole", input: "roles")
    }
    if !withinEpisode.isEmpty && rows.episodes == nil {
      throw .missingInput(estimator: "GroupedByRole", input: "episodes")
    }
    var numbers: [Key: Int] = [:]
    let groups = (0..<rows.rowCount).map { row in
      let key = Key(
        group: rows.groups[row], role: roles[row],
        episode: withinEpisode.contains(roles[row]) ? rows.episodes?[row] : nil)
      let number = numbers[key] ?? numbers.count
      numbers[key] = number
      return number
    }
    return try base.rowAdvantages(for: rows.regrouped(scores: rows.scores, groups: groups))
  }

  private struct Key: Hashable {
    let group: Int
    let role: String
    let episode: Int?
  }
}

extension GroupedByRole: Equatable where Base: Equatable {}
extension GroupedByRole: Hashable where Base: Hashable {}
extension GroupedByRole: Decodable where Base: Decodable {}
extension GroupedByRole: Encodable where Base: Encodable {}
