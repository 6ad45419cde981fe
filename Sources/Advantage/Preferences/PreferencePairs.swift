public import Trajectories

/// Pairs of completions of which one was preferred, as the log-probabilities of whole completions.
///
/// Nothing but ``chosen`` and ``rejected`` is differentiated; the reference is a constant.
public struct PreferencePairs<Number: BinaryFloatingPoint & Sendable>: Sendable {
  /// Log-probability of each preferred completion under the weights being trained. `[P]`
  public let chosen: [Number]
  /// Log-probability of each other completion under the weights being trained. `[P]`
  public let rejected: [Number]
  /// Log-probability of each preferred completion under the reference. `[P]`
  public let referenceChosen: [Number]
  /// Log-probability of each other completion under the reference. `[P]`
  public let referenceRejected: [Number]
  /// Tokens of each preferred completion. `[P]`
  public let chosenLengths: [Int]
  /// Tokens of each other completion. `[P]`
  public let rejectedLengths: [Int]
  /// What each pair weighs, a constant: 1 unless told otherwise. `[P]`
  public let weights: [Double]

  /// Pairs from the log-probabilities of whole completions.
  ///
  /// - Parameters:
  ///   - chosen: Of the preferred completions, summed over their tokens. `[P]`
  ///   - rejected: Of the others. `[P]`
  ///   - referenceChosen: The same under the reference; zeros make a loss without one, and turn
  ///     ``PreferenceLoss`` over scores of a reward model into its Bradley-Terry loss. `[P]`
  ///   - referenceRejected: The same for the others. `[P]`
  ///   - chosenLengths: Tokens of each preferred completion; 1 each when `nil`, which leaves losses
  ///     per token unscaled. `[P]`
  ///   - rejectedLengths: Tokens of each other completion. `[P]`
  ///   - weights: What each pair weighs; 1 each when `nil`. `[P]`
  /// - Precondition: all counts are equal, lengths and weights are not negative, weights are finite.
  public init(
    chosen: [Number], rejected: [Number], referenceChosen: [Number], referenceRejected: [Number],
    chosenLengths: [Int]? = nil, rejectedLengths: [Int]? = nil, weights: [Double]? = nil
  ) {
    let count = chosen.count
    self.chosen = chosen
    self.rejected = rejected
    self.referenceChosen = referenceChosen
    self.referenceRejected = referenceRejected
    self.chosenLengths = chosenLengths ?? Array(repeating: 1, count: count)
    self.rejectedLengths = rejectedLengths ?? Array(repeating: 1, count: count)
    self.weights = weights ?? Array(repeating: 1, count: count)
    precondition(
      rejected.count == count && referenceChosen.count == count
        && referenceRejected.count == count && self.chosenLengths.count == count
        && self.rejectedLengths.count == count && self.weights.count == count,
      "\(count) preferred completions came with \(rejected.count) others, \(referenceChosen.count) and \(referenceRejected.count) of the reference, \(self.chosenLengths.count) and \(self.rejectedLengths.count) lengths and \(self.weights.count) weights"
    )
    precondition(
      self.chosenLengths.allSatisfy { $0 >= 0 } && self.rejectedLengths.allSatisfy { $0 >= 0 },
      "lengths can't be negative")
    precondition(
      self.weights.allSatisfy { $0 >= 0 && $0.isFinite }, "weights must be finite, not negative")
  }

  /// Pairs from log-probabilities per token: row `i` of each is the completion of pair `i`.
  ///
  /// Spread the gradients over the tokens again with ``PreferenceGradients/perToken(chosen:rejected:)``.
  ///
  /// - Precondition: all have as many rows, and the reference the rows of the current numbers.
  public init(
    chosen: Ragged<Number>, rejected: Ragged<Number>, referenceChosen: Ragged<Number>,
    referenceRejected: Ragged<Number>, weights: [Double]? = nil
  ) {
    precondition(
      chosen.offsets == referenceChosen.offsets && rejected.offsets == referenceRejected.offsets,
      "\(chosen.values.count) and \(rejected.values.count) tokens came with \(referenceChosen.values.count) and \(referenceRejected.values.count) of the reference"
    )
    self.init(
      chosen: chosen.rowSums, rejected: rejected.rowSums,
      referenceChosen: referenceChosen.rowSums, referenceRejected: referenceRejected.rowSums,
      chosenLengths: chosen.rowLengths, rejectedLengths: rejected.rowLengths, weights: weights)
  }

  /// How many pairs there are.
  public var count: Int { chosen.count }

  /// The same pairs in Double.
  var widened: PreferencePairs<Double> {
    PreferencePairs<Double>(
      chosen: Advantage.widened(chosen), rejected: Advantage.widened(rejected),
      referenceChosen: Advantage.widened(referenceChosen),
      referenceRejected: Advantage.widened(referenceRejected), chosenLengths: chosenLengths,
      rejectedLengths: rejectedLengths, weights: weights)
  }
}

extension Ragged where Element: BinaryFloatingPoint {
  /// The sum of each row, added in Double. `[B]`
  fileprivate var rowSums: [Element] {
    (0..<rowCount).map { Element(self[row: $0].reduce(0.0) { $0 + Double($1) }) }
  }
}

extension Ragged {
  /// The number of elements of each row. `[B]`
  var rowLengths: [Int] { (0..<rowCount).map { range(ofRow: $0).count } }
}
