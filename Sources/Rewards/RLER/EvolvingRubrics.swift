public import Trajectories

/// RLER with rubrics that evolve with the policy.
///
/// For each group, a generator first looks at its responses and proposes rubrics that set them
/// apart; then all members are scored with the persistent and active rubrics; when the step is
/// over, rubrics that no longer tell responses apart retire. See ``RubricBuffer``.
///
///     let reward = EvolvingRubrics(rubrics, judge: judge, generator: generator)
///     …                                   // judge the groups of a step, in any order
///     checkpoint.rubrics = reward.state   // what the next step begins with
///
/// A step is over when a trajectory of a later one arrives (``RolloutID/step``), or when ``state``
/// is read. Until then the rubrics stand as the step found them: reports don't depend on the order
/// in which groups arrive, and a group judged twice is judged the same. Where two groups of a step
/// ask the same question, each adds its rubrics and both count for the statistics. A group of an
/// earlier step is judged by the rubrics of now and leaves no trace.
///
/// A generator that fails adds nothing; the group is judged by what is there, and says so.
///
/// - Source: DR Tulu, open_instruct/grpo_fast.py and search_rewards/utils/rubric_utils.py.
/// - Differs: a group whose generation failed keeps its active rubrics, where the original falls
///   back to those of the task; questions without any statistics keep their rubrics, where the
///   original drops some at random.
public final class EvolvingRubrics: GroupReward, StatefulReward {
  /// What the rubrics do besides judging.
  public struct Settings: Sendable, Hashable, Codable {
    /// The most rubrics that stay active for a question after a step.
    public var activeLimit: Int
    /// The most rubrics that a generator may propose for a group.
    public var generationLimit: Int
    /// Every how many steps static rubrics return that were retired; `nil` for never.
    public var restoringEvery: Int?
    /// Whether the generator sees everything after the prompt, or the answers only.
    public var showsWholeResponses: Bool

    /// Settings; those of the released run unless told otherwise.
    ///
    /// - Precondition: limits are positive, `restoringEvery` is positive or `nil`.
    public init(
      activeLimit: Int = 5, generationLimit: Int = 5, restoringEvery: Int? = nil,
      showsWholeResponses: Bool = true
    ) {
      precondition(activeLimit > 0 && generationLimit > 0, "limits must be positive")
      precondition(restoringEvery.map { $0 > 0 } ?? true, "restoringEvery must be positive")
      self.activeLimit = activeLimit
      self.generationLimit = generationLimit
      self.restoringEvery = restoringEvery
      self.showsWholeResponses = showsWholeResponses
    }
  }

  /// What came of a group.
  private struct Outcome: Sendable {
    let question: String
    let shelves: RubricBuffer.Shelves
    let generated: GeneratedRubrics
    let scores: [RubricScores]
  }

  /// `rler` unless told otherwise.
  public let name: String
  /// What the rubrics do besides judging.
  public let settings: Settings
  private let judging: RLER
  private let generator: JudgeService
  private let initial: @Sendable (AgentTask) -> RubricBuffer.Shelves
  private let rubrics: SteppedState<RubricBuffer, Int, Outcome>

  /// The reward.
  ///
  /// - Parameters:
  ///   - rubrics: Where it starts, from the tasks or from a checkpoint.
  ///   - judge: Scores rubrics.
  ///   - generator: Proposes rubrics.
  ///   - citationJudge: Judges citations; the same as `judge` unless told otherwise.
  ///   - settings: What the rubrics do besides judging.
  ///   - judging: How responses are read and weighed.
  ///   - shelves: The rubrics of a task whose question the buffer does not know yet; none unless
  ///     told otherwise.
  public init(
    _ rubrics: RubricBuffer, name: String = "rler", judge: JudgeService, generator: JudgeService,
    citationJudge: JudgeService? = nil, settings: Settings = Settings(),
    judging: RLERSettings = RLERSettings(),
    shelves: @escaping @Sendable (AgentTask) -> RubricBuffer.Shelves = { _ in .init() }
  ) {
    self.name = name
    self.settings = settings
    self.judging = RLER(
      name: name, rubrics: RubricBuffer(), judge: judge, citationJudge: citationJudge,
      settings: judging)
    self.generator = generator
    initial = shelves
    self.rubrics = SteppedState(rubrics) { [settings] rubrics, step, outcomes in
      Self.finish(&rubrics, step: step, outcomes, settings)
    }
  }

  /// The rubrics as they are after everything that was judged: what a checkpoint holds and the next
  /// step begins with.
  public var state: RubricBuffer { rubrics.finished }

  /// Goes on from a checkpoint.
  public func restore(_ state: RubricBuffer) { rubrics.restore(state) }

  /// Judges a group by its question's rubrics and those that the generator finds in it.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    guard let first = group.members.first else { return [] }
    let question = group.task.question
    let shelves =
      rubrics.begin(first.rollout.step).questions[question] ?? initial(group.task)
    let verdict = try await generator.ask(
      RubricGenerationQuestion(
        question: question, responses: group.members.map(shown), existing: shelves.active,
        limit: settings.generationLimit))
    let generated = verdict.answer ?? GeneratedRubrics()
    var buffer = RubricBuffer()
    buffer.questions[question] = shelves
    buffer.add(generated, for: question)
    let inUse = buffer.rubrics(for: question)

    let judged = try await concurrently(group.members) { [judging] member in
      try await judging.report(on: member, rubrics: inUse)
    }
    let outcome = Outcome(
      question: question, shelves: shelves, generated: generated, scores: judged.map(\.scores))
    rubrics.note(outcome, for: first.rollout.group, of: first.rollout.step)
    return judged.map { member in
      var report = member.report
      if case .missing(let reason) = verdict { report.notes.append("no new rubrics: \(reason)") }
      return report
    }
  }

  private func shown(_ trajectory: Trajectory) -> String {
    settings.showsWholeResponses
      ? trajectory.responseText
      : judging.settings.extraction.answer(in: trajectory) ?? ""
  }

  /// Adds what a step generated, in the order of its groups, and retires what was flat.
  private static func finish(
    _ rubrics: inout RubricBuffer, step: Int, _ outcomes: [Int: Outcome], _ settings: Settings
  ) {
    var scores: [String: [RubricScores]] = [:]
    for (_, outcome) in outcomes.sorted(by: { $0.key < $1.key }) {
      if rubrics.questions[outcome.question] == nil {
        rubrics.questions[outcome.question] = outcome.shelves
      }
      rubrics.add(outcome.generated, for: outcome.question)
      scores[outcome.question, default: []] += outcome.scores
    }
    for (question, scores) in scores {
      let statistics = RubricStatistics.byRubric(of: scores)
      rubrics.prune(question, statistics: statistics, keeping: settings.activeLimit)
    }
    if let every = settings.restoringEvery, (step + 1).isMultiple(of: every) {
      rubrics.restoreStatic()
    }
  }
}
