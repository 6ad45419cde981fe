internal import Retrieval
internal import Trajectories
package import OrderedJSON

/// DR Tulu as released, digit for digit, where the original and the library's reading differ.
///
/// Works on one text in which prompts, tools and the agent speak alike, takes whatever a judge
/// wrote for what it can read in it, and makes 0 of what it can't.
///
/// - Source: rlresearch/dr-tulu, rl/open-instruct/open_instruct, at 6188f34c.
package enum DrTulu {
  /// Misspelled tags count too.
  package static let sourceMarkup = SourceMarkup(tags: [
    SourceMarkup.Tag("snippet", ending: "s"), SourceMarkup.Tag("snippe", ending: "t"),
    SourceMarkup.Tag("webpag", ending: "e"),
  ])

  /// A name of a parser that does not exist.
  package struct UnknownParser: Error {}

  /// The markup that a parser's name stands for.
  package static func searchMarkup(parser: String?) throws(UnknownParser) -> SearchCallMarkup {
    switch parser {
    case nil, "": .search
    case "unified": .tool
    case "v20250824": .callTool
    default: throw UnknownParser()
    }
  }

  /// A response's first closed answer, what stands before it and the sources there.
  package struct Response {
    /// Everything before the first opening tag, trimmed.
    package let context: String
    /// The answer, trimmed.
    package let answer: String
    /// The citable texts of the context.
    package let sources: [String: String]

    /// `nil` without a closed answer.
    package init?(_ text: String) {
      let scanner = MarkupScanner(text)
      let open = Array("<answer>".utf8)
      guard
        let pair = scanner.pairs(open: open, close: Array("</answer>".utf8), limit: 1).first
      else { return nil }
      context = scanner.trimmed(0..<pair.lowerBound - open.count)
      answer = scanner.trimmed(pair)
      sources = DrTulu.sourceMarkup.sources(in: context)
    }
  }

  /// 0.5 for a closed answer, 0.3 for a citation, 0.2 for a query, anywhere in the text.
  package static func formatReward(_ text: String, searches: SearchCallMarkup) -> Double {
    var scanner = MarkupScanner(text)
    return RLERResponse(
      answer: Response(text)?.answer, sources: [:], searchCount: searches.queries(in: text).count,
      cites: !scanner.citations(strictQuotes: false, limit: 1).isEmpty
    ).formatScore
  }

  /// min(n / 3, 1) over the queries of the text before the answer, and n.
  package static func searchTurns(
    in context: String?, searches: SearchCallMarkup
  ) -> (reward: Double, count: Int) {
    let count = context.map { searches.queries(in: $0).count } ?? 0
    return (RLERResponse.searchScore(count), count)
  }

  /// A text's claims: of several names in a tag the last one, of several tags around a text the
  /// last one.
  package static func claims(in text: String, cutting: CitedText.Cutting) -> [CitedClaim] {
    claims(in: text) { cutting.pieces(of: $0) }
  }

  /// Claims with another way of cutting text outside citations.
  package static func claims(
    in text: String, pieces: (String) -> [String]
  ) -> [CitedClaim] {
    let plain = CitedText.parts(of: text, strictQuotes: false).plain
    let cited = CitedText.parts(of: text).cited
    var claims: [CitedClaim] = []
    var places: [[UInt8]: Int] = [:]
    func put(_ claim: CitedClaim) {
      let key = Array(claim.text.utf8)
      if let place = places[key] {
        claims[place] = claim
      } else if !claim.text.isEmpty {
        places[key] = claims.count
        claims.append(claim)
      }
    }
    for text in plain.flatMap(pieces) { put(CitedClaim(text: text.trimmingBlanks)) }
    for citation in cited {
      guard let last = citation.names.last else { continue }
      put(CitedClaim(text: citation.text, sources: [last]))
    }
    return claims
  }

  /// The citation part of a whole response, every question asked in turn with ratings in brackets
  /// for replies.
  package static func citationReward(
    of response: String, sources: [String: String],
    ask: (_ kind: CitationQuestion, _ claim: CitedClaim) async throws -> String
  ) async rethrows -> Double {
    if sources.isEmpty { return 0 }
    let claims = claims(in: response, cutting: .none)
    var sum = 0.0
    for claim in claims {
      if claim.sources.compactMap({ sources[$0] }).joined(separator: "\n\n").isEmpty {
        let reply = try await ask(.need, claim)
        sum += CitationScore.f1(recall: 1 - need(in: reply), precision: 1)
      } else {
        let recall = support(in: try await ask(.support, claim))
        let precision = relevance(in: try await ask(.relevance, claim))
        sum += CitationScore.f1(recall: recall, precision: precision)
      }
    }
    let share = CitationScore.existingShare(of: claims, among: sources)
    return 0.6 * (claims.isEmpty ? 0 : sum / Double(claims.count)) + 0.4 * share
  }

  /// The three questions about citations.
  package enum CitationQuestion: Sendable {
    /// Is it supported?
    case support
    /// Has its source to do with it?
    case relevance
    /// Should it have had a source?
    case need
  }
}

