public import Trajectories

extension Credit {
  /// The same credit with each advantage multiplied by a factor that is a constant of the loss.
  ///
  /// Surrogates are proportional to the advantage as long as its sign stays, so the factor multiplies
  /// loss and gradient of its token. A factor of 0 gives exactly 0 and leaves the token in every
  /// denominator. Returns stay what they are.
  ///
  /// - Precondition: there is one factor per token, not negative.
  /// - Complexity: O(N).
  public func weighed(by factors: Ragged<Double>) -> Credit {
    precondition(
      factors.offsets == advantages.offsets,
      "\(factors.values.count) factors came with \(advantages.values.count) advantages")
    precondition(
      factors.values.allSatisfy { $0 >= 0 }, "a factor below 0 would turn an advantage around")
    return Credit(
      advantages: advantages.with(
        zip(advantages.values, factors.values).map { $1 == 0 ? 0 : $0 * $1 }),
      returns: returns)
  }
}
