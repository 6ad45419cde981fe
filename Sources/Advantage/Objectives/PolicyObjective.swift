internal import Trajectories

/// A loss over per-token numbers, with its gradient.
///
/// An objective is a pure function. Losses of micro-batches add up to the loss of the batch, and so
/// do their gradients and diagnostics. Objectives add and scale like the formula in a paper:
///
///     let objective = ClippedSurrogate() + 0.001 * KLPenalty(.k3) + 0.01 * EntropyBonus()
///
/// To write one, implement ``needs`` and ``result(for:)`` in Double; callers use
/// ``evaluate(_:)``, in any precision.
public protocol PolicyObjective: Sendable {
  /// What it reads besides the current log-probabilities.
  var needs: ObjectiveNeeds { get }

  /// Whether a row whose advantages are all 0 has a gradient of exactly 0 at each of its tokens, and
  /// changes no other row's gradient by its current log-probabilities.
  ///
  /// Where it does, the way back through such rows can be left out and nothing moves otherwise. A
  /// surrogate that multiplies each token's pull by its advantage does; a divergence from the
  /// reference, an entropy bonus and a value loss pull on all rows. `false` unless an objective says
  /// so; a sum says so when all its terms do.
  var vanishesWithoutAdvantage: Bool { get }

  /// The loss, its gradients and diagnostics, of input that holds what ``needs`` names and is finite
  /// in the rows that count.
  func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double>
}

extension PolicyObjective {
  /// `false`: nothing is left out.
  public var vanishesWithoutAdvantage: Bool { false }

  /// The loss of a micro-batch, its gradient with respect to each number, and what can be seen.
  ///
  /// In Double, and in Float too unless one pass does it: then single-precision gradients are the
  /// double-precision ones for the same input, rounded once.
  ///
  /// A ``ClippedSurrogate`` without a correction, alone or in a sum with one ``KLPenalty`` of k3, is
  /// evaluated in Float in one pass. Its gradient is then off by at most 4e-6 of
  /// `weight · (|A| ratio + |1 - exp(reference - current)|)` per token, its loss by at most 4e-6 of
  /// the same sum over tokens; where a ratio lies within 4e-6 of itself from a bound, either side's
  /// gradient may be given. Numbers too large for Float are evaluated in Double.
  ///
  /// - Throws: ``ObjectiveError/missing(_:)`` naming what is needed and not there, or
  ///   ``ObjectiveError/nonFinite(input:row:token:)`` naming the first number that is not finite in
  ///   a row that counts. Rows that do not count may hold anything.
  /// - Complexity: O(N).
  public func evaluate<Number: BinaryFloatingPoint & Sendable>(
    _ input: ObjectiveInput<Number>
  ) throws(ObjectiveError) -> ObjectiveResult<Number> {
    let missing = needs.subtracting(input.offers)
    guard missing.isEmpty else { throw .missing(missing) }
    if let single = input as? ObjectiveInput<Float>, let pass = FusedPass(self),
      let result = try pass.result(for: single) as? ObjectiveResult<Number>
    {
      return result
    }
    let input = input.widened(needs)
    try input.checkFinite()
    return result(for: input).rounded()
  }
}

extension ObjectiveInput where Number == Double {
  /// Refuses numbers that are not finite in rows that count.
  func checkFinite() throws(ObjectiveError) {
    try checkFinite(current, "current log-probabilities")
    for (need, numbers) in named { try checkFinite(numbers, need.description) }
    if let observations {
      try checkFinite(
        observations.logProbabilities, "log-probabilities of the environment's tokens",
        observations.weights)
    }
  }

  private func checkFinite(
    _ numbers: Ragged<Double>, _ name: String, _ weights: RowWeights? = nil
  ) throws(ObjectiveError) {
    let weights = weights ?? self.weights
    for (row, weight) in weights.perToken.enumerated() where weight > 0 {
      let range = numbers.range(ofRow: row)
      for token in range where !numbers.values[token].isFinite {
        throw .nonFinite(input: name, row: row, token: token - range.lowerBound)
      }
    }
  }
}

/// Why an objective refused its input.
public enum ObjectiveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The objective needs numbers that are not there.
  case missing(ObjectiveNeeds)
  /// A number in a row that counts is NaN or infinite.
  case nonFinite(input: String, row: Int, token: Int)

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .missing(let needs):
      "The objective needs \(needs): pass them in the objective's input."
    case .nonFinite(let input, let row, let token):
      "The \(input) of row \(row) are not finite at selected token \(token): skip the step and look at what produced them."
    }
  }
}
