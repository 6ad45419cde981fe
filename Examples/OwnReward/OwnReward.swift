// Three rewards of your own: a closure, a type, and one over a group.
//
// Each is asked about the same four rollouts, then checked for what every reward promises: finite,
// repeatable, cancellable, and missing rather than 0 where it can't tell.
import PeregrineTesting
import Rewards
import Trajectories

/// 1. A closure: one line for an idea that needs no settings.
///
/// It can return a number or a score, and a score can be missing.
let concise = ClosureReward("concise") { trajectory -> Score in
  let words = trajectory.agentText.split(separator: " ").count
  return words == 0 ? .missing(reason: "the agent said nothing") : .value(1 / Double(words))
}

/// 2. A type: settings, named parts, remarks, and credit for the spans that earned it.
///
/// Half the reward for an answer that is right, half for having seen it in a source.
struct GroundedAnswer: Reward {
  let name = "groundedAnswer"
  var extraction = AnswerExtraction()
  var normalization = AnswerNormalization.standard

  func report(on trajectory: Trajectory) -> RewardReport {
    let accepted = trajectory.task.answers
    guard !accepted.isEmpty else {
      return RewardReport(score: .missing(reason: "nobody knows the answer"))
    }
    let answer = extraction.answer(in: trajectory)
    let isRight = answer.map { normalization.matches($0, anyOf: accepted) } ?? false
    let sources = trajectory.spans.indices.filter { index in
      let span = trajectory.spans[index]
      return span.origin == .environment && normalization.contains(span.string, anyOf: accepted)
    }
    let (right, seen) = (isRight ? 0.5 : 0, sources.isEmpty ? 0 : 0.5)
    return RewardReport(
      score: .value(right + seen),
      components: [
        RewardComponent(name: "right", score: .value(right)),
        RewardComponent(name: "seen", score: .value(seen)),
      ],
      // What was written just before the source came is what found it.
      credits: sources.filter { $0 > 0 }.map { SpanCredit(span: $0 - 1, value: seen) },
      notes: answer == nil ? ["no answer"] : [])
  }
}

/// 3. A reward over a group: what a rollout is worth depends on the others.
///
/// A right answer earns more the fewer of the group found it.
struct RareSuccess: GroupReward {
  let name = "rareSuccess"

  func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    let matches = try await ExactMatch().reports(on: group)
    let judged = matches.compactMap(\.score.value)
    let share = judged.reduce(0, +) / Double(max(judged.count, 1))
    return matches.map { match in
      // A member that nobody could judge stays missing, and the others don't notice it.
      guard let value = match.score.value else { return match }
      return RewardReport(score: .value(value * (1 - share)))
    }
  }
}

@main
enum OwnReward {
  static func main() async throws {
    let group = try rollouts()
    for reward in [concise, GroundedAnswer(), 0.8 * ExactMatch() + 0.2 * concise] as [any Reward] {
      print(reward.name, try await reward.reports(on: group).map(\.score).map(text))
    }
    print(RareSuccess().name, try await RareSuccess().reports(on: group).map(\.score).map(text))

    let violations =
      await checkReward(concise) + checkReward(GroundedAnswer())
      + checkGroupReward(RareSuccess())
    print(violations.isEmpty ? "all three keep the contract" : violations.joined(separator: "\n"))
  }

  /// Four rollouts of one question: found, known, wrong and silent.
  static func rollouts() throws -> TrajectoryGroup {
    let task = AgentTask(
      id: "1", question: "Who wrote the first program?", answers: ["Ada Lovelace"])
    let texts = [
      [
        (SpanOrigin.demonstration, "<search>first program</search>"),
        (.environment, "Ada Lovelace wrote it in 1843."),
        (.demonstration, "<answer>Ada Lovelace</answer>"),
      ],
      [(.demonstration, "I know that one. <answer>Ada Lovelace</answer>")],
      [(.demonstration, "<answer>Charles Babbage</answer>")],
      [],
    ]
    let members = try texts.enumerated().map { member, texts in
      var result = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: member))
      for (origin, text) in texts {
        let bytes = Array(text.utf8)
        try result.append(
          Span(
            origin: origin, role: origin == .environment ? .tool : .assistant, turn: 0,
            tokens: [0], text: bytes, offsets: [0, bytes.count]))
      }
      result.status = .completed
      return result
    }
    return TrajectoryGroup(task: task, members: members)
  }

  static func text(_ score: Score) -> String {
    switch score {
    case .value(let value): "\((value * 100).rounded() / 100)"
    case .missing(let reason): "missing: \(reason)"
    }
  }
}
