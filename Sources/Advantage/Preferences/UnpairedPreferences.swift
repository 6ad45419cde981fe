/// Completions that somebody found good or bad, each on its own, as the log-probabilities of whole
/// completions.
public struct UnpairedPreferences<Number: BinaryFloatingPoint & Sendable>: Sendable {
  /// Under the weights being trained, of the good completions. `[G]`
  public let desirable: [Number]
  /// Under the reference, of the good completions. `[G]`
  public let referenceDesirable: [Number]
  /// Under the weights being trained, of the bad completions. `[U]`
  public let undesirable: [Number]
  /// Under the reference, of the bad completions. `[U]`
  public let referenceUndesirable: [Number]
  /// Under the weights being trained, of completions paired with prompts they do not belong to. `[K]`
  public let mismatched: [Number]
  /// The same under the reference. `[K]`
  public let referenceMismatched: [Number]

  /// Completions with their labels.
  ///
  /// - Precondition: each list has as many elements as the same list of the reference.
  public init(
    desirable: [Number], referenceDesirable: [Number], undesirable: [Number],
    referenceUndesirable: [Number], mismatched: [Number] = [], referenceMismatched: [Number] = []
  ) {
    precondition(
      desirable.count == referenceDesirable.count
        && undesirable.count == referenceUndesirable.count
        && mismatched.count == referenceMismatched.count,
      "\(desirable.count) good, \(undesirable.count) bad and \(mismatched.count) mismatched completions came with \(referenceDesirable.count), \(referenceUndesirable.count) and \(referenceMismatched.count) of the reference"
    )
    self.desirable = desirable
    self.referenceDesirable = referenceDesirable
    self.undesirable = undesirable
    self.referenceUndesirable = referenceUndesirable
    self.mismatched = mismatched
    self.referenceMismatched = referenceMismatched
  }

  /// How many completions have a label.
  public var count: Int { desirable.count + undesirable.count }
}

