public import Trajectories

/// The tokens where the policy was least sure: only they learn.
///
/// The threshold is a quantile of the entropies of the whole optimiser batch, with linear
/// interpolation between neighbours, so it does not depend on how the batch is cut. Tokens at the
/// threshold are kept; where all entropies are equal all are.
///
/// - Source: arXiv 2506.01939; checked against TRL (`top_entropy_quantile`).
public struct HighEntropyTokens: Sendable, Hashable, Codable {
  /// The share of tokens that learn, in `0...1`.
  public var share: Double

  /// The given share of tokens; 20 % in the paper.
  public init(share: Double = 0.2) {
    precondition((0...1).contains(share), "a share must lie in 0...1, got \(share)")
    self.share = share
  }

  /// The least entropy that is kept; `nil` without tokens.
  ///
  /// - Parameter entropies: Those of all tokens of the optimiser batch, finite.
  /// - Complexity: O(N log N).
  public func threshold(of entropies: [Double]) -> Double? {
    let sorted = entropies.sorted()
    guard let last = sorted.last else { return nil }
    let place = (1 - share) * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return last }
    let (low, high) = (sorted[below], sorted[below + 1])
    return low + (high - low) * (place - Double(below))
  }

  /// Which tokens are kept. `[N]`
  public func kept<Number: BinaryFloatingPoint & Sendable>(
    _ entropies: Ragged<Number>
  ) -> Ragged<Bool> {
    let values = widened(entropies.values)
    guard let threshold = threshold(of: values) else { return entropies.with([]) }
    return entropies.with(values.map { $0 >= threshold })
  }

  /// Advantages that are 0 where the policy was sure.
  ///
  /// Surrogates are proportional to the advantage, so this leaves exactly the kept tokens' share of
  /// the loss, over the same denominator.
  ///
  /// - Precondition: both have the same rows.
  public func restricting<Number: BinaryFloatingPoint & Sendable>(
    _ advantages: Ragged<Number>, by entropies: Ragged<Number>
  ) -> Ragged<Number> {
    precondition(
      advantages.offsets == entropies.offsets,
      "\(advantages.values.count) advantages came with \(entropies.values.count) entropies")
    return advantages.with(zip(advantages.values, kept(entropies).values).map { $1 ? $0 : 0 })
  }
}