extension DrTulu {
  /// 1, 0.5 or 0; 0 for everything else.
  package static func support(in reply: String) -> Double {
    switch rating(in: reply, after: "Rating: [[") {
    case "fully supported": 1
    case "partially supported": 0.5
    default: 0
    }
  }

  /// 1 for “relevant”, else 0.
  package static func relevance(in reply: String) -> Double {
    rating(in: reply, after: "Rating: [[") == "relevant" ? 1 : 0
  }

  /// 1 for “yes”, else 0.
  package static func need(in reply: String) -> Double {
    rating(in: reply, after: "Need Citation: [[") == "yes" ? 1 : 0
  }

  /// What stands in double brackets, up to the last ones of the line, in lower case.
  private static func rating(in reply: String, after prefix: String) -> String? {
    let (prefix, close) = (Array(prefix.utf8), Array("]]".utf8))
    for line in Array(reply.utf8).split(separator: UInt8(ascii: "\n")) {
      let scanner = MarkupScanner(String(decoding: line, as: UTF8.self))
      guard let open = scanner.range(of: prefix, from: 0)?.upperBound else { continue }
      var end = scanner.bytes.count - close.count
      while end >= open, !scanner.has(close, at: end) { end -= 1 }
      if end >= open { return scanner.trimmed(open..<end).lowercasedByScalar }
    }
    return nil
  }

  /// How many opening braces are tried; the original tries all, in quadratic time.
  private static let triedBraces = 256

  /// The object, or whatever parses, from one of the opening braces to the last closing one.
  ///
  /// From left to right; each is tried as it is and then with doubled braces made single.
  package static func json(in reply: String) -> JSONValue? {
    let bytes = Array(reply.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    guard let end = bytes.lastIndex(of: close) else { return nil }
    for start in bytes.indices.lazy.filter({ bytes[$0] == open && $0 < end }).prefix(triedBraces) {
      let piece = Array(bytes[start...end])
      if let value = try? JSONValue(parsing: piece) { return value }
      if let value = try? JSONValue(parsing: single(single(piece, open), close)) { return value }
    }
    return nil
  }

  /// The bytes with each pair of a brace made one.
  private static func single(_ bytes: [UInt8], _ brace: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      result.append(bytes[index])
      let doubled = bytes[index] == brace && index + 1 < bytes.count && bytes[index + 1] == brace
      index += doubled ? 2 : 1
    }
    return result
  }

  /// The number called score over a scale, not clamped; 0 for everything that isn't one.
  package static func rubricScore(in reply: String, scale: Double) -> Double {
    guard let score = json(in: reply)?["score"] else { return 0 }
    let number =
      switch score {
      case .bool(let flag): flag ? 1.0 : 0
      case .string(let text): Double(text.trimmingBlanks)
      default: score.double
      }
    return (number ?? 0) / scale
  }
}

extension DrTulu {
  /// Scores by the rubric's name, each the weighted mean over rubrics of that name, and the parts
  /// as logged.
  package struct RubricReward {
    /// In the order in which the names first came.
    package let byKey: [(key: String, value: Double)]
    /// Over all rubrics.
    package let overall: Double
    /// Over the persistent ones, by the sum of signed weights.
    package let persistent: Double
    /// Over the adaptive ones, by the sum of signed weights.
    package let adaptive: Double

    /// From one score per rubric.
    package init(scores: [Double], rubrics: [RubricInUse], question: String) {
      let entries = zip(rubrics, scores).map { rubric, score in
        RubricScores.Entry(
          key: rubric.rubric.key(for: question), rubric: rubric, score: .value(score))
      }
      overall = RubricScores(entries: entries).overall.value ?? 0
      var order: [String] = []
      var groups: [String: [RubricScores.Entry]] = [:]
      for entry in entries {
        if groups[entry.key] == nil { order.append(entry.key) }
        groups[entry.key, default: []].append(entry)
      }
      byKey = order.map { key in
        (key, RubricScores(entries: groups[key] ?? []).overall.value ?? 0)
      }
      persistent = Self.signed(entries, .persistent)
      adaptive = Self.signed(entries, .adaptive)
    }

    private static func signed(_ entries: [RubricScores.Entry], _ kind: RubricKind) -> Double {
      let entries = entries.filter { $0.rubric.kind == kind }
      let sum = entries.reduce(0) { $0 + ($1.score.value ?? 0) * $1.rubric.rubric.weight }
      return sum / max(entries.reduce(0) { $0 + $1.rubric.rubric.weight }, 1)
    }
  }

