public import Trajectories

/// What a preference loss made of some pairs.
public struct PreferenceResult<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// These pairs' share of the mean loss over the batch.
  public var loss: Double
  /// The loss of each pair, before the mean and without the pair's weight. `[P]`
  ///
  /// Losses that sort completions have one per rank, not per pair.
  public var pairLosses: [Double]
  /// By how much each preferred completion scores above the other, before `beta`. `[P]`
  public var margins: [Double]
  /// The implicit reward of each preferred completion, `beta` (current - reference). `[P]`
  public var chosenRewards: [Double]
  /// The implicit reward of each other completion. `[P]`
  public var rejectedRewards: [Double]
  /// The gradient of the loss.
  public var gradients: PreferenceGradients<Number>
  /// `loss/preference`, and over pairs the means `preference/chosen_reward`,
  /// `preference/rejected_reward`, `preference/margin` (of rewards) and `preference/accuracy`, the
  /// share of pairs whose preferred completion has the larger reward; ties are no success.
  public var diagnostics: Diagnostics
}

/// The gradient of a preference loss with respect to the log-probabilities of whole completions.
public struct PreferenceGradients<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// With respect to each preferred completion. `[P]`
  public var chosen: [Number]
  /// With respect to each other completion. `[P]`
  public var rejected: [Number]

  /// Gradients per completion.
  public init(chosen: [Number], rejected: [Number]) {
    self.chosen = chosen
    self.rejected = rejected
  }

  /// The gradient with respect to each token's log-probability: that of its completion.
  ///
  /// - Parameters:
  ///   - chosen: Anything with the rows of the preferred completions.
  ///   - rejected: Anything with the rows of the others.
  /// - Precondition: there is one row per pair.
  public func perToken<Other>(
    chosen chosenRows: Ragged<Other>, rejected rejectedRows: Ragged<Other>
  ) -> (chosen: Ragged<Number>, rejected: Ragged<Number>) {
    (Self.spread(chosen, over: chosenRows), Self.spread(rejected, over: rejectedRows))
  }

  private static func spread<Other>(
    _ numbers: [Number], over rows: Ragged<Other>
  ) -> Ragged<Number> {
    precondition(
      numbers.count == rows.rowCount, "\(numbers.count) gradients came with \(rows.rowCount) rows")
    return rows.with(
      numbers.enumerated().flatMap { row, number in
        repeatElement(number, count: rows.range(ofRow: row).count)
      })
  }
}

extension PreferenceResult where Number == Double {
  /// The same result in another precision.
  func rounded<Other: BinaryFloatingPoint & Sendable>() -> PreferenceResult<Other> {
    PreferenceResult<Other>(
      loss: loss, pairLosses: pairLosses, margins: margins, chosenRewards: chosenRewards,
      rejectedRewards: rejectedRewards,
      gradients: PreferenceGradients<Other>(
        chosen: Advantage.rounded(gradients.chosen),
        rejected: Advantage.rounded(gradients.rejected)),
      diagnostics: diagnostics)
  }
}

extension Diagnostics.Name {
  /// The mean preference loss, before any coefficient.
  public static let preferenceLoss: Self = "loss/preference"
  /// Mean implicit reward of preferred completions.
  public static let chosenReward: Self = "preference/chosen_reward"
  /// Mean implicit reward of the others.
  public static let rejectedReward: Self = "preference/rejected_reward"
  /// Mean difference between the two.
  public static let rewardMargin: Self = "preference/margin"
  /// Share of pairs whose preferred completion has the larger implicit reward.
  public static let preferenceAccuracy: Self = "preference/accuracy"
  /// The divergence that unpaired preferences are measured from.
  public static let preferenceDivergence: Self = "preference/kl"
}

/// Why preferences were refused.
public enum PreferenceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A log-probability is NaN or infinite.
  case nonFinite(input: String, index: Int)
  /// There is nothing to estimate the divergence from.
  case noMismatchedPairs

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .nonFinite(let input, let index):
      "The \(input) log-probability \(index) is not finite: look at the completion that it belongs to."
    case .noMismatchedPairs:
      "The loss measures from a divergence and there are no mismatched pairs to estimate it from: pass some, or the divergence itself."
    }
  }
}
