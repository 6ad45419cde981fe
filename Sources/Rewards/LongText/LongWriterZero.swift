public import Trajectories

/// LongWriter-Zero's reward of a long text: length, quality, format.
///
///     score = (length + quality + format) / 3
///
/// - `length` is ``LengthReward``'s.
/// - `quality` is any reward: a preference model's, a judge's. Keep it in the range of the others.
/// - `format` is 1 for exactly one thought and then exactly one answer, less the share of what
///   the answer says twice; not below 0, and 0 for any other form.
///
/// A missing part makes the score missing. As told, the authors do not add up raw parts: each is
/// normalised within the group to an advantage, and those are averaged with equal weight. For that, hand the
/// components to a group-relative estimator that normalises each by itself; what `score` shows is
/// for logs.
///
/// - Source: notes about the paper of LongWriter-Zero; only weights are public. The equal shares of a
///   third are from those notes.
/// - Differs: how repetition is measured is ours; see ``Repetition``.
public struct LongWriterZero: Reward {
  /// How a text's repetition of itself is measured, in 0…1.
  public enum Repetition: Sendable {
    /// Word for word; see ``TextMeasures/repeatedShare(of:runs:)``.
    case runs(Int)
    /// Paragraphs alike in meaning by a similarity of your own; see
    /// ``TextMeasures/duplicateShare(of:threshold:limit:similarity:)``.
    case paragraphs(threshold: Double, similarity: @Sendable (String, String) -> Double)

    /// The share of a text that repeats it.
    public func share(of text: String) -> Double {
      switch self {
      case .runs(let length): TextMeasures.repeatedShare(of: text, runs: length)
      case .paragraphs(let threshold, let similarity):
        TextMeasures.duplicateShare(of: text, threshold: threshold, similarity: similarity)
      }
    }
  }

  /// `longWriterZero` unless told otherwise.
  public let name: String
  /// How repetition is measured.
  public let repetition: Repetition
  private let length: LengthReward
  private let quality: any Reward

  /// The reward.
  ///
  /// - Parameters:
  ///   - quality: How good the text is.
  ///   - repetition: How repetition is measured.
  ///   - band: The length that a task asks for.
  public init(
    name: String = "longWriterZero", quality: some Reward, repetition: Repetition = .runs(5),
    band: @escaping @Sendable (AgentTask) async throws -> LengthBand?
  ) {
    self.name = name
    self.quality = quality
    self.repetition = repetition
    length = LengthReward(band: band)
  }

  /// Those of the quality's judge.
  public var statefulParts: [any StatefulReward] { quality.statefulParts }

  /// Judges one text.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    async let length = length.report(on: trajectory)
    async let quality = quality.report(on: trajectory)
    let form = WritingForm(trajectory.agentTurns.map(\.string).joined())
    let format = form.map { max(1 - repetition.share(of: $0.answer), 0) } ?? 0
    let reports = try await [
      ("length", length), ("quality", quality), ("format", .single("format", .value(format))),
    ]
    var total = Score.value(0)
    for (part, report) in reports {
      switch (total, report.score) {
      case (.missing, _): break
      case (_, .missing(let reason)): total = .missing(reason: "\(part): \(reason)")
      case (.value(let sum), .value(let value)):
        total = Score(checking: sum + value / 3, of: name)
      }
    }
    return RewardReport(
      score: total, components: reports.map { RewardComponent(name: $0.0, score: $0.1.score) },
      notes: reports.flatMap { part, report in report.notes.map { "\(part): \($0)" } })
  }
}

/// A text of exactly one thought and then exactly one answer, with only blanks around them.
struct WritingForm {
  let thought: String
  let answer: String

  /// `nil` for any other form.
  init?(_ text: String) {
    let scanner = MarkupScanner(text)
    let (openThought, closeThought) = (Array("<think>".utf8), Array("</think>".utf8))
    let (openAnswer, closeAnswer) = (Array("<answer>".utf8), Array("</answer>".utf8))
    func places(of tag: [UInt8]) -> [Range<Int>] {
      var places: [Range<Int>] = []
      while places.count < 2, let next = scanner.range(of: tag, from: places.last?.upperBound ?? 0)
      {
        places.append(next)
      }
      return places
    }
    let tags = [openThought, closeThought, openAnswer, closeAnswer].map(places)
    guard tags.allSatisfy({ $0.count == 1 }) else { return nil }
    let (thoughtStart, thoughtEnd) = (tags[0][0], tags[1][0])
    let (answerStart, answerEnd) = (tags[2][0], tags[3][0])
    guard scanner.skippingBlanks(from: 0) == thoughtStart.lowerBound,
      thoughtStart.upperBound <= thoughtEnd.lowerBound,
      scanner.skippingBlanks(from: thoughtEnd.upperBound) == answerStart.lowerBound,
      answerStart.upperBound <= answerEnd.lowerBound,
      scanner.skippingBlanks(from: answerEnd.upperBound) == scanner.bytes.count
    else { return nil }
    thought = scanner.trimmed(thoughtStart.upperBound..<thoughtEnd.lowerBound)
    answer = scanner.trimmed(answerStart.upperBound..<answerEnd.lowerBound)
  }
}
