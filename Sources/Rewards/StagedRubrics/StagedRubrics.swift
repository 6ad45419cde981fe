public import Trajectories

/// Rubrics that tighten in stages: loose at first, stricter whenever the policy's score passes a
/// level.
///
///     let rubrics = StagedRubrics([
///       RubricStage("loose", rubrics: [answers], level: 0.8),
///       RubricStage("strict", rubrics: [answers, proves, cites], mark: 1, level: 1),
///     ], judge: judge)
///
/// A score is the weighted mean of the current stage's rubrics, each as the judge scored it or
/// counted from a mark on. After each step its mean over all rollouts is taken in; see
/// ``StageProgress/observe(_:step:stages:window:)``. A step is over when a trajectory of a later
/// one arrives or when ``state`` is read; within it the stage stands, so scores of one step can be
/// compared. Scores of different stages can't, which is why `stage` stands beside each.
///
/// Components: `stage`, from 0, and each rubric under its title or, without one, its key. No answer
/// is worth 0, with a note. What the judge can't tell is missing and does not move the stage.
///
/// This is a schedule of its own and not RLER, whose rubrics come from comparing responses; see
/// ``EvolvingRubrics``. Both can serve one run.
///
/// - Source: the idea of a loose grader that gets strict is Pangu DeepDiver's; the rule is ours.
public final class StagedRubrics: Reward, StatefulReward {
  /// `stagedRubrics` unless told otherwise.
  public let name: String
  /// The stages, loosest first.
  public let stages: [RubricStage]
  /// How many steps' mean scores have to reach a level on average.
  public let window: Int
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let judge: JudgeService
  private let progress: SteppedState<StageProgress, TrajectoryPlace, Double>

  /// Staged rubrics.
  ///
  /// - Parameters:
  ///   - stages: Loosest first; the last one never ends.
  ///   - window: How many steps have to reach a level on average, at least 1.
  ///   - extraction: Where the answer stands.
  ///   - state: Where to begin: from the start or from a checkpoint.
  /// - Precondition: there is a stage, and `state` is one of these stages.
  public init(
    _ stages: [RubricStage], name: String = "stagedRubrics", window: Int = 3,
    extraction: AnswerExtraction = AnswerExtraction(), state: StageProgress = StageProgress(),
    judge: JudgeService
  ) {
    precondition(!stages.isEmpty, "staged rubrics need a stage")
    precondition(window >= 1, "a window needs a step, got \(window)")
    precondition(
      stages.indices.contains(state.stage),
      "a checkpoint in stage \(state.stage) does not fit \(stages.count) stages")
    self.stages = stages
    self.name = name
    self.window = window
    self.extraction = extraction
    self.judge = judge
    progress = SteppedState(state) { [stages, window] progress, step, scores in
      // In a fixed order: sums in Double depend on it.
      let ordered = scores.sorted { $0.key < $1.key }.map(\.value)
      let mean = ordered.reduce(0, +) / Double(ordered.count)
      progress.observe(mean, step: step, stages: stages, window: window)
    }
  }

  /// How far the rubrics have tightened after everything that was judged: what a checkpoint holds.
  public var state: StageProgress { progress.finished }

  /// Goes on from a checkpoint.
  ///
  /// - Throws: ``UnfitState`` if its stage is none of these.
  public func restore(_ state: StageProgress) throws(UnfitState) {
    guard stages.indices.contains(state.stage) else {
      throw UnfitState("stage \(state.stage) does not fit \(stages.count) stages of \(name)")
    }
    progress.restore(state)
  }

  /// Judges one trajectory by the rubrics of the current stage.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let number = progress.begin(trajectory.rollout.step).stage
    let stage = stages[number]
    let answer = extraction.answer(in: trajectory)
    let scores = try await judge.rubricScores(
      of: answer, to: trajectory.task.question, rubrics: stage.rubrics.map { RubricInUse($0) }
    ).counted(by: stage)
    if let score = scores.overall.value {
      progress.note(score, for: TrajectoryPlace(trajectory), of: trajectory.rollout.step)
    }
    let components =
      [
        RewardComponent(name: name, score: scores.overall),
        RewardComponent(name: "stage", score: .value(Double(number))),
      ]
      + scores.entries.map {
        let title = $0.rubric.rubric.title
        return RewardComponent(name: title.isEmpty ? $0.key : title, score: $0.score)
      }
    var notes = ["stage \(number + 1) of \(stages.count): \(stage.name)"]
    if answer == nil { notes.append("no answer") }
    return RewardReport(score: scores.overall, components: components, notes: notes)
  }
}

extension RubricScores {
  /// The scores as they count in a stage.
  fileprivate func counted(by stage: RubricStage) -> RubricScores {
    RubricScores(
      entries: entries.map { entry in
        guard let score = entry.score.value else { return entry }
        return Entry(key: entry.key, rubric: entry.rubric, score: .value(stage.counted(score)))
      })
  }
}
