/// Learning from pairs without a reward model: make the preferred completion likelier than the
/// other, measured from a reference.
///
/// With log-ratios `x = current - reference` of whole completions, their scores `s(x)` by the
/// ``Divergence-swift.enum``, `m = s(chosen) - s(rejected)` and `z = beta m`, each
/// ``Form-swift.enum`` says what a pair costs. The loss is the mean over pairs.
///
/// Log-ratios are held within ±1e100 and exponents at 80 (gradient 0 beyond), so finite input never
/// gives NaN.
///
/// - Source: arXiv 2305.18290 (DPO) and those named at each form; checked against TRL
///   `trainer/dpo_trainer.py` and OpenRLHF `models/loss.py`.
/// - Differs: Label smoothing is a parameter of the forms that use it; TRL accepts it with all and
///   its sigmoid ignores it.
public struct PreferenceLoss: Sendable, Hashable, Codable {
  /// What a pair costs.
  public var form: Form
  /// How much an implicit reward counts, positive; the inverse of a temperature.
  public var beta: Double
  /// What a log-ratio is worth.
  public var divergence: Divergence

  /// A loss.
  ///
  /// - Parameters:
  ///   - form: What a pair costs; DPO's unless told otherwise.
  ///   - beta: How much an implicit reward counts, positive and finite.
  ///   - divergence: What a log-ratio is worth.
  public init(
    _ form: Form = .sigmoid(), beta: Double = 0.1, divergence: Divergence = .reverseKL
  ) {
    precondition(beta > 0 && beta.isFinite, "beta must be positive and finite, got \(beta)")
    form.check()
    if case .alpha(let alpha) = divergence {
      precondition(alpha.isFinite, "alpha must be finite, got \(alpha)")
    }
    self.form = form
    self.beta = beta
    self.divergence = divergence
  }

  /// The loss of some pairs, its gradients, and what can be seen.
  ///
  /// - Parameters:
  ///   - pairs: The pairs of a micro-batch.
  ///   - batchCount: How many pairs the whole optimiser batch holds; those given when `nil`. Forms
  ///     that sort completions (`aot`) need the whole batch at once.
  /// - Returns: Loss 0 and no gradients for no pairs.
  /// - Throws: ``PreferenceError/nonFinite(input:index:)`` for the first number that is not finite.
  /// - Complexity: O(P), O(P log P) for `aot`.
  public func evaluate<Number: BinaryFloatingPoint & Sendable>(
    _ pairs: PreferencePairs<Number>, batchCount: Int? = nil
  ) throws(PreferenceError) -> PreferenceResult<Number> {
    let pairs = pairs.widened
    try pairs.checkFinite()
    return result(for: pairs, share: 1 / Double(max(batchCount ?? pairs.count, 1))).rounded()
  }

  private func result(
    for pairs: PreferencePairs<Double>, share: Double
  ) -> PreferenceResult<Double> {
    var result = PreferenceResult<Double>(
      loss: 0, pairLosses: [], margins: [], chosenRewards: [], rejectedRewards: [],
      gradients: PreferenceGradients(chosen: [], rejected: []), diagnostics: Diagnostics())
    for index in 0..<pairs.count {
      let pair = Pair(pairs, index)
      let (chosen, rejected) = (divergence.score(pair.chosen), divergence.score(pair.rejected))
      result.margins.append(chosen.value - rejected.value)
      result.chosenRewards.append(beta * pair.chosen)
      result.rejectedRewards.append(beta * pair.rejected)
      if form.sorts { continue }
      let cost = form.cost(of: pair, chosen: chosen, rejected: rejected, beta: beta)
      let weight = pairs.weights[index] * share
      result.pairLosses.append(cost.loss)
      result.loss += weight * cost.loss
      result.gradients.chosen.append(weight * cost.byChosen)
      result.gradients.rejected.append(weight * cost.byRejected)
    }
    if case .aot(let smoothing, let paired) = form {
      transport(pairs, smoothing: smoothing, paired: paired, share: share, into: &result)
    }
    result.describe()
    return result
  }

  /// Compares sorted completions instead of pairs: the k-th smallest with the k-th smallest.
  private func transport(
    _ pairs: PreferencePairs<Double>, smoothing: Double, paired: Bool, share: Double,
    into result: inout PreferenceResult<Double>
  ) {
    precondition(
      pairs.weights.allSatisfy { $0 == 1 }, "sorting completions leaves no pair to weigh")
    result.gradients.chosen = Array(repeating: 0, count: pairs.count)
    result.gradients.rejected = result.gradients.chosen
    func difference(_ left: [Double], _ right: [Double]) -> [Double] {
      zip(left, right).map { ($0 - $1).clamped(to: Pair.range) }
    }
    let (upper, lower) =
      paired
      ? (
        difference(pairs.chosen, pairs.rejected),
        difference(pairs.referenceChosen, pairs.referenceRejected)
      )
      : (
        difference(pairs.chosen, pairs.referenceChosen),
        difference(pairs.rejected, pairs.referenceRejected)
      )
    let (upperOrder, lowerOrder) = (upper.ascendingOrder, lower.ascendingOrder)
    for (high, low) in zip(upperOrder, lowerOrder) {
      let cost = Form.logistic(beta * (upper[high] - lower[low]), smoothing: smoothing)
      let slope = share * beta * cost.slope
      result.pairLosses.append(cost.value)
      result.loss += share * cost.value
      result.gradients.chosen[high] += slope
      result.gradients.rejected[paired ? high : low] -= slope
    }
  }
}

/// The log-ratios of a pair, and its lengths.
struct Pair {
  static let range = -1e100...1e100

  let chosen: Double
  let rejected: Double
  let chosenLength: Double
  let rejectedLength: Double

  init(_ pairs: PreferencePairs<Double>, _ index: Int) {
    chosen = (pairs.chosen[index] - pairs.referenceChosen[index]).clamped(to: Self.range)
    rejected = (pairs.rejected[index] - pairs.referenceRejected[index]).clamped(to: Self.range)
    chosenLength = Double(max(pairs.chosenLengths[index], 1))
    rejectedLength = Double(max(pairs.rejectedLengths[index], 1))
  }
}

extension PreferencePairs where Number == Double {
  func checkFinite() throws(PreferenceError) {
    let named = [
      ("chosen", chosen), ("rejected", rejected), ("chosen reference", referenceChosen),
      ("rejected reference", referenceRejected),
    ]
    for (name, numbers) in named {
      if let index = numbers.firstIndex(where: { !$0.isFinite }) {
        throw .nonFinite(input: name, index: index)
      }
    }
  }
}

extension PreferenceResult where Number == Double {
  /// Derives the diagnostics from the rest.
  fileprivate mutating func describe() {
    let count = Double(chosenRewards.count)
    let (chosen, rejected) = (chosenRewards.reduce(0, +), rejectedRewards.reduce(0, +))
    let right = zip(chosenRewards, rejectedRewards).reduce(0.0) { $0 + ($1.0 > $1.1 ? 1 : 0) }
    diagnostics.addSum(.preferenceLoss, loss)
    diagnostics.addMean(.chosenReward, total: chosen, count: count)
    diagnostics.addMean(.rejectedReward, total: rejected, count: count)
    diagnostics.addMean(.rewardMargin, total: chosen - rejected, count: count)
    diagnostics.addMean(.preferenceAccuracy, total: right, count: count)
  }
}

extension [Double] {
  /// Positions from the smallest number to the largest; equal numbers keep their order.
  fileprivate var ascendingOrder: [Int] {
    indices.sorted { (self[$0], $0) < (self[$1], $1) }
  }
}
