package import Agents
package import RandomStreams
package import Rewards
package import Synthesis
package import Trajectories
package import Transformer

/// What a report is worth to somebody who knows which pages say what.
///
/// No reward is told.
package struct Marks: Sendable {
  /// Whether the answer is right; of an exam, the share that are.
  package private(set) var exactMatch = 0.0
  /// Pages that are cited, per report.
  package private(set) var citations = 0.0
  /// Pages among them that say nothing of the way to the answer, per report.
  package private(set) var needless = 0.0
  /// A right answer times the share of its sources that bear it out; the mean of an exam.
  package private(set) var worth = 0.0

  /// The share of all citations that are needless.
  package var unsupported: Double { citations == 0 ? 0 : needless / citations }

  /// The marks of one report.
  package init(of trajectory: Trajectory, by plan: SearchPlan) async throws {
    let turn = trajectory.spans.last { $0.role == .assistant }
    let cited = Citing.rule.sources(citedIn: String(decoding: turn?.text ?? [], as: UTF8.self))
    exactMatch = try await ExactMatch().report(on: trajectory).score.value ?? 0
    citations = Double(cited.count)
    needless = Double(cited.count { !plan.sources.contains($0) })
    worth = cited.isEmpty ? 0 : exactMatch * (1 - needless / citations)
  }

  /// The mean marks of an exam: every question of a library once, sampled as in training.
  package init(
    of policy: TransformerPolicy, in library: Library, limits: AgentLimits, stream: RandomStream
  ) async throws {
    let loop = AgentLoop(policy: policy, tokenizer: policy.tokenizer, limits: limits) {
      library.environment(passages: Reporter.passages)
    }
    let groups = try await loop.groups(library.tasks, step: 0, members: 1, stream: stream)
    let count = Double(library.questions.count)
    for (question, report) in zip(library.questions, groups.flatMap(\.members)) {
      let marks = try await Marks(of: report, by: question.plan)
      exactMatch += marks.exactMatch / count
      citations += marks.citations / count
      needless += marks.needless / count
      worth += marks.worth / count
    }
  }
}

/// The worth of a report as a reward, for the log: multiply it by 0.
package func hiddenWorth(_ questions: [PlannedQuestion]) -> ClosureReward {
  let plans = Dictionary(
    questions.map { ($0.task.id, $0.plan) }, uniquingKeysWith: { first, _ in first })
  return ClosureReward("worth") { trajectory in
    guard let plan = plans[trajectory.task.id] else { return Double.nan }
    return try await Marks(of: trajectory, by: plan).worth
  }
}
