import OrderedJSON
import Rewards

/// rStar2-Agent: penalties and selection.
let stepsResamplingTopics: [String: TopicCheck] = [
  "rewards/rstar2_error_ratio": { golden, findings in
    let errors = ReleasedTracePenalty.errors(in: try golden.input.text("text"))
    findings.expect(errors, try stepsNumber(golden.expected), "errors")
  },
  "rewards/rstar2_format_penalty": { golden, findings in
    let answers = ReleasedTracePenalty.answers(in: try golden.input.text("text"))
    findings.expect(answers, try stepsNumber(golden.expected), "answers")
  },
  "rewards/rstar2_resample_of_correct": { golden, findings in
    let config = try golden.input.at("config")
    let sampler = ReleasedResampleOnCorrect(
      ResampleOnCorrect(
        keep: try config.integer("down_sample_to_n"),
        minimumRight: try config.integer("min_non_zero_reward_trace_num"),
        minimumWrong: try config.integer("min_zero_reward_trace_num")))
    let (counts, repeats) = (
      try config.flag("roc_error_ratio"), try config.flag("roc_answer_format")
    )
    let penalties = try golden.input.strings("texts").map { text in
      let penalty = ReleasedTracePenalty.penalty(of: text)
      return (counts ? penalty.errors : 0) + (repeats ? penalty.answers : 0)
    }
    let rewards = try golden.input.numbers("rewards")
    let tasks = try golden.input.strings("uids")
    var kept = [Bool](repeating: false, count: tasks.count)
    for task in Set(tasks) {
      let group = tasks.indices.filter { tasks[$0] == task }
      let selection = sampler.selection(
        rewards: group.map { rewards[$0] }, penalties: group.map { penalties[$0] })
      for index in selection { kept[group[index]] = true }
    }
    findings.expect(kept, golden.expected.all(\.bool) ?? [], "kept")
  },
]
