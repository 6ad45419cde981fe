import OrderedJSON
import Rewards

/// DR Tulu: parsers, citations, short answers, the whole reward.
let rlerTopics: [String: TopicCheck] = [
  "rewards/drtulu_extract_answer_context_citations": { golden, findings in
    let response = DrTulu.Response(try golden.input.text("response"))
    findings.expect(response?.context, golden.expected[0]?.string, "context")
    findings.expect(response?.answer, golden.expected[1]?.string, "answer")
    findings.expect(response?.sources, golden.expected[2].flatMap(rlerTexts), "sources")
  },
  "rewards/drtulu_extract_citations": { golden, findings in
    let sources = DrTulu.sourceMarkup.sources(in: try golden.input.text("context"))
    findings.expect(sources, rlerTexts(golden.expected), "sources")
  },
  "rewards/drtulu_extract_tool_calls": { golden, findings in
    try rlerParser(golden, &findings) { markup, findings in
      let queries = markup.queries(in: try golden.input.text("context"))
      findings.expect(queries, golden.expected.asStrings, "queries")
    }
  },
  "rewards/drtulu_format_reward": { golden, findings in
    try rlerParser(golden, &findings) { markup, findings in
      let reward = DrTulu.formatReward(try golden.input.text("response"), searches: markup)
      findings.expect(reward, golden.expected.asNumber ?? .nan, "format")
    }
  },
  "rewards/drtulu_search_turns": { golden, findings in
    try rlerParser(golden, &findings) { markup, findings in
      let turns = DrTulu.searchTurns(in: golden.input["context"]?.string, searches: markup)
      findings.expect(
        [turns.reward, Double(turns.count)], golden.expected.asNumbers ?? [], "turns")
    }
  },
  "rewards/drtulu_query_redundancy": { golden, findings in
    let queries = SearchCallMarkup.search.queries(in: try golden.input.text("context"))
    let share = SearchCallMarkup.distinctShare(of: queries)
    findings.expect(share, golden.expected.asNumber ?? .nan, "share")
  },
  "rewards/drtulu_extract_claims": { golden, findings in
    let (lines, sentences) = try (
      golden.input.flag("by_newline"), golden.input.flag("by_sentence")
    )
    let text = try golden.input.text("response")
    let claims =
      if sentences, !lines {
        DrTulu.claims(in: text) { $0.split { ".!?".contains($0) }.map(String.init) }
      } else {
        DrTulu.claims(in: text, cutting: sentences ? .sentences : lines ? .lines : .none)
      }
    let expected = golden.expected.object?.members.map {
      CitedClaim(text: $0.key, sources: $0.value.asStrings ?? [])
    }
    findings.expect(claims, expected, "claims")
  },
  "rewards/drtulu_citation_format": { golden, findings in
    let claims = try golden.input.at("claims").object?.members.map {
      CitedClaim(text: $0.key, sources: $0.value.asStrings ?? [])
    }
    let sources = rlerTexts(try golden.input.at("citations")) ?? [:]
    let share = CitationScore.existingShare(of: claims ?? [], among: sources)
    findings.expect(share, golden.expected.asNumber ?? .nan, "share")
  },
  "rewards/drtulu_citation_reward": { golden, findings in
    var replies = try golden.input.strings("replies")[...]
    let reward = await DrTulu.citationReward(
      of: try golden.input.text("response"),
      sources: rlerTexts(try golden.input.at("citations")) ?? [:]
    ) { _, _ in replies.popFirst() ?? "" }
    findings.expect(reward, golden.expected.asNumber ?? .nan, "citations")
  },
  "rewards/drtulu_rating_parsers": { golden, findings in
    let reply = try golden.input.text("response")
    findings.expect(DrTulu.support(in: reply), try golden.expected.number("recall"), "support")
    findings.expect(
      DrTulu.relevance(in: reply), try golden.expected.number("relevant"), "relevance")
    findings.expect(DrTulu.need(in: reply), try golden.expected.number("need_citation"), "need")
  },
  "rewards/drtulu_extract_json": { golden, findings in
    let json = DrTulu.json(in: try golden.input.text("response"))
    findings.expect(json ?? .null, golden.expected, "json")
  },
  "rewards/drtulu_score_property": { golden, findings in
    let score = DrTulu.rubricScore(
      in: try golden.input.text("reply"), scale: try golden.input.number("scale"))
    findings.expect(score, golden.expected.asNumber ?? .nan, "score")
  },
  "rewards/drtulu_f1_score": { golden, findings in
    let f1 = AnswerNormalization.standard.tokenF1(
      try golden.input.text("prediction"), against: [try golden.input.text("ground_truth")])
    findings.expect(f1, try golden.expected.number("f1"), "F1")
  },
  "rewards/drtulu_exact_answer_em": { golden, findings in
    let score = DrTulu.exactAnswer(
      try golden.input.text("prediction"), label: try golden.input.text("label"),
      grade: .exactMatch)
    findings.expect(score, golden.expected.asNumber ?? .nan, "score")
  },
  "rewards/drtulu_exact_answer_f1": { golden, findings in
    let score = DrTulu.exactAnswer(
      try golden.input.text("prediction"), label: try golden.input.text("label"), grade: .tokenF1)
    findings.expect(score, golden.expected.asNumber ?? .nan, "score")
  },
  "rewards/drtulu_research_f1_verifier": { golden, findings in
    let score = DrTulu.researchF1(
      try golden.input.text("prediction"), label: try golden.input.text("label"))
    findings.expect(score, golden.expected.asNumber ?? .nan, "score")
  },
  "rewards/drtulu_soft_format": { golden, findings in
    let text = try golden.input.text("response")
    let (soft, rag) = try (golden.expected.number("soft"), golden.expected.number("rl_rag"))
    findings.expect(DrTulu.softFormat(text) ? 1 : 0, soft, "soft")
    findings.expect(DrTulu.ragFormat(text), rag, "rag")
  },
  "rewards/drtulu_longform_reward": { golden, findings in
    let input = golden.input
    let truth = try input.at("ground_truth")
    let reward = DrTulu.Reward(
      try input.text("response"), question: try truth.text("query"),
      rubrics: try rlerRubricsInUse(truth), rubricScores: try input.numbers("scores"),
      citationReward: try input.number("citation_score"),
      searches: try DrTulu.searchMarkup(parser: input["parser"]?.string),
      weights: try input.flag("no_citation_reward") ? .withoutCitations : .standard)
    let expected = golden.expected
    findings.expect(reward.total, try expected.number("reward"), "reward")
    findings.expect(reward.rubrics, try expected.number("rubric_reward"), "rubrics")
    findings.expect(reward.citations, try expected.number("citation_reward"), "citations")
    findings.expect(reward.format, try expected.number("format_reward"), "format")
    findings.expect(reward.searches, try expected.number("num_search_turns_reward"), "searches")
    findings.expect(
      reward.hasAnswer, try expected.number("format_correct_has_answer") == 1, "answer")
  },
]

