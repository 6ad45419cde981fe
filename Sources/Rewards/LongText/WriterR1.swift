public import Trajectories

/// Writer-R1's reward: a text judged by criteria that were derived for its task, with a memory of
/// what was learned.
///
/// For each task several roles propose criteria and one judge merges them, knowing the strongest
/// patterns of the memory; each criterion is then judged by itself, and the score is the weighted
/// mean, in 0…1. If reflection is on, a last question asks what is to be learned from the text; the
/// lessons enter the memory when the step is over: when a trajectory of a later one arrives or when
/// ``state`` is read. So all texts of a step are judged by the same criteria.
///
/// Components: the criteria under `criterion/` and their keys. No answer is worth 0, with a note,
/// and nobody is asked. Missing where no criteria could be derived or one could not be judged; a
/// reflection that fails costs a lesson only.
///
/// - Source: notes about the abstract of Writer-R1; no code is public. The rounds, prompts and
///   memory are ours.
public final class WriterR1: Reward, StatefulReward {
  /// Who proposes criteria.
  public static let standardRoles = [
    "an experienced editor", "the reader the text is written for", "a scholar of its genre",
  ]

  /// `writerR1` unless told otherwise.
  public let name: String
  /// Who proposes criteria.
  public let roles: [String]
  /// How many patterns the roles are reminded of.
  public let recalled: Int
  /// Whether texts are reflected on.
  public let reflects: Bool
  /// Where the text stands.
  public let extraction: AnswerExtraction
  private let judge: JudgeService
  private let memory: SteppedState<PatternMemory, TrajectoryPlace, [PatternMemory.Pattern]>

  /// The reward.
  ///
  /// - Parameters:
  ///   - memory: Empty, or from a checkpoint.
  ///   - roles: Who proposes criteria.
  ///   - recalled: How many patterns the roles are reminded of.
  ///   - reflects: Whether texts are reflected on.
  /// - Precondition: there is a role.
  public init(
    name: String = "writerR1", memory: PatternMemory = PatternMemory(),
    roles: [String] = standardRoles, recalled: Int = 8, reflects: Bool = true,
    extraction: AnswerExtraction = AnswerExtraction(), judge: JudgeService
  ) {
    precondition(!roles.isEmpty, "someone must propose criteria")
    self.name = name
    self.roles = roles
    self.recalled = recalled
    self.reflects = reflects
    self.extraction = extraction
    self.judge = judge
    self.memory = SteppedState(memory) { memory, step, lessons in
      let ordered = lessons.sorted { $0.key < $1.key }
      for pattern in ordered.flatMap(\.value) { memory.note(pattern, step: step) }
    }
  }

  /// The memory after everything that was judged: what a checkpoint holds.
  public var state: PatternMemory { memory.finished }

  /// Goes on from a checkpoint.
  public func restore(_ state: PatternMemory) { memory.restore(state) }

  /// The criteria of a task, as derived with a memory.
  ///
  /// - Throws: `CancellationError` only.
  public func criteria(
    for task: String, memory: PatternMemory, step: Int
  ) async throws -> Verdict<[WeightedRubric]> {
    let patterns = memory.strongest(recalled, at: step)
    let proposals = try await concurrently(roles) { [judge] role in
      try await judge.ask(WritingCriteriaQuestion(task: task, role: role, patterns: patterns))
    }
    let found = proposals.compactMap(\.answer).flatMap(\.self)
    if found.isEmpty, case .missing(let reason)? = proposals.first {
      return .missing(reason: reason)
    }
    return try await judge.ask(
      WritingCriteriaQuestion(
        task: task, role: "the one who decides", patterns: patterns, proposals: found))
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let (task, rollout) = (trajectory.task.question, trajectory.rollout)
    let memory = memory.begin(rollout.step)
    guard let text = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let criteria: [WeightedRubric]
    switch try await self.criteria(for: task, memory: memory, step: rollout.step) {
    case .answered(let derived): criteria = derived
    case .missing(let reason):
      return .single(name, .missing(reason: "no criteria: \(reason)"))
    }
    let scores = try await judge.rubricScores(
      of: text, to: task, rubrics: criteria.map { RubricInUse($0, kind: .adaptive) })
    var report = RewardReport(
      score: scores.overall,
      components: [RewardComponent(name: name, score: scores.overall)]
        + scores.entries.map { RewardComponent(name: "criterion/\($0.key)", score: $0.score) },
      notes: criteria.map { "criterion of weight \($0.weight): \($0.description)" })
    if reflects { report.notes += try await reflect(on: text, scores, trajectory) }
    return report
  }

  private func reflect(
    on text: String, _ scores: RubricScores, _ trajectory: Trajectory
  ) async throws -> [String] {
    let grades = scores.entries.compactMap { entry in
      entry.score.value.map { (criterion: entry.rubric.rubric.description, score: $0) }
    }
    let verdict = try await judge.ask(
      WritingReflectionQuestion(
        task: trajectory.task.question, text: text, grades: grades))
    switch verdict {
    case .missing(let reason): return ["no lesson: \(reason)"]
    case .answered(let lessons):
      memory.note(
        lessons, for: TrajectoryPlace(trajectory), of: trajectory.rollout.step)
      return []
    }
  }
}
