public import Trajectories

/// R1-Searcher's reward, in the three forms of its reward servers.
///
///     base          F1, less 2 for a broken format
///     llamaStage1   1 or −1 by cover match, + 0.5 for well-formed retrieval, + 0.5 for the tags
///     llamaStage2   F1, less 1 for a broken format
///
/// Without a closed answer the first part is 0, at `llamaStage1` −1. The response starts within the
/// agent's thinking: the prompt has opened it. What breaks the format:
///
///     all      a query or documents mark without its partners
///     base,    not just one closing think tag and one pair of answer tags;
///     stage 2  a Chinese character outside of documents
///     base     the word assistant; more than 10 words or a mark within the answer
///
/// Components: `answer` and `validFormat`; at `llamaStage1` `answer`, `retrieval` and `tags`. A task
/// without accepted answers can't be judged: missing.
///
/// - Source: Song et al. 2025, "R1-Searcher"; train/reward_server_{qwen_zero,llama_stage1,
///   llama_stage2}.py.
/// - Differs: any accepted answer counts, the original has one. The world's words are never read as
///   marks, answers or Chinese characters; the word assistant in a retrieved page is no offence;
///   documents that the agent wrote itself are one.
public struct R1Searcher: Reward {
  /// Which of the servers.
  public enum Server: String, Sendable, Hashable, Codable, CaseIterable {
    /// The one for base models.
    case base
    /// The one that teaches an instructed model to retrieve.
    case llamaStage1
    /// The one that then teaches it to answer.
    case llamaStage2
  }

  /// `r1Searcher`.
  public var name: String { "r1Searcher" }
  /// Which of the servers.
  public let server: Server

  /// A reward.
  public init(server: Server = .base) { self.server = server }

  /// Judges the format and the answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let exchange = trajectory.exchange(
        worldBlock: R1SearcherText.beginOfDocuments, R1SearcherText.endOfDocuments)
      let own = trajectory.agentBytes[...]
      let answerTurn = trajectory.agentTurns.last { $0.contains(mark: .opening("answer")) }
      let isForged =
        own.contains(mark: R1SearcherText.beginOfDocuments)
        || own.contains(mark: R1SearcherText.endOfDocuments)
      return grade(
        R1SearcherText(
          exchange: exchange[...], ownWords: own, answerTurn: answerTurn ?? [],
          isForged: isForged),
        accepted: accepted)
    }
  }

  func grade(_ text: R1SearcherText, accepted: [String]) -> Grade {
    let rules = AnswerNormalization.r1Searcher
    let answer = Self.spellingOut(text.answer)
    let accepted = accepted.map(Self.spellingOut)
    switch server {
    case .llamaStage1:
      let isRight = text.isAnswered && rules.covers(answer, anyOf: accepted)
      let (retrieval, tags) = (text.retrieves ? 0.5 : 0, text.hasTags ? 0.5 : 0)
      return Grade(
        value: (isRight ? 1 : -1) + retrieval + tags,
        parts: ["answer": isRight ? 1 : -1, "retrieval": retrieval, "tags": tags])
    case .base, .llamaStage2:
      let overlap =
        text.isAnswered ? rules.tokenF1(answer, against: accepted, rule: .hotpotQA) : 0
      let breaches = text.breaches(isStrict: server == .base)
      let penalty: Double = server == .base ? 2 : 1
      return Grade(
        value: breaches.isEmpty ? overlap : overlap - penalty,
        parts: ["answer": overlap, "validFormat": breaches.isEmpty ? 1 : 0], notes: breaches)
    }
  }

  /// True and False as yes and no.
  static func spellingOut(_ answer: String) -> String {
    switch answer {
    case "True": "yes"
    case "False": "no"
    default: answer
    }
  }
}

/// A response in R1-Searcher's protocol.
struct R1SearcherText {
  static let beginOfDocuments = [UInt8](mark: "<|begin_of_documents|>")
  static let endOfDocuments = [UInt8](mark: "<|end_of_documents|>")

