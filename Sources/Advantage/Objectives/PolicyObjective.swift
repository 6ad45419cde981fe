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

  /// The loss, its gradients and diagnostics, of input that holds what ``needs`` names and is finite
  /// in the rows that count.
  func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double>
}

extension PolicyObjective {
  /// The loss of a micro-batch, its gradient with respect to each number, and what can be seen.
  ///
  /// Computed in Double; single-precision gradients are the double-precision ones for the same
  /// input, rounded once.
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
  }

  private func checkFinite(
    _ numbers: Ragged<Double>, _ name: String
  ) throws(ObjectiveError) {
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