/// An object of texts.
func rlerTexts(_ json: JSONValue) -> [String: String]? {
  json.object.map { object in
    Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value.string ?? "") })
  }
}

/// Runs a check with the markup of a case's parser, which may be one that does not exist.
private func rlerParser(
  _ golden: GoldenCase, _ findings: inout Findings,
  _ check: (SearchCallMarkup, inout Findings) throws -> Void
) throws {
  let parser = golden.input["parser"]?.string
  if golden.raises != nil {
    findings.expectError("parser \(parser ?? "")") { _ = try DrTulu.searchMarkup(parser: parser) }
  } else {
    try check(try DrTulu.searchMarkup(parser: parser), &findings)
  }
}

/// A rubric of a vector.
func rlerRubric(_ json: JSONValue) throws -> WeightedRubric {
  WeightedRubric(
    try json.text("description"), title: json["title"]?.string ?? "",
    weight: json["weight"]?.asNumber ?? 1)
}

/// The rubrics of a vector's ground truth with their kinds.
func rlerRubricsInUse(_ truth: JSONValue) throws -> [RubricInUse] {
  let kinds = truth["rubrics_types"]?.asStrings
  return try truth.list("rubrics").enumerated().map { index, rubric in
    RubricInUse(
      try rlerRubric(rubric), kind: kinds?[index] == "adaptive" ? .adaptive : .persistent)
  }
}
