/// How a policy turned logits into the distribution that it drew from.
///
/// First logits are divided by the temperature, then three limits, each optional, leave out unlikely
/// tokens, then one of those left is drawn with its share of their probability. Tokens are ordered
/// by their logit, the larger first, equals by ascending id:
///
///     top-k   keeps the first k tokens
///     top-p   keeps, of those, the shortest beginning that holds at least p of their probability
///     min-p   keeps, of those, the tokens at least min-p times as probable as the first
///
/// So of tokens that tie at the end of top-k or top-p the lowest ids stay; min-p keeps all of a tie
/// or none. The likeliest token always stays. Probabilities are added as whole numbers of 2⁻⁴² of
/// the likeliest one's, so which tokens stay depends on nothing but the logits.
///
/// - Source: transformers `generation/utils.py` (`_get_logits_processor`) for the order, which makes
///   p the share of what top-k left and min-p a last look at single tokens; arXiv 1904.09751 for
///   top-p, arXiv 2407.01082 for min-p.
/// - Differs: vLLM has min-p before top-k and top-p, where it takes tokens out of what p is a share
///   of; with at most one of top-p and min-p both orders keep the same. transformers and vLLM's
///   PyTorch path keep all tokens that tie with the last of top-k; here exactly k stay. In their
///   top-p ties fall as the sort leaves them.
public struct SamplingSettings: Sendable, Hashable, Codable {
  /// Divides the logits.
  ///
  /// 0 means greedy: the likeliest token, ties to the lowest id; its recorded
  /// log-probability is that of temperature 1. Limits change nothing then.
  public let temperature: Float
  /// How many of the likeliest tokens may be drawn, at least 1; `nil` for all.
  ///
  /// As many as the vocabulary has, or more, keep all.
  public let topK: Int?
  /// The share of the probability that the likeliest tokens must hold, in `(0, 1]`; `nil` for all.
  ///
  /// 1 keeps all.
  public let topP: Float?
  /// How probable a token must be at least, as a share of the likeliest one's probability, in
  /// `[0, 1]`; `nil` for no limit.
  ///
  /// 0 keeps all, 1 the likeliest and what is exactly as likely.
  public let minP: Float?

  /// Settings that sample at a temperature, from the likeliest tokens only if told so.
  ///
  /// - Precondition: `temperature` is finite and not negative, `topK` at least 1, `topP` in
  ///   `(0, 1]`, `minP` in `[0, 1]`.
  public init(
    temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, minP: Float? = nil
  ) {
    if let mistake = Self.mistake(temperature, topK, topP, minP) { preconditionFailure(mistake) }
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
  }

  /// Reads settings, refusing numbers out of their range; limits that are absent are `nil`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let temperature = try container.decode(Float.self, forKey: .temperature)
    let topK = try container.decodeIfPresent(Int.self, forKey: .topK)
    let topP = try container.decodeIfPresent(Float.self, forKey: .topP)
    let minP = try container.decodeIfPresent(Float.self, forKey: .minP)
    if let mistake = Self.mistake(temperature, topK, topP, minP) {
      throw RecordError.unreadable(mistake)
    }
    self.init(temperature: temperature, topK: topK, topP: topP, minP: minP)
  }

  private static func mistake(
    _ temperature: Float, _ topK: Int?, _ topP: Float?, _ minP: Float?
  ) -> String? {
    if !(temperature.isFinite && temperature >= 0) {
      return "temperature must be finite and not negative, got \(temperature)"
    }
    if let topK, topK < 1 { return "top-k must be at least 1, got \(topK)" }
    if let topP, !(topP > 0 && topP <= 1) { return "top-p must lie in (0, 1], got \(topP)" }
    if let minP, !(minP >= 0 && minP <= 1) { return "min-p must lie in [0, 1], got \(minP)" }
    return nil
  }

  /// The likeliest token every time.
  public static let greedy = SamplingSettings(temperature: 0)

  /// What the logits are divided by when a log-probability is recorded: 1 for greedy.
  public var scoringTemperature: Float { temperature == 0 ? 1 : temperature }

  /// Whether a limit is set that can leave tokens out of a draw.
  ///
  /// False for greedy settings and for limits that keep all by themselves: a top-p of 1, a min-p
  /// of 0. True for any top-k, since the vocabulary's size isn't known here.
  public var isTruncating: Bool {
    temperature > 0 && (topK != nil || (topP ?? 1) < 1 || (minP ?? 0) > 0)
  }
}
