import OrderedJSON
import RandomStreams
import Rewards
import Trajectories

/// CaRR: rubrics, citations, judges' replies, connectivity, and the two mixes.
let carrTopics: [String: TopicCheck] = [
  "rewards/carr_extract_entity_ids": { golden, findings in
    let set = RubricSet([try golden.input.text("text")])
    findings.expect(set.entities, try carrStrings(golden.expected), "entities")
  },
  "rewards/carr_extract_json_block": { golden, findings in
    let block = FencedJSON.firstBlock(in: try golden.input.text("model_output"))
    findings.expect(block, golden.expected, "block")
  },
  "rewards/carr_check_identified_entities": { golden, findings in
    let names = try? EntityQuestion.names(
      in: golden.input.at("values"), of: golden.input.strings("ids"))
    findings.expect(names != nil, try carrFlag(golden.expected), "acceptance")
  },
  "rewards/carr_check_rubric_judgement": { golden, findings in
    let count = try golden.input.at("index_map").object?.count ?? 0
    let flags = try? SupportQuestion.flags(in: golden.input.at("results"), count: count)
    findings.expect(flags != nil, try carrFlag(golden.expected), "acceptance")
  },
  "rewards/carr_fill_rubric": { golden, findings in
    var values: [String: String?] = [:]
    for member in try golden.input.at("values").object?.members ?? [] {
      values.updateValue(member.value.string, forKey: member.key)
    }
    let filled = FilledRubric(try golden.input.text("rubric"), values: values)
    findings.expect(filled.statement, golden.expected[0]?.string ?? "?", "statement")
    findings.expect(filled.isIdentified, golden.expected[1]?.bool ?? false, "identified")
    var object = JSONObject()
    for (entity, value) in filled.values { object[entity] = value.map { .string($0) } ?? .null }
    findings.expect(.object(object), golden.expected[2] ?? .null, "values")
  },
  "rewards/carr_extract_search_results": { golden, findings in
    let entries = SearchListing.entries(in: try golden.input.text("text"))
    let query = try golden.input.at("query")
    let found = entries.map { entry -> JSONValue in
      [
        "idx": .number(JSONNumber(entry.number)), "query": query, "url": .string(entry.source),
        "title": .string(entry.title), "snippet": .string(entry.snippet),
        "published_time": .string(entry.published),
      ]
    }
    findings.expect(.array(found), golden.expected, "entries")
  },
  "rewards/carr_extract_citation_content": { golden, findings in
    let rule = CitationRule.released
    let evidence = Evidence(ofBrowsing: try carrToolResults(golden.input))
    let sources = rule.sources(citedIn: try golden.input.text("response"))
    let text = evidence.pages(of: sources, limit: rule.sourceLimit).text
    findings.expect(text, golden.expected.string ?? "?", "evidence")
  },
  "rewards/carr_strip_references": { golden, findings in
    let text = try golden.input.text("response").withoutReferenceList
    findings.expect(text, golden.expected.string ?? "?", "text")
  },
  "rewards/carr_outcome_reward_parse": { golden, findings in
    let replies = try golden.input.strings("judge_outputs")
    let judge = ScriptedJudge(replies)
    let service = JudgeService(judge, settings: JudgeSettings(tries: 3))
    let verdict = try await service.ask(
      OutcomeQuestion(
        question: "q", acceptedAnswers: ["a"], response: "r", replies: .firstVerdict))
    let isRight = verdict.answer?.isCorrect ?? false
    findings.expect(isRight ? 1 : 0, try golden.expected.number("reward"), "reward")
    findings.expect(judge.callCount, try golden.expected.integer("calls"), "calls")
    let last = FirstVerdict(replies[min(judge.callCount, replies.count) - 1])
    findings.expect(last.extracted, try golden.expected.at("extracted").string, "extracted")
  },
  "rewards/carr_rubric_reward": { golden, findings in
    let judge = ScriptedJudge(try golden.input.strings("judge_outputs"))
    let judging = RubricJudging(
      judge: JudgeService(judge, settings: JudgeSettings(tries: 5)),
      rubrics: RubricSet(try golden.input.strings("rubrics")), rules: .released)
    let results = try carrToolResults(golden.input)
    let found = try await judging.findings(
      question: "q", response: try golden.input.text("response")
    ) { Evidence(ofBrowsing: results) }
    let expected = golden.expected
    findings.expect(found.score.value ?? 0, try expected.number("reward"), "reward")
    findings.expect(found.score.value == nil, try expected.flag("error"), "failure")
    findings.expect(judge.callCount, try expected.integer("calls"), "calls")
    let states = found.rubrics.map { [$0.isIdentified, $0.isSupported, $0.isConnected] }
    let expectedStates = try expected.list("rubrics").map {
      [
        try $0.flag("all_entity_identified"), try $0.flag("is_supported"),
        try $0.flag("connected_to_answer"),
      ]
    }
    findings.expect(states, expectedStates, "rubrics")
  },
  "rewards/carr_bfs_connectivity": { golden, findings in
    let rubrics = try golden.input.list("rubrics")
    let graph = RubricGraph(try rubrics.map { try $0.strings("entities") })
    let connected = graph.connected(supported: try rubrics.map { try $0.flag("supported") })
    let expected = try golden.expected.list("connected").compactMap(\.bool)
    findings.expect(connected, expected, "connected")
    findings.expect(
      Double(connected.count { $0 }) / Double(connected.count),
      try golden.expected.number("reward"), "reward")
  },
  "rewards/carr_server_mix": { golden, findings in
    let outcome = try golden.input.number("outcome")
    let rubric = try golden.input.number("rubric")
    let mix = OutcomeRubricMix(
      outcome: ClosureReward("outcome") { _ in outcome },
      rubrics: ClosureReward("rubrics") { _ in rubric },
      rubricShare: try golden.input.number("ratio"))
    let task = AgentTask(id: "t", question: "q", answers: [])
    let trajectory = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    let score = try await mix.report(on: trajectory).score.value
    findings.expect(score ?? .nan, golden.expected.asNumber ?? .nan, "score")
  },
  "rewards/carr_cgrpo_group_mix": { golden, findings in
    let options = try golden.input.at("args")
    let supportedOnly = try options.flag("use_rubric_reward_nobfs")
    let members = try golden.input.list("group")
    let mix = CitationAwareMix(
      outcome: ClosureReward("outcome") { _ in 0 }, rubrics: ClosureReward("rubrics") { _ in 0 },
      rubricShare: try options.number("rubric_reward_ratio"),
      scope: try options.flag("rubric_only_positive")
        ? .correct : try options.flag("rubric_only_negative") ? .incorrect : .all,
      normalization: try options.flag("normalize_rubric_reward") ? .computedNotUsed : .none)
    let rubrics = try members.map { member -> Score in
      let states = try member.at("rubric_scores").object?.members.map(\.value) ?? []
      guard supportedOnly else { return .value(try member.number("rubric_reward")) }
      let supported = try states.count { try $0.flag("is_supported") }
      return .value(states.isEmpty ? 0 : Double(supported) / Double(states.count))
    }
    let mixed = mix.mixed(
      outcomes: try members.map { .value(try $0.number("outcome_reward")) }, rubrics: rubrics)
    findings.expect(
      mixed.map { $0.value ?? .nan }, golden.expected.asNumbers ?? [], "scores")
  },
]

private func carrStrings(_ value: JSONValue) throws -> [String] {
  guard let strings = value.asStrings else {
    throw UnexpectedShape(description: "no list of strings")
  }
  return strings
}

private func carrFlag(_ value: JSONValue) throws -> Bool {
  guard let flag = value.bool else { throw UnexpectedShape(description: "no boolean") }
  return flag
}

/// The tool calls of a history with what each returned.
private func carrToolResults(_ input: JSONValue) throws -> [ToolResult] {
  var calls: [String: (name: String, arguments: String)] = [:]
  var results: [ToolResult] = []
  for message in try input.list("history") {
    for call in message["tool_calls"]?.array ?? [] {
      calls[try call.text("tool_call_id")] = (try call.text("name"), try call.text("arguments"))
    }
    guard try message.text("role") == "tool" else { continue }
    for output in try message.list("content") {
      guard let call = output["tool_call_id"]?.string.flatMap({ calls[$0] }) else { continue }
      results.append(
        ToolResult(tool: call.name, arguments: call.arguments, output: try output.text("output")))
    }
  }
  return results
}
