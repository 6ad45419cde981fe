public import Trajectories

/// How well an answer's citations carry its statements, in 0…1.
///
///     F1 = 2 · precision · recall / (precision + recall)
///     recall = statements that their cited documents support together / statements
///     precision = citations that are needed / citations
///
/// A citation is needed when its statement is supported, and either the cited document alone supports
/// it or the others without it don't. A number that no document has supports nothing. An answer
/// without statements or without citations is worth 0. Where the support can't be judged the score is
/// missing.
///
/// Documents are numbered as the agent saw them, a number that came again standing for the last.
///
/// - Source: ALCE's citation quality (arXiv 2305.14627), which notes about grounded GRPO
///   (arXiv 2506.15522) name as its citation reward; no code was read.
/// - Differs: at most ``judgedStatements`` statements and ``judgedCitations`` citations of each are
///   judged; the rest counts as unsupported, so that padding never pays.
public struct CitationF1: Reward {
  /// `citationF1` unless told otherwise.
  public let name: String
  /// Who tells what supports what.
  public let support: TextSupport
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// So many statements are judged at most.
  public static let judgedStatements = 256
  /// So many citations of a statement are judged at most.
  public static let judgedCitations = 8

  /// A reward for citations.
  public init(
    name: String = "citationF1", support: TextSupport = .lexical(),
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.name = name
    self.support = support
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let statements = CitedStatement.reading(extraction.answer(in: trajectory) ?? "")
    var documents = NumberedEvidence(trajectory, support: support)
    var (supported, needed) = (0, 0)
    for statement in statements.prefix(Self.judgedStatements) {
      switch try await judge(statement, &documents) {
      case .missing(let reason): return .unjudged(name, reason)
      case .answered(let count):
        supported += count == nil ? 0 : 1
        needed += count ?? 0
      }
    }
    let citations = statements.reduce(0) { $0 + $1.citations.count }
    let recall = statements.isEmpty ? 0 : Double(supported) / Double(statements.count)
    let precision = citations == 0 ? 0 : Double(needed) / Double(citations)
    let sum = precision + recall
    let score = Score.value(sum == 0 ? 0 : 2 * precision * recall / sum)
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score),
        RewardComponent(name: "citationPrecision", score: .value(precision)),
        RewardComponent(name: "citationRecall", score: .value(recall)),
      ])
  }

  /// How many of a statement's citations are needed; `nil` for a statement without support.
  private func judge(
    _ statement: CitedStatement, _ documents: inout NumberedEvidence
  ) async throws -> Verdict<Int?> {
    let cited = documents.places(of: statement)
    if cited.isEmpty { return .answered(nil) }
    switch try await documents.support(statement, by: cited) {
    case .missing(let reason): return .missing(reason: reason)
    case .answered(false): return .answered(nil)
    case .answered(true): break
    }
    if cited.count == 1 { return .answered(1) }
    var needed = 0
    for index in cited.indices {
      let alone = try await documents.support(statement, by: [cited[index]])
      var others = cited
      others.remove(at: index)
      let without = try await documents.support(statement, by: others)
      guard let alone = alone.answer, let without = without.answer else {
        return .missing(reason: "the need for a citation can't be judged")
      }
      needed += alone || !without ? 1 : 0
    }
    return .answered(needed)
  }
}

/// The documents that an agent saw, as what its statements rest on.
struct NumberedEvidence {
  private let places: [Int: Int]
  private var documents: SupportingDocuments

  init(_ trajectory: Trajectory, support: TextSupport) {
    let numbered = trajectory.numberedDocuments
    let numbers = numbered.keys.sorted()
    places = Dictionary(uniqueKeysWithValues: zip(numbers, numbers.indices))
    documents = SupportingDocuments(numbers.compactMap { numbered[$0] }, support: support)
  }

  /// The documents that a statement cites, of those that exist among its first citations.
  func places(of statement: CitedStatement) -> [Int] {
    statement.citations.prefix(CitationF1.judgedCitations).compactMap { places[$0] }
  }

  /// Whether documents, taken together, support a statement.
  mutating func support(
    _ statement: CitedStatement, by places: [Int]
  ) async throws -> Verdict<Bool> {
    try await documents.support([statement.text], with: places).map { $0.first ?? false }
  }
}

extension Trajectory {
  /// The documents that the environment showed, title and text, by number.
  var numberedDocuments: [Int: String] {
    var result: [Int: String] = [:]
    for turn in agentTurnTexts {
      for document in NumberedDocument.reading(turn.answer) {
        result[document.number] = "\(document.title)\n\(document.text)"
      }
    }
    return result
  }
}
