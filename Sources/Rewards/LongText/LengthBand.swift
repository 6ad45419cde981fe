public import Trajectories

/// How long a text should be.
///
///     score = length / lower                       below the band
///             1                                    inside it
///             (maximum − length) / (maximum − upper)   above it, not below 0
///
/// - Source: notes about the paper of LongWriter-Zero; only weights are public.
/// - Differs: the clamp at 0 beyond `maximum` is ours.
public struct LengthBand: Sendable, Hashable, Codable {
  /// Where the band begins.
  public let lower: Int
  /// Where it ends.
  public let upper: Int
  /// Where a text that is too long is worth nothing.
  public let maximum: Int

  /// A band.
  ///
  /// - Precondition: 0 ≤ `lower` ≤ `upper` ≤ `maximum`.
  public init(_ lower: Int, _ upper: Int, maximum: Int) {
    precondition(
      0 <= lower && lower <= upper && upper <= maximum,
      "a band must ascend, got \(lower), \(upper), \(maximum)")
    self.lower = lower
    self.upper = upper
    self.maximum = maximum
  }

  /// A band around a target: a tenth to both sides, worthless from twice the target on.
  ///
  /// - Precondition: `target` is not negative.
  public init(around target: Int) {
    self.init(target - target / 10, target + target / 10, maximum: 2 * target)
  }

  /// Reads a band, refusing one that does not ascend.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let lower = try container.decode(Int.self, forKey: .lower)
    let upper = try container.decode(Int.self, forKey: .upper)
    let maximum = try container.decode(Int.self, forKey: .maximum)
    guard 0 <= lower, lower <= upper, upper <= maximum else {
      throw DecodingError.dataCorruptedError(
        forKey: .lower, in: container, debugDescription: "a length band must ascend")
    }
    self.init(lower, upper, maximum: maximum)
  }

  /// What a length is worth, in 0…1.
  public func score(_ length: Int) -> Double {
    if length < lower { return Double(max(length, 0)) / Double(lower) }
    if length <= upper { return 1 }
    if length >= maximum { return 0 }
    return Double(maximum - length) / Double(maximum - upper)
  }
}

/// What an answer's length is worth against the band of its task.
///
/// Length is counted in words; see ``TextMeasures/wordCount(of:)``. No answer is worth 0, with a
/// note; a task without a band can't be judged: missing.
public struct LengthReward: Reward {
  /// `length` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let band: @Sendable (AgentTask) async throws -> LengthBand?

  /// A reward of length.
  ///
  /// - Parameter band: The band of a task: fixed, from its labels, or from a judge that reads the
  ///   question.
  public init(
    name: String = "length", extraction: AnswerExtraction = AnswerExtraction(),
    band: @escaping @Sendable (AgentTask) async throws -> LengthBand?
  ) {
    self.name = name
    self.extraction = extraction
    self.band = band
  }

  /// Judges the last answer's length.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    guard let band = try await band(trajectory.task) else {
      return .single(
        name, .missing(reason: "task \(trajectory.task.id) has no length band"))
    }
    let count = TextMeasures.wordCount(of: answer)
    return .single(
      name, .value(band.score(count)), notes: ["\(count) words for \(band.lower)…\(band.upper)"])
  }
}
