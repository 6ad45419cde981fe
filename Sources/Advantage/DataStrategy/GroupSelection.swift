public import RandomStreams

/// Groups that were kept, and those that were not with the reason.
public struct GroupSelection: Sendable, Hashable {
  /// Why a group was dropped.
  public enum Reason: Sendable, Hashable, CustomStringConvertible {
    /// All scores are alike, around this number.
    case alike(Double)
    /// There are too few scores to compare.
    case tooFewScores
    /// The mean lies outside of the bounds.
    case mean(Double)

    /// The reason in a few words.
    public var description: String {
      switch self {
      case .alike(let score): "all scores are \(score)"
      case .tooFewScores: "too few scores"
      case .mean(let mean): "the mean is \(mean)"
      }
    }
  }

  /// A group that was dropped.
  public struct Dropped: Sendable, Hashable {
    /// The group's number.
    public let group: Int
    /// Why it was dropped.
    public let reason: Reason
  }

  /// The rows of all kept groups, ascending.
  public let rows: [Int]
  /// The groups that were kept, in order of first appearance.
  public let kept: [Int]
  /// The groups that were not, in order of first appearance.
  public let dropped: [Dropped]
  private let order: [Int]

  /// Sorts the groups of rows into kept and dropped.
  init(_ scored: ScoredRows, drop: (ScoredGroup) -> Reason?) {
    var (rows, kept): ([Int], [Int]) = ([], [])
    var dropped: [Dropped] = []
    for group in scored.grouped {
      if let reason = drop(group) {
        dropped.append(Dropped(group: group.id, reason: reason))
      } else {
        kept.append(group.id)
        rows += group.members.flatMap(\.rows)
      }
    }
    self.rows = rows.sorted()
    self.kept = kept
    self.dropped = dropped
    order = scored.grouped.map(\.id)
  }

  /// The share of groups that were kept; 0 without groups.
  public var keptFraction: Double {
    order.isEmpty ? 0 : Double(kept.count) / Double(order.count)
  }

  /// The groups of a full batch: each dropped one replaced by a copy of a kept one.
  ///
  /// Every kept group is copied once before any is copied twice. A copy is a group of its own: give
  /// its rows a new group number and new rollout numbers, or it distorts the statistics of the
  /// original.
  ///
  /// - Parameters:
  ///   - least: The share of groups that must have been kept for copies to be worth it.
  ///   - random: Chooses the copies.
  /// - Returns: One group number per group of the batch, in its order; `nil` when no more than
  ///   `least` were kept (sample again instead).
  /// - Source: POLARIS and WebSailor's DUPO (arXiv 2507.02592); checked against SkyRL
  ///   (`handle_replace_sampling`, with 0.3).
  /// - Differs: SkyRL draws copies with repetition as soon as there are fewer kept groups than
  ///   dropped ones, so some may be left out.
  public func replacingDropped(
    keepingAtLeast least: Double = 0.3, using random: inout RandomStream
  ) -> [Int]? {
    guard Double(kept.count) > least * Double(order.count) else { return nil }
    let gone = Set(dropped.map(\.group))
    var copies: [Int] = []
    return order.map { group in
      guard gone.contains(group) else { return group }
      if copies.isEmpty { copies = random.shuffled(kept) }
      return copies.popLast() ?? group
    }
  }
}
