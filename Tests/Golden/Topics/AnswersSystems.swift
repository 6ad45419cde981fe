import OrderedJSON
import Rewards

/// The question answering rewards of DeepResearcher, R1-Searcher, AutoRefine, ARPO, MMSearch-R1.
let answersSystemsTopics: [String: TopicCheck] = [
  "rewards/deepresearcher_preprocess_text": { golden, findings in
    let own = DeepResearcher.preprocessed(try golden.input.text("text"))
    findings.expect(Array(own.utf8), try answersExpectedBytes(golden), "the text")
  },
  "rewards/deepresearcher_check_tags_balance": { golden, findings in
    let own = DeepResearcher.tagsBalance(in: try golden.input.text("solution_str"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the balance")
  },
  "rewards/deepresearcher_compute_score": { golden, findings in
    let input = golden.input
    let reward = DeepResearcher(matching: try input.text("val_type") == "em" ? .exact : .overlap)
    findings.expect(
      reward.score(
        ofSolution: try input.text("solution_str"), groundTruth: try input.text("ground_truth")),
      try answersExpectedNumber(golden), "the score")
  },
  "rewards/r1searcher_normalize": { golden, findings in
    let own = AnswerNormalization.r1Searcher.normalized(try golden.input.text("text"))
    findings.expect(Array(own.utf8), try answersExpectedBytes(golden), "the comparable form")
  },
  "rewards/r1searcher_f1": { golden, findings in
    let own = R1Searcher.overlap(
      of: try golden.input.text("prediction"), with: try golden.input.text("ground_truth"))
    findings.expect(
      [own.f1, own.precision, own.recall], golden.expected.asNumbers ?? [], "the overlap")
  },
  "rewards/r1searcher_cover_em": { golden, findings in
    let own = R1Searcher.covers(
      try golden.input.text("prediction"), try golden.input.text("ground_truth"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the match")
  },
  "rewards/r1searcher_reward_qwen_zero": { golden, findings in
    try answersCheckR1Searcher(golden, .base, &findings)
  },
  "rewards/r1searcher_reward_llama_stage1": { golden, findings in
    try answersCheckR1Searcher(golden, .llamaStage1, &findings)
  },
  "rewards/r1searcher_reward_llama_stage2": { golden, findings in
    try answersCheckR1Searcher(golden, .llamaStage2, &findings)
  },
  "rewards/autorefine_compute_f1_scores": { golden, findings in
    let own = AnswerNormalization.standard.tokenF1(
      try golden.input.text("prediction"), against: try golden.input.answers("ground_truths"),
      rule: .hotpotQA)
    findings.expect(own, try answersExpectedNumber(golden), "F1")
  },
  "rewards/autorefine_compute_reward": { golden, findings in
    let input = golden.input
    let matchings: [String: AutoRefine.Matching] = [
      "em": .exact, "cem": .substring, "f1": .overlap,
    ]
    guard let matching = matchings[try input.text("score_func")] else {
      throw UnexpectedShape(description: "score_func is \(try input.text("score_func"))")
    }
    let reward = AutoRefine(
      matching: matching, formatScore: try input.number("format_score"),
      refineScore: try input.number("refine_score"))
    findings.expect(
      reward.score(
        prompt: try input.text("solution_str"), response: try input.text("responses_str"),
        accepted: try input.answers("golden")),
      try answersExpectedNumber(golden), "the score")
  },
  "rewards/arpo_validate_format": { golden, findings in
    let own = ARPO.isValid(try golden.input.text("text"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the validity")
  },
  "rewards/arpo_get_f1_score": { golden, findings in
    let own = AnswerNormalization.standard.tokenF1(
      try golden.input.text("prediction"), against: try golden.input.answers("ground_truths"),
      rule: .hotpotQA)
    findings.expect(own, try answersExpectedNumber(golden), "F1")
  },
  "rewards/arpo_compute_score": { golden, findings in
    let own = ARPO().score(
      ofSolution: try golden.input.text("solution_str"),
      accepted: try golden.input.answers("ground_truth"))
    let expected = golden.expected
    findings.expect(own.score, try expected.number("score"), "the score")
    findings.expect(own.overlap, try expected.number("f1_score"), "F1")
    findings.expect(Array(own.answer.utf8), try expected.at("answer").bytes ?? [], "the answer")
  },
  "rewards/mmsearchr1_format_reward": { golden, findings in
    let responses = try golden.input.strings("responses")
    if golden.raises != nil {
      findings.expectError("the turns") { _ = try MMSearchR1.format(of: responses) }
    } else {
      let own = try MMSearchR1.format(of: responses)
      findings.expect(
        [own.isValid ? 1 : 0, Double(own.searches)], golden.expected.asNumbers ?? [], "the format")
    }
  },
  "rewards/mmsearchr1_compute_score": { golden, findings in
    let input = golden.input
    let settings = try input.at("extra_info")
    let reward = MMSearchR1(
      matching: try settings.text("reward_mode") == "EM" ? .exact : .substring,
      searchPenalty: try settings.number("search_penalty"),
      formatWeight: try settings.number("format_penalty"),
      countsSearches: try settings.flag("use_search_count_penalty"))
    let (turns, accepted) = (try input.strings("prediction"), try input.answers("ground_truth"))
    if golden.raises != nil {
      findings.expectError("the turns") { _ = try reward.score(of: turns, accepted: accepted) }
    } else {
      findings.expect(
        try reward.score(of: turns, accepted: accepted), try answersExpectedNumber(golden),
        "the score")
    }
  },
]

private func answersCheckR1Searcher(
  _ golden: GoldenCase, _ server: R1Searcher.Server, _ findings: inout Findings
) throws {
  let own = R1Searcher(server: server).score(
    ofSolution: try golden.input.text("solution"), accepted: try golden.input.text("gold"))
  findings.expect(own, try answersExpectedNumber(golden), "the score")
}
