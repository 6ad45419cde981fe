import OrderedJSON
import Rewards

/// Web-Shepherd: verdicts, scores, ranks.
let stepsWebShepherdTopics: [String: TopicCheck] = [
  "rewards/webshepherd_judge_probs": { golden, findings in
    let tokens = try golden.input.list("logprobs").map { value in
      JudgeToken(
        try stepsAlternative(value),
        alternatives: try (value["top_logprobs"]?.array ?? []).map(stepsAlternative))
    }
    let judgement = ReleasedWebShepherd.judgement(of: tokens)
    let expected = golden.expected.array ?? []
    for (key, probability) in verdictProbabilities {
      let numbers: [Double] = try expected.map { try $0.number(key) }
      findings.expect(judgement.subgoals.map(probability), numbers, key)
    }
  },
  "rewards/webshepherd_get_score": { golden, findings in
    let responses = try golden.input.list("responses")
    let indicator = try golden.input.text("indicator")
    let scores: [Double]
    if responses.isEmpty {
      scores = [ReleasedWebShepherd.noReply]
    } else if indicator == "prob" {
      scores = try responses.map { response in
        ChecklistJudgement(
          try (response.array ?? []).map {
            SubgoalJudgement(
              yes: try $0.number("yes"), inProgress: try $0.number("in"), no: try $0.number("no"))
          }
        ).score
      }
    } else if let indicator = ReleasedWebShepherd.Indicator(rawValue: indicator) {
      scores = responses.map { ReleasedWebShepherd.score(of: $0.string ?? "", by: indicator) }
    } else {
      return findings.expect(golden.raises != nil, true, "raised for an unknown indicator")
    }
    findings.expect(scores, golden.expected.asNumbers ?? [], "scores")
  },
  "rewards/webshepherd_acc_mrr": { golden, findings in
    let right = try golden.input.number("chosen")
    let wrong = try golden.input.numbers("rejected")
    let found = [
      BestOfN.reciprocalRank(of: right, among: wrong),
      BestOfN.isStrictlyBest(right, among: wrong) ? 1 : 0,
    ]
    findings.expect(found, golden.expected.asNumbers ?? [], "rank and best")
  },
]

private func stepsAlternative(_ value: JSONValue) throws -> JudgeToken.Alternative {
  JudgeToken.Alternative(try value.text("token"), logProbability: try value.number("logprob"))
}

private let verdictProbabilities: [(String, @Sendable (SubgoalJudgement) -> Double)] = [
  ("yes", { $0.yes }), ("no", { $0.no }), ("in", { $0.inProgress }),
]
