import OrderedJSON
import Rewards

/// ToolRL: shapes, names, parameters.
let toolUseTopics: [String: TopicCheck] = [
  "rewards/toolrl_match_score": { golden, findings in
    let score = ToolCallMatch.jaccard(try golden.input.strings("a"), try golden.input.strings("b"))
    findings.expect(score, try stepsNumber(golden.expected), "likeness")
  },
  "rewards/toolrl_tool_call_reward": { golden, findings in
    let wanted = try golden.input.at("gt").all(NamedToolCall.init)
    guard let wanted,
      let calls = ReleasedToolRL.calls(try golden.input.list("pd"), besides: wanted)
    else {
      return findings.expect(golden.raises != nil, true, "raised for an unreadable call")
    }
    let (lower, upper) = (try golden.input.number("min"), try golden.input.number("max"))
    let score = lower + (upper - lower) * ToolCallMatch().score(calls, against: wanted)
    findings.expect(score, try stepsNumber(golden.expected), "reward")
  },
  "rewards/toolrl_compute_score": { golden, findings in
    let transcript = try golden.input.text("solution_str")
    let message = ReleasedToolRL.message(in: transcript)
    let parts = ToolRLReward().parts(
      of: message, reference: try golden.input.text("ground_truth"),
      step: try golden.input.integer("step"))
    guard let parts else { return findings.fail("the reference can't be read") }
    findings.expect(
      [parts.total, parts.format, parts.correctness, parts.length],
      golden.expected.asNumbers ?? [], "parts")
  },
]