  /// The whole reward of a text, before it is multiplied by 10.
  package struct Reward {
    /// The total.
    package let total: Double
    /// The rubric part.
    package let rubrics: Double
    /// The citation part.
    package let citations: Double
    /// The format part.
    package let format: Double
    /// The search part.
    package let searches: Double
    /// Whether there is a closed answer.
    package let hasAnswer: Bool

    /// From what the judges said; they aren't heard without a closed answer.
    package init(
      _ text: String, question: String, rubrics inUse: [RubricInUse], rubricScores: [Double],
      citationReward: Double, searches markup: SearchCallMarkup, weights: RLERWeights
    ) {
      let response = Response(text)
      hasAnswer = response != nil
      format = DrTulu.formatReward(text, searches: markup)
      searches = DrTulu.searchTurns(in: response?.context, searches: markup).reward
      rubrics =
        hasAnswer
        ? RubricReward(scores: rubricScores, rubrics: inUse, question: question).overall : 0
      citations = hasAnswer && weights.citations != 0 ? citationReward : 0
      total = weights.total(
        rubrics: rubrics, citations: citations, format: format, searches: searches)
    }
  }
}

extension DrTulu {
  /// How a short answer's grade is found.
  package enum Label {
    /// The accepted answers that a label stands for: a list of JSON, one value of JSON, or its own
    /// text.
    package static func accepted(_ label: String) -> [String] {
      guard let json = try? JSONValue(parsing: label) else { return [label.trimmingBlanks] }
      return (json.array ?? [json]).map { $0.string ?? $0.text() }
    }
  }

  /// The reward of a short answer; the first boxed one goes before the first one in a tag, and
  /// blanks are an answer.
  package static func exactAnswer(
    _ prediction: String, label: String, grade: ShortAnswer.Grade
  ) -> Double {
    let accepted = Label.accepted(label)
    guard let answer = ShortAnswer.answer(in: [prediction]), !answer.isEmpty, !accepted.isEmpty
    else { return 0 }
    return ShortAnswer(grade: grade).worth(of: answer, accepted: accepted)
  }

  /// ReSearch's reward as DR Tulu has it: F1 of what stands after the last opening tag, up to a
  /// closing one if there is any, and 0.1 where that is 0.
  package static func researchF1(_ prediction: String, label: String) -> Double {
    let scanner = MarkupScanner(prediction)
    let (open, close) = (Array("<answer>".utf8), Array("</answer>".utf8))
    var (start, found) = (0, false)
    while let opening = scanner.range(of: open, from: start) {
      (start, found) = (opening.upperBound, true)
    }
    let closing = scanner.range(of: close, from: start)
    guard found || scanner.range(of: close, from: 0) != nil else { return 0 }
    let answer = scanner.text(start..<(closing?.lowerBound ?? scanner.bytes.count))
    if answer.isEmpty { return 0 }
    return ShortAnswer(grade: .tokenF1).worth(of: answer, accepted: Label.accepted(label))
  }

  /// Whether thinking ends right before a closed answer.
  package static func softFormat(_ text: String) -> Bool {
    thinkingEnds(before: "<answer>", closedBy: "</answer>", in: text, minimum: 0)
  }

  /// 5 times the share of distinct queries, if thinking ends before a closed answer and before a
  /// query.
  package static func ragFormat(_ text: String) -> Double {
    guard softFormat(text),
      thinkingEnds(before: "<search>", closedBy: "</search>", in: text, minimum: 1)
    else { return 0 }
    return 5 * SearchCallMarkup.distinctShare(of: SearchCallMarkup.search.queries(in: text))
  }

  private static func thinkingEnds(
    before open: String, closedBy close: String, in text: String, minimum: Int
  ) -> Bool {
    let scanner = MarkupScanner(text)
    let (open, close, think) = (Array(open.utf8), Array(close.utf8), Array("</think>".utf8))
    var last = -1
    while let next = scanner.range(of: close, from: last + 1) { last = next.lowerBound }
    var position = 0
    while let end = scanner.range(of: think, from: position) {
      position = end.upperBound
      let tag = scanner.skippingBlanks(from: position)
      if scanner.has(open, at: tag), last >= tag + open.count + minimum { return true }
    }
    return false
  }
}
