internal import Trajectories

/// The critic's squared error, kept from moving far from its old values.
///
///     l = ½ max((v - G)², (clip(v, v_old - range, v_old + range) - G)²)
///
/// or `½ (v - G)²` without a range.
///
/// Diagnostics: `valueLoss`, `meanValueError`, and with a range `valueClipFraction`.
///
/// - Source: arXiv 1707.06347; checked against verl `compute_value_loss` and OpenRLHF `ValueLoss`.
public struct ValueLoss: PolicyObjective, Hashable, Codable {
  /// How far a value may move from the old one before the error stops falling.
  public var range: Double?

  /// A loss with range 0.5 unless told otherwise; `nil` clips nothing.
  public init(range: Double? = 0.5) {
    precondition(range.map { $0 > 0 } ?? true, "the range must be positive")
    self.range = range
  }

  /// Values and returns, and the old values for a range.
  public var needs: ObjectiveNeeds {
    range == nil ? [.values, .returns] : [.values, .returns, .oldValues]
  }

  /// The weighted error and its gradient with respect to each value.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let values = input.values, let returns = input.returns else { return result }
    var gradients = result.gradients.logProbabilities
    var (count, clipped, distance) = (0.0, 0.0, 0.0)
    input.forEachToken { token, weight in
      let (value, target) = (values.values[token], returns.values[token])
      var error = value - target
      var moves = true
      count += 1
      distance += abs(error)
      if let range, let old = input.oldValues?.values[token] {
        let held = value.clamped(to: (old - range)...(old + range)) - target
        if held * held > error * error {
          error = held
          moves = false
          clipped += 1
        }
      }
      result.loss += weight * error * error / 2
      gradients[token] = moves ? weight * error : 0
    }
    result.gradients.values = gradients
    result.diagnostics.addSum(.valueLoss, result.loss)
    result.diagnostics.addMean(.meanValueError, total: distance, count: count)
    if range != nil {
      result.diagnostics.addMean(.valueClipFraction, total: clipped, count: count)
    }
    return result
  }
}