  /// The agent's words and the documents.
  let exchange: ArraySlice<UInt8>
  /// The agent's words.
  let ownWords: ArraySlice<UInt8>
  /// The words in which the answer stands.
  let answerTurn: ArraySlice<UInt8>
  /// Whether the agent wrote documents itself.
  var isForged = false

  var isAnswered: Bool {
    answerTurn.contains(mark: .opening("answer")) && answerTurn.contains(mark: .closing("answer"))
  }

  /// What follows the last opening answer tag, up to the next closing one.
  var answer: String {
    let start = answerTurn.lastRange(of: .opening("answer"))?.upperBound ?? answerTurn.startIndex
    let rest = answerTurn[start...]
    let end = rest.range(of: .closing("answer"))?.lowerBound ?? rest.endIndex
    return rest[..<end].trimmingBlanks.string
  }

  /// How often each mark of a retrieval occurs; equal when retrieval is well-formed.
  private var marks: [Int] {
    [
      "<|begin_of_documents|>", "<|begin_of_documents|>\n", "<|begin_of_documents|>\n(1)",
      "<|end_of_documents|>", "<|end_of_documents|>\n\n", "<|begin_of_query|>",
      "<|end_of_query|>",
    ].map { exchange.count(of: [UInt8](mark: $0)) }
  }

  private var marksMatch: Bool { Set(marks).count == 1 }

  /// Whether there is a retrieval and all of them are well-formed.
  var retrieves: Bool { !isForged && marksMatch && marks[0] > 0 }

  /// Whether thinking is closed once and there is one pair of answer tags.
  var hasTags: Bool {
    exchange.count(of: .opening("think")) == 0 && exchange.count(of: .closing("think")) == 1
      && exchange.count(of: .opening("answer")) == 1 && exchange.count(of: .closing("answer")) == 1
  }

  /// What breaks the format.
  func breaches(isStrict: Bool) -> [String] {
    var result: [String] = []
    if isForged { result.append("documents that the agent wrote itself") }
    if !marksMatch { result.append("query and documents marks don't match") }
    if !hasTags { result.append("not one closing think tag and one pair of answer tags") }
    if holdsChinese { result.append("Chinese characters outside of documents") }
    guard isStrict else { return result }
    if saysAssistant {
      result.append("the word assistant")
    }
    let answer = Array(answer.utf8)[...]
    if ["begin_of_query", "begin_of_documents"].contains(where: {
      answer.contains(mark: [UInt8](mark: $0))
    }) {
      result.append("a mark within the answer")
    }
    let rules = AnswerNormalization(
      lowercases: false, punctuation: .kept, removesArticles: false)
    if rules.comparable(answer.string).words.count > 10 {
      result.append("an answer of more than 10 words")
    }
    return result
  }

  private var saysAssistant: Bool {
    ownWords.contains(mark: [UInt8](mark: "assistant"))
      || ownWords.contains(mark: [UInt8](mark: "Assistant"))
  }

  private var holdsChinese: Bool {
    var rest = ownWords
    while let documents = rest.body(between: Self.beginOfDocuments, and: Self.endOfDocuments) {
      let start = documents.startIndex - Self.beginOfDocuments.count
      if rest[..<start].holdsChinese { return true }
      rest = rest[(documents.endIndex + Self.endOfDocuments.count)...]
    }
    return rest.holdsChinese
  }
}

extension ArraySlice<UInt8> {
  /// Whether one of the characters U+4E00…U+9FFF occurs.
  fileprivate var holdsChinese: Bool {
    // Their first byte is E4 (from E4 B8 80 on) to E9.
    indices.contains { index in
      switch self[index] {
      case 0xE4: index + 1 < endIndex && self[index + 1] >= 0xB8
      case 0xE5...0xE9: true
      default: false
      }
    }
  }
}
