public import Trajectories

/// How advantage and log-probability of each token vary together: what drives the entropy down.
///
///     c = (A - mean A) (current - mean current)
///
/// with means over the tokens that count. A token that is already likely and still rewarded has a
/// large one.
///
/// - Source: arXiv 2505.22617; checked against verl `compute_policy_loss_clip_cov`.
public struct TokenCovariance: Sendable, Hashable {
  /// The covariance of each token; 0 where it doesn't count. `[N]`
  public let values: Ragged<Double>
  /// The positions of the tokens that count, ascending.
  public let counted: [Int]

  /// The covariances of a whole optimiser batch.
  ///
  /// - Throws: ``ObjectiveError`` when advantages are not there or a number is not finite.
  /// - Complexity: O(N).
  public init(_ input: ObjectiveInput<Double>) throws(ObjectiveError) {
    guard let advantages = input.advantages else { throw .missing(.advantages) }
    try input.checkFinite()
    var counted: [Int] = []
    var (advantage, current) = (0.0, 0.0)
    input.forEachToken { token, _ in
      counted.append(token)
      advantage += advantages.values[token]
      current += input.current.values[token]
    }
    advantage /= Double(max(counted.count, 1))
    current /= Double(max(counted.count, 1))
    var values = Array(repeating: 0.0, count: input.current.values.count)
    for token in counted {
      values[token] =
        (advantages.values[token] - advantage) * (input.current.values[token] - current)
    }
    self.values = input.current.with(values)
    self.counted = counted
  }
}
