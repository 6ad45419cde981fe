/// Which groups can teach something.
///
/// Pass rows that hold the *raw metric* (solved or not, exact match) as their score, not the shaped
/// reward: a length penalty makes the rewards of an unsolved group differ although nothing can be
/// learned from it.
///
/// A missing score leaves its rollout out of the decision; its rows stay or go with the group.
///
/// - Source: DAPO (arXiv 2503.14476); checked against verl (`filter_groups`), SkyRL
///   (`handle_filter_sampling`) and OpenRLHF (`dynamic_filtering`).
/// - Differs: Spread is relative by default, as for advantages; verl and SkyRL ask for a deviation
///   of exactly 0 and keep groups that differ by rounding.
public struct GroupFilter: Sendable, Hashable, Codable {
  /// When a group is kept.
  public enum Rule: Sendable, Hashable, Codable {
    /// Its scores spread by more than this share of the largest magnitude.
    case differing(relative: Double = Moments.defaultTolerance)
    /// Its scores spread by more than this.
    case spread(above: Double)
    /// The mean of its scores lies strictly between two numbers.
    case mean(above: Double, below: Double)
  }

  /// When a group is kept.
  public var rule: Rule
  /// Whether groups with fewer than two scores are kept where the rule compares scores.
  public var keepsLoneMembers: Bool

  /// A filter: groups whose scores differ, of two or more, unless told otherwise.
  ///
  /// - Precondition: tolerances are not negative, and the bounds of a mean ascend.
  public init(_ rule: Rule = .differing(), keepsLoneMembers: Bool = false) {
    switch rule {
    case .differing(let tolerance), .spread(let tolerance):
      precondition(tolerance >= 0, "a tolerance can't be negative, got \(tolerance)")
    case .mean(let above, let below):
      precondition(above < below, "no mean lies between \(above) and \(below)")
    }
    self.rule = rule
    self.keepsLoneMembers = keepsLoneMembers
  }

  /// The groups that are kept and the others with the reason.
  ///
  /// - Complexity: O(B log B).
  public func selection(of rows: ScoredRows) -> GroupSelection {
    GroupSelection(rows) { group in drop(group) }
  }

  /// Why a group is dropped; `nil` for one that is kept.
  private func drop(_ group: ScoredGroup) -> GroupSelection.Reason? {
    let moments = Moments(group.values)
    if moments.count == 0 { return keepsLoneMembers ? nil : .tooFewScores }
    if case .mean(let above, let below) = rule {
      return moments.mean > above && moments.mean < below ? nil : .mean(moments.mean)
    }
    if moments.count == 1 { return keepsLoneMembers ? nil : .tooFewScores }
    return isConstant(moments) ? .alike(moments.mean) : nil
  }

  private func isConstant(_ moments: Moments) -> Bool {
    switch rule {
    case .differing(let tolerance): moments.isConstant(within: tolerance)
    case .spread(let tolerance): moments.maximum - moments.minimum <= tolerance
    case .mean: false
    }
  }
}
