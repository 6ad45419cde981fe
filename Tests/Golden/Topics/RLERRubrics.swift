import OrderedJSON
import Rewards
import Trajectories

/// DR Tulu: rubrics, their buffer, the z-normalised form.
let rlerRubricTopics: [String: TopicCheck] = [
  "rewards/drtulu_rubric_key": { golden, findings in
    let rubric = try rlerRubric(try golden.input.at("rubric"))
    let key = rubric.key(for: try golden.input.text("question"))
    findings.expect(key, golden.expected.string, "key")
  },
  "rewards/drtulu_weighted_rubric": { golden, findings in
    let truth = try golden.input.at("ground_truth")
    let reward = DrTulu.RubricReward(
      scores: try golden.input.numbers("scores"), rubrics: try rlerRubricsInUse(truth),
      question: try truth.text("query"))
    let expected = golden.expected
    let keys = try expected.at("title_scores").object?.members ?? []
    findings.expect(reward.byKey.map(\.key), keys.map(\.key), "keys")
    findings.expect(reward.byKey.map(\.value), keys.compactMap(\.value.asNumber), "scores")
    findings.expect(reward.overall, try expected.number("overall"), "overall")
    findings.expect(reward.persistent, try expected.number("persistent"), "persistent")
    findings.expect(reward.adaptive, try expected.number("adaptive"), "adaptive")
  },
  "rewards/drtulu_rubric_znorm": { golden, findings in
    let rubrics = try rlerTruths(golden.input).map { truth in
      let question = try truth.text("query")
      return Dictionary(
        try truth.list("rubrics").map {
          (try rlerRubric($0).key(for: question), try rlerRubric($0))
        }
      ) { first, _ in first }
    }
    let responses = try zip(golden.input.list("rubric_scores"), rubrics).map { scores, rubrics in
      RubricScores(
        entries: (scores.object?.members ?? []).map {
          .init(
            key: $0.key, rubric: RubricInUse(rubrics[$0.key] ?? WeightedRubric("")),
            score: .value($0.value.asNumber ?? .nan))
        })
    }
    let values = RubricScores.normalized(responses)
    findings.expect(values, golden.expected.asNumbers ?? [], "values")
  },
  "rewards/drtulu_buffer_filter": { golden, findings in
    var buffer = try rlerBuffer(try golden.input.at("buffer"))
    var scores: [String: [Double]] = [:]
    let weights = try rlerWeights(golden.input)
    let normalizes = try golden.input.flag("normalize")
    for member in try golden.input.list("per_rubric_rewards").flatMap({ $0.object?.members ?? [] })
    {
      let weight = weights[member.key] ?? 1
      scores[member.key, default: []] += (member.value.asNumbers ?? []).map {
        normalizes && weight > 0 ? $0 / weight : $0
      }
    }
    let statistics = scores.mapValues(RubricStatistics.init)
    for (question, _) in buffer.questions {
      buffer.prune(
        question, statistics: statistics, keeping: try golden.input.integer("max_active"))
    }
    for expected in try golden.expected.at("stats").object?.members ?? [] {
      let found = statistics[expected.key] ?? RubricStatistics([])
      findings.expect(
        [found.mean, found.standardDeviation, Double(found.count)],
        try ["mean", "std", "count"].map { try expected.value.number($0) }, expected.key)
    }
    for expected in try golden.expected.at("buffer").object?.members ?? [] {
      let shelves = buffer.questions[expected.key]
      findings.expect(
        shelves?.active.map(\.description), expected.value["active"]?.asStrings, "active")
      findings.expect(
        shelves?.inactive.map(\.description).sorted(),
        expected.value["inactive"]?.asStrings?.sorted(), "inactive")
    }
  },
  "rewards/drtulu_buffer_add": { golden, findings in
    let input = golden.input
    let given = try input.at("buffer")
    var buffer = try given.isNull ? RubricBuffer() : rlerBuffer(given)
    let truths = try rlerTruths(input)
    let proposals = try input.list("adaptive")
    let members = try input.integer("n_per_prompt")
    var seen: Set<String> = []
    for (index, truth) in truths.enumerated() {
      let expected = try golden.expected.list("ground_truths")[index]
      let question = try truth.text("query")
      let own = try truth.list("rubrics").map(rlerRubric)
      var inUse = own.map { RubricInUse($0) }
      if let generated = try rlerGenerated(proposals[index / members]) {
        if buffer.questions[question] == nil { buffer.questions[question] = .init(persistent: own) }
        if seen.insert(question).inserted { buffer.add(generated, for: question) }
        inUse = buffer.rubrics(for: question)
      }
      let wanted = try rlerRubricsInUse(expected)
      findings.expect(inUse, wanted, "rubrics of \(index)")
    }
    for expected in try golden.expected.at("buffer").object?.members ?? [] {
      let wanted = try rlerBuffer([expected.key: expected.value] as JSONObject)
      findings.expect(
        buffer.questions[expected.key], wanted.questions[expected.key], expected.key)
    }
  },
]

/// The ground truths of a vector: JSON in text in a list.
private func rlerTruths(_ input: JSONValue) throws -> [JSONValue] {
  try input.list("ground_truths").map { try JSONValue(parsing: $0[0]?.string ?? "") }
}

/// The mean weight of each rubric's name over all ground truths.
private func rlerWeights(_ input: JSONValue) throws -> [String: Double] {
  var weights: [String: [Double]] = [:]
  for truth in try rlerTruths(input) {
    for rubric in try truth.list("rubrics").map(rlerRubric) {
      weights[rubric.key(for: try truth.text("query")), default: []].append(rubric.weight)
    }
  }
  return weights.mapValues { $0.reduce(0, +) / Double($0.count) }
}

/// What a generator proposed; `nil` if it failed.
private func rlerGenerated(_ json: JSONValue) throws -> GeneratedRubrics? {
  guard json.object != nil else { return nil }
  func drafts(_ key: String) throws -> [GeneratedRubrics.Draft] {
    try (json[key]?.array ?? []).map {
      .init(try $0.text("description"), title: try $0.text("title"))
    }
  }
  return GeneratedRubrics(
    positive: try drafts("positive_rubrics"), negative: try drafts("negative_rubrics"))
}

private func rlerBuffer(_ json: JSONValue) throws -> RubricBuffer {
  try rlerBuffer(json.object ?? [:])
}

private func rlerBuffer(_ object: JSONObject) throws -> RubricBuffer {
  var buffer = RubricBuffer()
  for member in object.members {
    func shelf(_ name: String) throws -> [WeightedRubric] {
      try (member.value["\(name)_rubrics"]?.array ?? []).map(rlerRubric)
    }
    buffer.questions[member.key] = .init(
      persistent: try shelf("persistent"), active: try shelf("active"),
      inactive: try shelf("inactive"), static: try shelf("static"))
  }
  return buffer
}
