import Advantage
import OrderedJSON
import Testing
import Trajectories

/// Which rollouts are trained on, and what their length costs.
let dataStrategyTopics: [String: TopicCheck] = [
  "algorithms/zero_variance_filter": { golden, findings in
    let input = golden.input
    let masks = input["loss_masks"]?.asMatrix
    let scores = try input.numbers("rewards").enumerated().map { row, reward -> Score in
      let isLive = masks.map { $0[row].contains { $0 > 0 } } ?? true
      return isLive ? .value(reward) : .missing(reason: "masked")
    }
    let filter = try GroupFilter(.spread(above: input.number("tol")), keepsLoneMembers: true)
    let selection = try filter.selection(of: strategyRows(scores, groups: input.strings("uids")))
    findings.expect(
      selection.rows, try golden.expected.numbers("kept_indices").map { Int($0) }, "kept rows")
  },
  "algorithms/reject_equal_reward": { golden, findings in
    let rows = try strategyRows(
      golden.input.numbers("rewards").map { .value($0) }, groups: golden.input.strings("group"))
    let selection = RStarSelection.rejectEqualRewards(in: rows)
    let expected = golden.expected["selected_indices"]?.asNumbers?.map { Int($0) }
    findings.expect(selection.rows, expected ?? [], "selected rows")
    let metrics = try golden.expected.at("metrics")
    func count(_ name: String) throws -> Int { try metrics.integer("reject_equal_reward/" + name) }
    let zeros = selection.dropped.filter { $0.reason == .alike(0) }.count
    findings.expect(selection.kept.count, try count("solve_non_equal_total"), "kept groups")
    findings.expect(selection.dropped.count, try count("solve_equal_total"), "dropped groups")
    findings.expect(zeros, try count("solve_equal_zeros"), "groups of zeros")
    findings.expect(
      selection.dropped.count - zeros, try count("solve_equal_non_all_zeros"), "other groups")
    findings.expect(
      1 - selection.keptFraction,
      try metrics.number("reject_equal_reward/solve_equal_total_ratio"), "dropped share")
  },
  "algorithms/grpo_roc": { golden, findings in
    let (input, expected) = (golden.input, golden.expected)
    let texts = try input.strings("responses")
    let config = try input.at("config")
    let errors = texts.map(RStarSelection.errorPenalty)
    let answers = texts.map(RStarSelection.answerPenalty)
    findings.expect(errors, try expected.numbers("error_ratio_penalty"), "error penalties")
    findings.expect(answers, try expected.numbers("format_penalty"), "answer penalties")
    let (byErrors, byAnswers) = try (
      config.flag("roc_error_ratio"), config.flag("roc_answer_format")
    )
    let rows = try strategyRows(
      input.numbers("rewards").map { .value($0) }, groups: input.strings("group"))
    let kept = try ResampleOnCorrect(
      keeping: config.integer("down_sample_to_n"),
      leastWrong: config.integer("min_zero_reward_trace_num"),
      leastRight: config.integer("min_non_zero_reward_trace_num")
    ).rows(
      of: rows, penalties: zip(errors, answers).map { (byErrors ? $0 : 0) + (byAnswers ? $1 : 0) })
    // The original cuts the batch to a multiple of the ranks.
    let whole = kept.prefix(kept.count - kept.count % (try input.integer("world_size")))
    let selected = expected["selected_indices"]?.asNumbers?.map { Int($0) }
    findings.expect(Array(whole), selected ?? [], "selected rows")

    let metrics = try expected.at("metrics")
    let responses = texts.map(RStarSelection.toolResponses)
    findings.expect(
      Double(responses.reduce(0) { $0 + $1.failed }) / Double(responses.reduce(0) { $0 + $1.all }),
      try metrics.number("roc_error_ratio/global_err_ratio"), "share of errors")
  },
  "algorithms/overlong_shaping": { golden, findings in
    let (input, expected) = (golden.input, golden.expected)
    let (lengths, rewards) = try (
      input.numbers("lengths").map { Int($0) }, input.numbers("rewards")
    )
    for (name, isCapped) in [("verl", false), ("openrlhf", true)] {
      let shaping = try OverlongShaping(
        limit: input.integer("max_response_length"), buffer: input.integer("overlong_buffer_len"),
        factor: input.number("penalty_factor"), isCapped: isCapped)
      let shaped: [Double] = zip(rewards, lengths).map { $0 - shaping.penalty(length: $1) }
      findings.expect(shaped, try expected.numbers(name), name)
    }
    let truncated = try input.numbers("truncated").map { $0 > 0 }
    let rules = try #require(expected["openrlhf_stop_properly_by_coef"]?.object)
    for member in rules.members {
      let rule = TruncationRule(openRLHF: try #require(Double(member.key)))
      let ruled: [Double] = zip(rewards, truncated).map {
        rule.score(.value($0), isTruncated: $1).value ?? .nan
      }
      findings.expect(
        ruled, try #require(member.value.asNumbers), "coefficient \(member.key)")
    }
  },
]

/// Rows of one token each, in groups named by text.
private func strategyRows(_ scores: [Score], groups: [String]) throws -> ScoredRows {
  var numbers: [String: Int] = [:]
  let groups = groups.map { name in
    let number = numbers[name] ?? numbers.count
    numbers[name] = number
    return number
  }
  return try ScoredRows(
    scores: scores, groups: groups, tokenCounts: Array(repeating: 1, count: scores.count))
}
