/// Who put a span of tokens into the record.
public enum SpanOrigin: String, Sendable, Hashable, Codable, CaseIterable {
  /// The task as given to the agent.
  case prompt
  /// Sampled from the policy: carries the log-probabilities it was drawn with.
  case policy
  /// Written by a teacher: can be learned from, was never sampled.
  case demonstration
  /// What the world answered: tool results, observations, corrections.
  case environment
  /// Scaffolding between messages: role markers, turn separators.
  case template
}

/// Whose voice a span speaks in.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
  /// Standing instructions.
  case system
  /// The one who asks.
  case user
  /// The agent.
  case assistant
  /// A tool's result.
  case tool
}

/// How a policy turned logits into the distribution that it drew from.
public struct SamplingSettings: Sendable, Hashable, Codable {
  /// Divides the logits.
  ///
  /// 0 means greedy: the likeliest token, ties to the lowest id; its recorded
  /// log-probability is that of temperature 1.
  public let temperature: Float

  /// Settings that sample at a temperature.
  ///
  /// - Precondition: `temperature` is finite and not negative.
  public init(temperature: Float = 1) {
    precondition(
      temperature.isFinite && temperature >= 0,
      "temperature must be finite and not negative, got \(temperature)")
    self.temperature = temperature
  }

  /// Reads settings, refusing a temperature that can't be one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let temperature = try container.decode(Float.self, forKey: .temperature)
    guard temperature.isFinite, temperature >= 0 else {
      throw RecordError.unreadable("temperature \(temperature) is negative or not finite")
    }
    self.init(temperature: temperature)
  }

  /// The likeliest token every time.
  public static let greedy = SamplingSettings(temperature: 0)

  /// What the logits are divided by when a log-probability is recorded: 1 for greedy.
  public var scoringTemperature: Float { temperature == 0 ? 1 : temperature }
}

/// What the sampler knew when it drew a span: one log-probability per token.
public struct SamplingRecord: Sendable, Hashable {
  /// Natural-log probabilities of the drawn tokens under `settings`, one per token of the span.
  public let logProbabilities: [Float]
  /// Which weights drew them.
  public let weightVersion: Int
  /// The distribution they were drawn from.
  public let settings: SamplingSettings
  /// What those weights were stored as.
  ///
  /// Where it is not ``WeightPrecision/float32``, `logProbabilities` are those of the narrow weights,
  /// and the learner's differ.
  public let precision: WeightPrecision

  /// A record of a draw.
  public init(
    logProbabilities: [Float], weightVersion: Int, settings: SamplingSettings,
    precision: WeightPrecision = .float32
  ) {
    self.logProbabilities = logProbabilities
    self.weightVersion = weightVersion
    self.settings = settings
    self.precision = precision
  }
}

/// Consecutive tokens of one origin, with the bytes they stand for.
///
/// Ids are the truth and text is a view of them: token `i` covers `text[offsets[i]..<offsets[i+1]]`,
/// so credit can be placed on text without a tokenizer, and nothing is ever tokenised twice.
public struct Span: Sendable, Hashable {
  /// Who wrote it.
  public let origin: SpanOrigin
  /// Whose voice it speaks in.
  public let role: Role
  /// The agent's turn it belongs to, from 0.
  public let turn: Int
  /// Token ids, in order.
  public let tokens: [Int32]
  /// The bytes of all tokens, joined.
  ///
  /// A character may be cut by the end of a span.
  public let text: [UInt8]
  /// `tokens.count + 1` positions in `text`, ascending from 0.
  public let offsets: [Int]
  /// The sampler's record: present exactly when `origin` is ``SpanOrigin/policy``.
  public let sampling: SamplingRecord?

  /// Makes a span, refusing counts that don't match.
  ///
  /// - Throws: ``RecordError`` naming the count that is off.
  public init(
    origin: SpanOrigin, role: Role, turn: Int, tokens: [Int32], text: [UInt8], offsets: [Int],
    sampling: SamplingRecord? = nil
  ) throws(RecordError) {
    guard offsets.count == tokens.count + 1 else {
      throw .offsetCount(tokens: tokens.count, offsets: offsets.count)
    }
    guard offsets.first == 0, offsets.last == text.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw .offsetsDoNotCoverText(bytes: text.count) }
    switch (origin, sampling) {
    case (.policy, nil): throw .missingSamplingRecord
    case (.policy, let record?) where record.logProbabilities.count != tokens.count:
      throw .logProbabilityCount(
        tokens: tokens.count, logProbabilities: record.logProbabilities.count)
    case (.policy, _), (_, nil): break
    case (_, _?): throw .samplingRecordOn(origin: origin)
    }
    guard turn >= 0 else { throw .negativeTurn(turn) }
    self.origin = origin
    self.role = role
    self.turn = turn
    self.tokens = tokens
    self.text = text
    self.offsets = offsets
    self.sampling = sampling
  }

  /// How many tokens the span has.
  public var count: Int { tokens.count }

  /// The text, with broken UTF-8 replaced: for people, never for re-tokenising.
  public var string: String { String(decoding: text, as: UTF8.self) }
}

/// A record that contradicts itself.
public enum RecordError: Error, Hashable, Sendable {
  /// A span has `offsets` text offsets for `tokens` tokens; it needs one more than tokens.
  case offsetCount(tokens: Int, offsets: Int)
  /// The offsets don't ascend from 0 to the number of bytes.
  case offsetsDoNotCoverText(bytes: Int)
  /// A policy span came without the log-probabilities it was sampled with.
  case missingSamplingRecord
  /// The number of log-probabilities differs from the number of tokens.
  case logProbabilityCount(tokens: Int, logProbabilities: Int)
  /// A span that was not sampled carries log-probabilities.
  case samplingRecordOn(origin: SpanOrigin)
  /// Turns count from 0.
  case negativeTurn(Int)
  /// A turn follows a later one: history is append-only.
  case turnWentBack(from: Int, to: Int)
  /// A line of JSON is not a trajectory.
  case unreadable(String)
}

extension RecordError: CustomStringConvertible {
  /// One sentence: what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .offsetCount(let tokens, let offsets):
      "a span of \(tokens) tokens needs \(tokens + 1) text offsets, got \(offsets)"
    case .offsetsDoNotCoverText(let bytes):
      "text offsets must ascend from 0 to the text's \(bytes) bytes"
    case .missingSamplingRecord:
      "a policy span needs the log-probabilities it was sampled with; "
        + "use origin .demonstration for text nobody sampled"
    case .logProbabilityCount(let tokens, let logProbabilities):
      "a span of \(tokens) tokens came with \(logProbabilities) log-probabilities"
    case .samplingRecordOn(let origin):
      "a span of origin \(origin.rawValue) can't carry sampler log-probabilities"
    case .negativeTurn(let turn): "turns count from 0, got \(turn)"
    case .turnWentBack(let from, let to):
      "a span of turn \(to) can't follow turn \(from): history is append-only, make a branch"
    case .unreadable(let reason): "not a trajectory: \(reason)"
    }
  }
}
