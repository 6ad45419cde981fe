internal import CKernels
internal import Trajectories

/// A clipped surrogate and a k3 penalty over the same tokens, in single precision and one pass.
///
/// What else is in the sum is evaluated on its own and added.
struct FusedPass {
  private var surrogate: (objective: ClippedSurrogate, coefficient: Double)?
  private var penalty: (objective: KLPenalty, coefficient: Double)?
  private var others: [any PolicyObjective] = []

  /// `nil` where there is nothing to fuse.
  init?(_ objective: any PolicyObjective) {
    take(objective, times: 1)
    if surrogate == nil { return nil }
  }

  private mutating func take(_ objective: any PolicyObjective, times coefficient: Double) {
    switch objective {
    case let sum as ObjectiveSum:
      for term in sum.terms { take(term, times: coefficient) }
    case let scaled as ScaledObjective where scaled.coefficient == 0: break
    case let scaled as ScaledObjective:
      take(scaled.objective, times: coefficient * scaled.coefficient)
    case let clipped as ClippedSurrogate where surrogate == nil && clipped.correction == .none:
      surrogate = (clipped, coefficient)
    case let divergence as KLPenalty
    where penalty == nil && divergence.estimator == .k3 && divergence.gradient == .own:
      penalty = (divergence, coefficient)
    default:
      others.append(coefficient == 1 ? objective : ScaledObjective(coefficient, objective))
    }
  }

  /// The result; `nil` where a number is not finite or a result too large for single precision.
  func result(
    for input: ObjectiveInput<Float>
  ) throws(ObjectiveError) -> ObjectiveResult<Float>? {
    guard let surrogate, let old = input.old, let advantages = input.advantages else { return nil }
    let reference = penalty == nil ? nil : input.reference
    var sums = Sums()
    var isFinite = true
    let gradient = [Float](unsafeUninitializedCapacity: input.current.values.count) { out, count in
      count = out.count
      isFinite = run(
        input, old.values, advantages.values, reference?.values, surrogate.objective, &sums, out)
    }
    guard isFinite else { return nil }
    var result = ObjectiveResult<Float>(
      loss: surrogate.coefficient * sums.surrogateLoss,
      gradients: ObjectiveGradients(logProbabilities: gradient), diagnostics: sums.diagnostics)
    if let penalty {
      result.loss += penalty.coefficient * sums.penaltyLoss
      result.diagnostics.addSum(.klPenalty, sums.penaltyLoss)
    }
    for other in others {
      let added = try other.evaluate(input)
      result.loss += added.loss
      result.gradients.add(added.gradients)
      result.diagnostics += added.diagnostics
    }
    return result
  }

  /// Fills `gradient` and returns whether everything read and written is finite.
  private func run(
    _ input: ObjectiveInput<Float>, _ old: [Float], _ advantages: [Float], _ reference: [Float]?,
    _ objective: ClippedSurrogate, _ sums: inout Sums,
    _ gradient: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    var settings = pg_surrogate_settings(
      lower: Float(1 - objective.lower), upper: Float(1 + objective.upper),
      cap: objective.cap.map { Float($0) } ?? .infinity,
      dual: objective.dualClip.map { Float($0) } ?? .infinity, surrogate_scale: 0, penalty_scale: 0,
      penalty_maximum: penalty?.objective.maximum.map { Float($0) } ?? .infinity)
    var isFinite = true
    input.current.values.withUnsafeBufferPointer { current in
      old.withUnsafeBufferPointer { old in
        advantages.withUnsafeBufferPointer { advantages in
          (reference ?? []).withUnsafeBufferPointer { reference in
            guard let gradient = gradient.baseAddress, let current = current.baseAddress,
              let old = old.baseAddress, let advantages = advantages.baseAddress
            else { return }
            let reference = self.penalty == nil ? nil : reference.baseAddress
            input.forEachSpan { tokens, weight in
              let at = tokens.lowerBound
              guard weight > 0 else {
                (gradient + at).update(repeating: 0, count: tokens.count)
                return
              }
              settings.surrogate_scale = Float(weight * (surrogate?.coefficient ?? 0))
              settings.penalty_scale = Float(weight * (penalty?.coefficient ?? 0))
              var row = pg_surrogate_sums()
              isFinite =
                pg_clipped_surrogate(
                  tokens.count, &settings, current + at, old + at, advantages + at,
                  reference.map { $0 + at }, gradient + at, &row) != 0 && isFinite
              sums.add(row, tokens: tokens.count, weight: weight)
            }
          }
        }
      }
    }
    return isFinite
  }

  /// What the passes over spans add up to.
  private struct Sums {
    var surrogateLoss = 0.0
    var penaltyLoss = 0.0
    private var total = pg_surrogate_sums()
    private var count = 0.0

    mutating func add(_ row: pg_surrogate_sums, tokens: Int, weight: Double) {
      surrogateLoss += weight * row.surrogate
      penaltyLoss += weight * row.penalty
      total.ratio_minus_one += row.ratio_minus_one
      total.largest_ratio = max(total.largest_ratio, row.largest_ratio)
      total.clipped += row.clipped
      total.dual_clipped += row.dual_clipped
      total.k1 += row.k1
      total.k3 += row.k3
      total.advantage += row.advantage
      count += Double(tokens)
    }

    var diagnostics: Diagnostics {
      var result = Diagnostics()
      result.addSum(.surrogateLoss, surrogateLoss)
      result.addMean(.meanRatio, total: count + total.ratio_minus_one, count: count)
      result.addMaximum(.maximumRatio, Double(total.largest_ratio))
      result.addMean(.clipFraction, total: total.clipped, count: count)
      result.addMean(.dualClipFraction, total: total.dual_clipped, count: count)
      result.addMean(.approximateKL, total: total.k1, count: count)
      result.addMean(.approximateKL3, total: total.k3, count: count)
      result.addMean(.meanAdvantage, total: total.advantage, count: count)
      return result
    }
  }
}

extension ObjectiveInput {
  /// Calls `body` with neighbouring rows of the same weight taken together.
  fileprivate func forEachSpan(_ body: (_ tokens: Range<Int>, _ weight: Double) -> Void) {
    let offsets = current.offsets
    var row = 0
    while row < weights.perToken.count {
      let first = row
      let weight = weights.perToken[first]
      while row < weights.perToken.count, weights.perToken[row] == weight { row += 1 }
      if offsets[row] > offsets[first] { body(offsets[first]..<offsets[row], weight) }
    }
  }
}
