internal import Trajectories

/// Samples more than it trains on, and keeps the cleanest of the right answers.
///
/// Of each group of more than `size` rollouts, `size` are kept: right and wrong ones in the
/// proportion of the group (rounded half to even), but at least the given number of each where they
/// exist. Right ones are taken from the smallest penalty up, wrong ones in order, so that ways to
/// fail stay as they come. Groups of `size` are kept whole, smaller ones dropped.
///
/// - Source: rStar2-Agent (arXiv 2508.20722), "GRPO with resampling on correct"; checked against
///   rStar `rstar2_agent/down_sample/roc.py`.
/// - Differs: The paper samples wrong rollouts uniformly, its code takes them in order: shuffle the
///   rollouts of a group beforehand for the paper's. Where a group has too few rollouts of a kind to
///   reach `size`, the code asserts; here the other kind fills up.
public struct ResampleOnCorrect: Sendable, Hashable, Codable {
  /// How many rollouts of a group are kept.
  public var size: Int
  /// At least so many wrong ones, where there are.
  public var leastWrong: Int
  /// At least so many right ones, where there are.
  public var leastRight: Int

  /// A selection of `size` rollouts per group.
  ///
  /// - Precondition: the size is positive and not less than the two minima together.
  public init(keeping size: Int, leastWrong: Int = 1, leastRight: Int = 1) {
    precondition(
      size > 0 && leastWrong >= 0 && leastRight >= 0 && leastWrong + leastRight <= size,
      "\(leastWrong) wrong and \(leastRight) right rollouts don't fit into \(size)")
    self.size = size
    self.leastWrong = leastWrong
    self.leastRight = leastRight
  }

  /// The rows that are kept, ascending.
  ///
  /// - Parameters:
  ///   - rows: Scored rows; a score above 0 is right. Rollouts without a score are not kept.
  ///   - penalties: How unclean each row's rollout is, the first row's number for all of its
  ///     branches; smaller is better, ties keep their order. `[B]`
  /// - Precondition: there is one penalty per row, and none is NaN.
  /// - Complexity: O(B log B).
  public func rows(of rows: ScoredRows, penalties: [Double]) -> [Int] {
    precondition(
      penalties.count == rows.rowCount && !penalties.contains(where: \.isNaN),
      "\(rows.rowCount) rows came with \(penalties.count) penalties, which must be numbers")
    var kept: [Int] = []
    for group in rows.grouped {
      let members = group.members.filter { $0.score.value != nil }
      if members.count < size { continue }
      let (right, wrong) = (members.filter(Self.isRight), members.filter { !Self.isRight($0) })
      let counts = counts(right: right.count, wrong: wrong.count)
      let clean = right.indices.sorted {
        (penalty(right[$0], penalties), $0) < (penalty(right[$1], penalties), $1)
      }
      kept += clean.prefix(counts.right).flatMap { right[$0].rows }
      kept += wrong.prefix(counts.wrong).flatMap(\.rows)
    }
    return kept.sorted()
  }

  /// How many of each kind are kept, `size` together.
  ///
  /// - Precondition: there are at least `size`.
  func counts(right: Int, wrong: Int) -> (right: Int, wrong: Int) {
    precondition(right + wrong >= size, "\(right + wrong) rollouts are fewer than \(size)")
    func proportion(_ count: Int) -> Int {
      Int((Double(count * size) / Double(right + wrong)).rounded(.toNearestOrEven))
    }
    var (keptRight, keptWrong) = (proportion(right), proportion(wrong))
    let (floorRight, floorWrong) = (min(leastRight, right), min(leastWrong, wrong))
    if keptWrong <= floorWrong {
      keptWrong = floorWrong
      keptRight = size - keptWrong
    }
    if keptRight <= floorRight {
      keptRight = floorRight
      keptWrong = size - keptRight
    }
    // Both may round up or down, and either kind may run out.
    keptRight = min(keptRight, right)
    keptWrong = min(size - keptRight, wrong)
    return (size - keptWrong, keptWrong)
  }

  private static func isRight(_ member: ScoredGroup.Member) -> Bool {
    (member.score.value ?? 0) > 0
  }

  private func penalty(_ member: ScoredGroup.Member, _ penalties: [Double]) -> Double {
    member.rows.first.map { penalties[$0] } ?? 0
  }
}
