import Rewards
import Synthesis
import Trajectories

/// What is compared: three ways to reward reports by rubrics, with the same judge.
enum Arm: String, CaseIterable {
  case fixed, staged, evolving

  func reward(for questions: [PlannedQuestion]) -> any GroupReward {
    let judge = JudgeService(SourceJudge(questions))
    let sourced = Self.rubric(.sourced)
    // A report is everything that the agent says in its last turn.
    let judging = RLERSettings(
      weights: RLERWeights(rubrics: 1, citations: 0, format: 0, searches: 0), extraction: .lastLine)
    let rubrics = RubricBuffer(
      static: Dictionary(
        questions.map { ($0.task.question, [sourced]) }, uniquingKeysWith: { first, _ in first }))
    switch self {
    case .fixed:
      return RLER(rubrics: rubrics, judge: judge, settings: judging)
    case .staged:
      return StagedRubrics(
        [
          RubricStage("loose", rubrics: [sourced], level: 0.4),
          RubricStage(
            "strict", rubrics: [Self.rubric(.supported), Self.rubric(.concluded)], mark: 1, level: 1
          ),
        ], window: 2, extraction: .lastLine, judge: judge)
    case .evolving:
      return EvolvingRubrics(
        rubrics, judge: judge, generator: judge, settings: .init(showsWholeResponses: false),
        judging: judging)
    }
  }

  private static func rubric(_ criterion: SourceJudge.Criterion) -> WeightedRubric {
    WeightedRubric(criterion.rawValue, title: "\(criterion)")
  }
}
