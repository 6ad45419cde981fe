public import RandomStreams
public import Trajectories

/// Which rollouts of an oversampled group are learned from: the cleanest of the right ones, and a
/// fair draw of the wrong ones.
///
///     wrong = round(wrong ones · keep / all), kept within the two minimums;  right = keep - wrong
///
/// Right rollouts (a score above 0) go in by ascending penalty, ties in their order, so that success
/// by noisy means is not reinforced; wrong ones are drawn uniformly, so that failures stay diverse. A
/// minimum gives way where its class has fewer. Rollouts without a score are never kept.
///
/// - Source: rStar2-Agent, arXiv 2508.20722 (GRPO-RoC).
/// - Differs: the released sampler does not draw, and rounds so that it can keep more or fewer; see
///   ``ReleasedResampleOnCorrect``.
public struct ResampleOnCorrect: Sendable, Hashable, Codable {
  /// How many are kept.
  public let keep: Int
  /// At least so many of the right ones, where there are.
  public let minimumRight: Int
  /// At least so many of the wrong ones, where there are.
  public let minimumWrong: Int

  /// A rule.
  ///
  /// - Precondition: `keep` is at least 1, minimums aren't negative and fit into it together.
  public init(keep: Int = 16, minimumRight: Int = 2, minimumWrong: Int = 2) {
    precondition(keep >= 1, "a group has to keep a rollout, got \(keep)")
    precondition(
      minimumRight >= 0 && minimumWrong >= 0 && minimumRight + minimumWrong <= keep,
      "minimums of \(minimumRight) and \(minimumWrong) don't fit into \(keep)")
    self.keep = keep
    self.minimumRight = minimumRight
    self.minimumWrong = minimumWrong
  }

  /// The indices of the rollouts to keep, ascending: ``keep`` of them; all where there are exactly so
  /// many with a score; none where there are fewer.
  ///
  /// - Parameters:
  ///   - scores: The rollouts' scores.
  ///   - penalties: What speaks against each, see ``TracePenalty``; the same count. One that isn't a
  ///     number is the highest.
  ///   - stream: Where the draw comes from.
  /// - Complexity: That of sorting.
  public func selection(
    scores: [Score], penalties: [Double], stream: inout RandomStream
  ) -> [Int] {
    precondition(
      scores.count == penalties.count,
      "\(scores.count) scores came with \(penalties.count) penalties")
    let (right, wrong) = Self.classes(scores, penalties)
    let count = right.count + wrong.count
    guard count > keep else { return count == keep ? (right + wrong).sorted() : [] }
    let share = Double(wrong.count * keep) / Double(count)
    let most = min(wrong.count, keep - min(minimumRight, right.count))
    let least = max(min(minimumWrong, wrong.count), keep - right.count)
    let wrongCount = max(least, min(most, Int(share.rounded(.toNearestOrEven))))
    return (right.prefix(keep - wrongCount) + stream.shuffled(wrong).prefix(wrongCount)).sorted()
  }

  /// The right ones by ascending penalty and the wrong ones in their order.
  static func classes(_ scores: [Score], _ penalties: [Double]) -> (right: [Int], wrong: [Int]) {
    let values = scores.map(\.value)
    func rank(_ index: Int) -> (Double, Int) {
      (penalties[index].isNaN ? .infinity : penalties[index], index)
    }
    let right = values.indices.filter { (values[$0] ?? 0) > 0 }.sorted { rank($0) < rank($1) }
    let wrong = values.indices.filter { values[$0].map { $0 <= 0 } ?? false }
    return (right, wrong)
  }
}
