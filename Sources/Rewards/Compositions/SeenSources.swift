internal import Retrieval
public import Trajectories

/// The share of an answer's citations that name a source the agent saw, in 0…1.
///
/// A citation is a number in square brackets, `[3]`, or a link's target, `[page](https://…)`. Seen are
/// the numbers of documents that the environment showed, the identifiers on the record's tool events,
/// and every word of the environment's answers that holds `://`. An answer without citations is
/// worth 0, with a note.
///
/// - Complexity: Linear in the record's text.
public struct SeenSources: Reward {
  /// `seenSources` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A share of citations.
  public init(name: String = "seenSources", extraction: AnswerExtraction = AnswerExtraction()) {
    self.name = name
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let citations = Citations(of: trajectory, extraction)
    let score = Score.value(
      citations.count == 0 ? 0 : Double(citations.seen) / Double(citations.count))
    return .single(name, score, notes: citations.count == 0 ? ["no citation"] : [])
  }
}

/// The share of an answer's citations that name a source the agent never saw, in 0…1.
///
/// One less ``SeenSources``, except that an answer without citations invents none: 0.
public struct InventedSources: Reward {
  /// `inventedSources` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A share of citations.
  public init(
    name: String = "inventedSources", extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.name = name
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let citations = Citations(of: trajectory, extraction)
    let score = Score.value(
      citations.count == 0
        ? 0 : Double(citations.count - citations.seen) / Double(citations.count))
    return .single(name, score)
  }
}

/// How many citations the last answer has, and how many of them name what the agent saw.
private struct Citations {
  private(set) var count = 0
  private(set) var seen = 0

  init(of trajectory: Trajectory, _ extraction: AnswerExtraction) {
    let answer = extraction.answer(in: trajectory) ?? ""
    let numbers = CitedStatement.reading("x " + answer).flatMap(\.citations)
    let targets = Self.targets(in: answer)
    count = numbers.count + targets.count
    guard count > 0 else { return }
    let documents = trajectory.numberedDocuments
    let sources = Self.sources(of: trajectory)
    seen =
      numbers.count { documents[$0] != nil } + targets.count { sources.contains(Array($0.utf8)) }
  }

  private static func targets(in answer: String) -> [String] {
    MarkedText(answer).pieces(between: "](").dropFirst().map { MarkedText($0).before(")") }
  }

  private static func sources(of trajectory: Trajectory) -> Set<[UInt8]> {
    var result = Set(trajectory.events.flatMap(\.identifiers).map { Array($0.utf8) })
    for turn in trajectory.agentTurnTexts {
      let words = turn.answer.unicodeScalars.split {
        $0.isBlank || "()[]<>\"'".unicodeScalars.contains($0)
      }
      for word in words {
        let word = String(String.UnicodeScalarView(word))
        if MarkedText(word).contains("://") { result.insert(Array(word.utf8)) }
      }
    }
    return result
  }
}
