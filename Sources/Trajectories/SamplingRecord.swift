/// What the sampler knew when it drew a span: one log-probability per token, two where limits left
/// tokens out.
///
/// With u = logit / temperature, for a token that was drawn:
///
///     logProbabilities            u - log(sum over all tokens of e^u)
///     truncatedLogProbabilities   u - log(sum over the tokens that could be drawn of e^u)
///
/// The first is what a learning policy computes for the token, bit for bit with the policy that
/// ships; ratios of policies and the drift of sampler and learner compare it. The second is the
/// probability that the token was drawn with, which weighs draws by importance. Neither is made from
/// the other, so neither carries the other's rounding.
///
/// - Differs: vLLM hands over one of the two, by its `logprobs_mode`: `raw_logprobs` before the
///   temperature and all limits, `processed_logprobs` after them. The first here is after the
///   temperature and before the limits.
public struct SamplingRecord: Sendable, Hashable {
  /// Natural-log probabilities of the drawn tokens at the settings' temperature among all tokens,
  /// one per token of the span.
  public let logProbabilities: [Float]
  /// Natural-log probabilities of the drawn tokens among those that could be drawn, one per token of
  /// the span; `nil` exactly when ``SamplingSettings/isTruncating`` is false.
  public let truncatedLogProbabilities: [Float]?
  /// Which weights drew them.
  public let weightVersion: Int
  /// The distribution they were drawn from.
  public let settings: SamplingSettings
  /// What those weights were stored as.
  ///
  /// Where it is not ``WeightPrecision/float32``, the log-probabilities are those of the narrow weights,
  /// and the learner's differ.
  public let precision: WeightPrecision

  /// A record of a draw.
  ///
  /// - Parameters:
  ///   - logProbabilities: Among all tokens.
  ///   - truncatedLogProbabilities: Among those that could be drawn, where `settings` truncate. A
  ///     ``Span`` refuses a record without them then.
  public init(
    logProbabilities: [Float], truncatedLogProbabilities: [Float]? = nil, weightVersion: Int,
    settings: SamplingSettings, precision: WeightPrecision = .float32
  ) {
    self.logProbabilities = logProbabilities
    self.truncatedLogProbabilities = truncatedLogProbabilities
    self.weightVersion = weightVersion
    self.settings = settings
    self.precision = precision
  }

  /// Natural-log probabilities that the tokens were drawn with: the truncated ones where there are
  /// any.
  public var drawnLogProbabilities: [Float] { truncatedLogProbabilities ?? logProbabilities }

  /// Per token the natural log of the probability, among all tokens, of those that could be drawn.
  ///
  /// The difference of the two log-probabilities, held at 0, where rounding would exceed it; all 0
  /// without truncation.
  public var keptLogMasses: [Float] {
    zip(logProbabilities, drawnLogProbabilities).map { min($0 - $1, 0) }
  }

  /// Refuses a record that doesn't go with so many tokens or contradicts its settings.
  func check(tokens: Int) throws(RecordError) {
    for numbers in [logProbabilities, drawnLogProbabilities] where numbers.count != tokens {
      throw .logProbabilityCount(tokens: tokens, logProbabilities: numbers.count)
    }
    guard settings.isTruncating == (truncatedLogProbabilities != nil) else {
      throw .truncatedLogProbabilities(isTruncating: settings.isTruncating)
    }
  }
}
