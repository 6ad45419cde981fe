import Foundation
import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Staged rubrics")
struct StagedRubricsTests {
  static let stages = [
    RubricStage("loose", rubrics: [WeightedRubric("alpha", title: "answers")], level: 0.75),
    RubricStage(
      "strict", rubrics: [WeightedRubric("alpha", title: "answers"), WeightedRubric("beta")],
      mark: 1, level: 0.75),
  ]

  func reward(_ state: StageProgress = StageProgress(), window: Int = 2) -> StagedRubrics {
    StagedRubrics(Self.stages, window: window, state: state, judge: RLERTests.judge)
  }

  @Test("the next stage begins once the mean of the window passes the level, and not within a step")
  func tightening() async throws {
    let reward = reward()
    for (step, answer) in ["no", "alpha", "alpha", "alpha", "alpha"].enumerated() {
      for member in 0..<2 {
        let report = try await reward.report(
          on: Trajectory(step: step, member: member, [(.policy, "<answer>\(answer)</answer>")]))
        #expect(report[component: "stage"] == .value(step < 3 ? 0 : 1))
        if step >= 3 { #expect(report.score == .value(0.5)) }
      }
    }
    #expect(reward.state.stage == 1)
    #expect(reward.state.endings == [2])
    #expect(reward.state.recentMeans == [0.5, 0.5])
  }

  @Test("a stage never returns, and the last one never ends")
  func oneWay() {
    var progress = StageProgress()
    for step in 0..<10 {
      progress.observe(1, step: step, stages: Self.stages, window: 1)
    }
    progress.observe(0, step: 10, stages: Self.stages, window: 1)
    progress.observe(.nan, step: 11, stages: Self.stages, window: 1)
    #expect(progress.stage == 1)
    #expect(progress.endings == [0])
    #expect(progress.recentMeans == [0])
  }

  @Test("a mark makes a criterion all or nothing")
  func mark() async throws {
    let half = patientJudge { _ in fenced("{\"score\": 1}") }
    for (mark, score) in [(nil, 0.5), (0.5, 1), (0.6, 0)] as [(Double?, Double)] {
      let stage = RubricStage("s", rubrics: [WeightedRubric("a")], mark: mark, level: 1)
      let report = try await StagedRubrics([stage], judge: half)
        .report(on: Trajectory([(.policy, "<answer>x</answer>")]))
      #expect(report.score == .value(score))
    }
  }

  @Test("what the judge can't tell does not move the stage")
  func missing() async throws {
    let reward = StagedRubrics(Self.stages, window: 1, judge: patientJudge { _ in "?" })
    let report = try await reward.report(on: Trajectory([(.policy, "<answer>alpha</answer>")]))
    #expect(report.score.value == nil)
    #expect(reward.state == StageProgress())
  }

  @Test("going on from a checkpoint is going on, beside evolving rubrics in one run")
  func checkpoint() async throws {
    struct Checkpoint: Codable, Equatable {
      var stages: StageProgress
      var rubrics: RubricBuffer
    }
    func evolving(_ state: RubricBuffer) -> EvolvingRubrics {
      EvolvingRubrics(
        state, judge: RLERTests.judge, generator: EvolvingRubricsTests.generator,
        judging: RLERSettings(weights: .withoutCitations))
    }
    let groups = try (0..<6).map {
      try TrajectoryGroup(step: $0, answers: ["alpha", $0 > 3 ? "alpha" : "beta"])
    }
    func run(
      _ groups: ArraySlice<TrajectoryGroup>, from checkpoint: Checkpoint
    ) async throws -> Checkpoint {
      let (staged, rubrics) = (reward(checkpoint.stages), evolving(checkpoint.rubrics))
      for group in groups {
        _ = try await rubrics.reports(on: group)
        for member in group.members { _ = try await staged.report(on: member) }
      }
      return Checkpoint(stages: staged.state, rubrics: rubrics.state)
    }
    let start = Checkpoint(stages: StageProgress(), rubrics: RubricBuffer())
    let whole = try await run(groups[...], from: start)
    for cut in groups.indices {
      let middle = try JSONEncoder().encode(try await run(groups[..<cut], from: start))
      let resumed = try await run(
        groups[cut...], from: JSONDecoder().decode(Checkpoint.self, from: middle))
      #expect(resumed == whole)
    }
    #expect(whole.stages.stage == 1)
  }

  @Test("it stands in one sum with evolving rubrics, each under its name")
  func together() async throws {
    let evolving = EvolvingRubrics(
      RubricBuffer(static: ["Q": [WeightedRubric("alpha")]]), judge: RLERTests.judge,
      generator: EvolvingRubricsTests.generator,
      judging: RLERSettings(weights: .withoutCitations))
    let reward = 0.5 * evolving + 0.5 * reward()
    let group = try TrajectoryGroup(answers: ["alpha", "no"])
    let reports = try await reward.reports(on: group)
    #expect(reports.map { $0[component: "stagedRubrics"] } == [.value(1), .value(0)])
    let rler = try #require(reports[0][component: "rler"]?.value)
    let score = try #require(reports[0].score.value)
    #expect(abs(score - (0.5 * rler + 0.5)) < 1e-12)
    #expect(rler > 0)
  }

  @Test("it keeps what a reward promises")
  func conforms() async {
    #expect(await checkReward(reward()) == [])
  }
}
