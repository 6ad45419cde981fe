public import Trajectories

/// A text's worth against a reference that moves on as the policy gets better.
///
///     score = 1 for a win in both orders, 0 for a loss in both, 0.5 for a draw
///
/// See ``JudgeService/preference(for:over:question:criterion:)``. A task's reference is at first
/// the one given for it, or the best of its accepted answers. After each step, the best answer that
/// reached ``threshold`` against the reference takes its place, so that the policy always has
/// something to beat that it does not yet beat easily; ties go to the lowest rollout. A step is
/// over when a trajectory of a later one arrives or when ``state`` is read.
///
/// No answer is worth 0, with a note; a task without a reference can't be judged: missing.
///
/// - Source: notes about Writing-RL; no code is public.
/// - Differs: both orders are judged; the original's schedule of references is not published, and
///   this one is ours.
public final class MovingReference: Reward, StatefulReward {
  /// The reference of each task that has moved on, by its id: what a checkpoint holds.
  public struct State: Sendable, Hashable, Codable {
    /// By task id.
    public var references: [String: String]

    /// References; none for the start.
    public init(references: [String: String] = [:]) { self.references = references }
  }

  private struct Contender: Sendable {
    let task: String
    let answer: String
    let score: Double
  }

  /// `preference` unless told otherwise.
  public let name: String
  /// The score from which on an answer can become the reference, in 0…1.
  public let threshold: Double
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let judge: JudgeService
  private let initial: @Sendable (AgentTask) -> String?
  private let moved: SteppedState<State, TrajectoryPlace, Contender>

  /// A reward against a moving reference.
  ///
  /// - Parameters:
  ///   - threshold: 1 lets only clear winners become the reference; more than 1 keeps it fixed.
  ///   - state: Where to begin: from the start or from a checkpoint.
  ///   - reference: The first reference of a task; its first accepted answer unless told otherwise.
  public init(
    name: String = "preference", threshold: Double = 1,
    extraction: AnswerExtraction = AnswerExtraction(), state: State = State(), judge: JudgeService,
    reference: @escaping @Sendable (AgentTask) -> String? = { $0.answers.first }
  ) {
    self.name = name
    self.threshold = threshold
    self.extraction = extraction
    self.judge = judge
    initial = reference
    moved = SteppedState(state) { state, _, contenders in
      var best: [String: Double] = [:]
      for (_, contender) in contenders.sorted(by: { $0.key < $1.key })
      where contender.score >= threshold && contender.score > best[contender.task] ?? -1 {
        best[contender.task] = contender.score
        state.references[contender.task] = contender.answer
      }
    }
  }

  /// The references after everything that was judged: what a checkpoint holds.
  public var state: State { moved.finished }

  /// Goes on from a checkpoint.
  public func restore(_ state: State) { moved.restore(state) }

  /// Compares the last answer with the task's reference.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let (task, rollout) = (trajectory.task, trajectory.rollout)
    let state = moved.begin(rollout.step)
    guard let reference = state.references[task.id] ?? initial(task) else {
      return .single(name, .missing(reason: "task \(task.id) has no reference"))
    }
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let verdict = try await judge.preference(
      for: answer, over: reference, question: task.question)
    let score = verdict.score(of: name)
    if let value = score.value {
      moved.note(
        Contender(task: task.id, answer: answer, score: value),
        for: TrajectoryPlace(trajectory), of: rollout.step)
    }
    return .single(name, score)
  }

  /// The tasks worth training on: those whose best known answer is furthest ahead of the policy's.
  ///
  ///     margin = quality of the reference − quality of the policy
  ///
  /// - Parameters:
  ///   - margins: By task id; those that are not finite are left out.
  ///   - count: How many to choose.
  /// - Returns: Ids by descending margin, ties by id; margins of 0 and less are never chosen.
  public static func tasksWorthTraining(
    margins: [String: Double], count: Int
  ) -> [String] {
    margins.filter { $0.value > 0 && $0.value.isFinite }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(max(count, 0)).map(\.key)
  }
}