/// Learning from labels on single completions.
///
/// With log-ratios `x = current - reference` of whole completions and a divergence `k`:
///
///     kto      good: w_g (1 - σ(beta (x - k)))    bad: w_b (1 - σ(beta (k - x)))
///     apoZero  the same with k = 0
///
///     k = max(0, mean over mismatched completions of x), without gradient
///
/// The loss is the mean over labelled completions. A side without completions adds nothing.
///
/// The gradient differs from the derivative in the mismatched completions: `k` is a constant.
///
/// - Source: arXiv 2402.01306 (equation 7), arXiv 2408.06266 for `apoZero`; checked against TRL
///   `trainer/kto_trainer.py`.
public struct UnpairedPreferenceLoss: Sendable, Hashable, Codable {
  /// What completions are measured from.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// The divergence of the batch: Kahneman-Tversky optimisation.
    case kto
    /// Nothing.
    case apoZero
  }

  /// What completions are measured from.
  public var form: Form
  /// How much an implicit reward counts, positive.
  public var beta: Double
  /// What a good completion weighs.
  public var desirableWeight: Double
  /// What a bad completion weighs.
  public var undesirableWeight: Double

  /// A loss with `beta` 0.1 and weights 1 unless told otherwise.
  ///
  /// - Precondition: `beta` is positive, weights are not negative, all are finite.
  public init(
    _ form: Form = .kto, beta: Double = 0.1, desirableWeight: Double = 1,
    undesirableWeight: Double = 1
  ) {
    precondition(beta > 0 && beta.isFinite, "beta must be positive and finite, got \(beta)")
    precondition(
      desirableWeight >= 0 && undesirableWeight >= 0 && desirableWeight.isFinite
        && undesirableWeight.isFinite,
      "weights must be finite and not negative, got \(desirableWeight) and \(undesirableWeight)")
    self.form = form
    self.beta = beta
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
  }

  /// The divergence that completions are measured from; 0 for ``Form/apoZero``.
  ///
  /// Estimate it once over the whole optimiser batch.
  ///
  /// - Throws: ``PreferenceError`` for numbers that are not finite, and when ``Form/kto`` has no
  ///   mismatched completions.
  public func divergence<Number: BinaryFloatingPoint & Sendable>(
    of preferences: UnpairedPreferences<Number>
  ) throws(PreferenceError) -> Double {
    if form == .apoZero { return 0 }
    let ratios = try Self.ratios(
      preferences.mismatched, preferences.referenceMismatched, "mismatched")
    if ratios.isEmpty { throw .noMismatchedPairs }
    return max(0, ratios.reduce(0, +) / Double(ratios.count))
  }

  /// The loss of labelled completions, its gradients, and what can be seen.
  ///
  /// - Parameters:
  ///   - preferences: The completions of a micro-batch.
  ///   - divergence: That of the whole optimiser batch; that of these when `nil`.
  ///   - batchCount: How many labelled completions the whole optimiser batch holds; those given
  ///     when `nil`.
  /// - Throws: ``PreferenceError`` as ``divergence(of:)``.
  /// - Complexity: O(G + U + K).
  public func evaluate<Number: BinaryFloatingPoint & Sendable>(
    _ preferences: UnpairedPreferences<Number>, divergence: Double? = nil, batchCount: Int? = nil
  ) throws(PreferenceError) -> UnpairedPreferenceResult<Number> {
    let good = try Self.ratios(
      preferences.desirable, preferences.referenceDesirable, "desirable")
    let bad = try Self.ratios(
      preferences.undesirable, preferences.referenceUndesirable, "undesirable")
    var origin = 0.0
    if let divergence {
      origin = divergence
    } else if preferences.count > 0 {
      origin = try self.divergence(of: preferences)
    }
    let share = 1 / Double(max(batchCount ?? preferences.count, 1))
    let up = good.map { term(beta * ($0 - origin), weight: desirableWeight) }
    let down = bad.map { term(beta * (origin - $0), weight: undesirableWeight) }
    let loss = share * (up.reduce(0) { $0 + $1.value } + down.reduce(0) { $0 + $1.value })
    var diagnostics = Diagnostics()
    diagnostics.addSum(.preferenceLoss, loss)
    diagnostics.addMean(
      .chosenReward, total: beta * good.reduce(0, +), count: Double(good.count))
    diagnostics.addMean(
      .rejectedReward, total: beta * bad.reduce(0, +), count: Double(bad.count))
    diagnostics.addMaximum(.preferenceDivergence, origin)
    return UnpairedPreferenceResult(
      loss: loss, desirableLosses: up.map(\.value), undesirableLosses: down.map(\.value),
      divergence: origin, desirableGradients: rounded(up.map { share * $0.slope }),
      undesirableGradients: rounded(down.map { -share * $0.slope }), diagnostics: diagnostics)
  }

  /// `w (1 - σ(z))` and its derivative by the log-ratio in the direction of z.
  private func term(_ z: Double, weight: Double) -> Slope {
    Slope(
      value: weight * Logistic.sigmoid(-z),
      slope: -weight * beta * Logistic.sigmoid(z) * Logistic.sigmoid(-z))
  }

  private static func ratios<Number: BinaryFloatingPoint & Sendable>(
    _ current: [Number], _ reference: [Number], _ name: String
  ) throws(PreferenceError) -> [Double] {
    for (name, numbers) in [(name, current), (name + " reference", reference)] {
      if let index = numbers.firstIndex(where: { !$0.isFinite }) {
        throw .nonFinite(input: name, index: index)
      }
    }
    return zip(widened(current), widened(reference)).map { ($0 - $1).clamped(to: Pair.range) }
  }
}

/// What a loss over labelled completions made of them.
public struct UnpairedPreferenceResult<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// These completions' share of the mean loss over the batch.
  public var loss: Double
  /// The weighted loss of each good completion. `[G]`
  public var desirableLosses: [Double]
  /// The weighted loss of each bad completion. `[U]`
  public var undesirableLosses: [Double]
  /// The divergence that completions were measured from.
  public var divergence: Double
  /// The gradient with respect to each good completion's log-probability. `[G]`
  public var desirableGradients: [Number]
  /// The gradient with respect to each bad completion's log-probability. `[U]`
  public var undesirableGradients: [Number]
  /// `loss/preference`, `preference/chosen_reward`, `preference/rejected_reward` and, as a maximum,
  /// `preference/kl`.
  public var diagnostics: Diagnostics
}
