import Advantage
import Agents
import Environments
import Foundation
import Policy
import RandomStreams
import Rewards
import SmallAgent
import Synthesis
import Training
import Trajectories
import Transformer

/// What is compared.
enum Arm: String, CaseIterable {
  /// The exact answer and nothing else.
  case outcome = "outcome only"
  /// The exact answer mixed with the atomic thought reward.
  case thoughts = "atomic thoughts"
  /// The same, with credit on the tokens of each thought.
  case placed = "atomic thoughts, placed"
}

/// Everything that a curve depends on besides seed and arm.
struct Settings {
  var steps = 36
  var groups = 2
  var members = 8
  /// Questions of the exam.
  var questions = 60
  /// Steps from one measurement to the next.
  var interval = 3
  var learningRate: Float = 2e-4
  var klCoefficient = 0.001
  /// α at the start; it falls linearly to 0 at the last step.
  var processShare = 0.5
  /// What the credit of a thought weighs on its tokens beside the trajectory's advantage.
  var creditWeight = 1.0
  /// How long the beginner imitates.
  var imitationSteps = 10
  var shapes = QuestionShape.balanced.filter { $0.pages == 4 }
}

/// One seed: its worlds, its exam and its beginner, the same for every arm.
struct Comparison {
  private let settings: Settings
  private let stream: RandomStream
  private let training: Library
  private let exam: Library
  private let beginner: Beginner
  private let execution: TransformerPolicy.Execution

  init(seed: UInt64, settings: Settings, threads: Int) async throws {
    self.settings = settings
    execution = TransformerPolicy.Execution(threads: threads)
    stream = RandomStream(seed: seed)
    training = try Library.invented(
      worlds: 6, questionsPerWorld: 240, shapes: settings.shapes, names: .train, prefix: "train",
      stream: stream.child("training"))
    exam = try Library.invented(
      worlds: 4, questionsPerWorld: (settings.questions + 3) / 4, shapes: settings.shapes,
      names: .heldOut, prefix: "exam", stream: stream.child("exam"))
    beginner = try await Beginner(
      imitating: training, steps: settings.imitationSteps, execution: execution,
      stream: stream.child("beginner"))
  }

  /// The reward of an arm.
  private func reward(of arm: Arm) -> any Reward {
    if arm == .outcome { return ExactMatch() }
    let thinking = AtomicThoughtReward(
      judge: JudgeService(PlanJudge(training.questions)),
      segmentation: ThoughtSegmentation(rule: .tagsOrSentences, minimumWords: 5))
    return AnnealedMix(
      process: thinking, outcome: ExactMatch(), start: settings.processShare,
      horizon: settings.steps)
  }

  /// How an arm learns from a batch.
  private func improvement(of arm: Arm, from batch: RolloutBatch) -> PolicyImprovement {
    PolicyImprovement(
      estimator: arm == .placed
        ? PlacedCredit(of: batch, weight: settings.creditWeight) : GroupRelative.grpo,
      objective: ClippedSurrogate() + settings.klCoefficient * KLPenalty(.k3),
      learningRate: LearningRateSchedule(peak: settings.learningRate))
  }

  /// Trains a beginner with an arm's reward and examines it on the way.
  func curve(
    of arm: Arm, observe: (Int, [String: Double]) -> Void
  ) async throws -> Curve {
    let policy = try beginner.policy(execution)
    let loop = AgentLoop(policy: policy, tokenizer: policy.tokenizer, limits: Library.limits) {
      training.environment()
    }
    let reward = reward(of: arm)
    var curve = Curve()
    curve[0] = try await mark(of: policy)
    for step in 1...settings.steps {
      var draws = stream.child("tasks", step)
      let tasks = Array(draws.shuffled(training.tasks).prefix(settings.groups))
      let groups = try await loop.groups(
        tasks, step: step, members: settings.members, stream: stream)
      let batch = try await RolloutBatch(scoring: groups, with: reward)
      _ = try await improvement(of: arm, from: batch)
        .improve(policy, with: batch, step: step - 1, of: settings.steps)
      if step.isMultiple(of: settings.interval) { curve[step] = try await mark(of: policy) }
      observe(step, batch.metrics.merging(["heldOut": curve.last]) { $1 })
    }
    return curve
  }

  /// Exact match on the exam, answered greedily.
  private func mark(of policy: TransformerPolicy) async throws -> Double {
    let loop = AgentLoop(
      policy: policy, tokenizer: policy.tokenizer, limits: Library.limits, settings: .greedy
    ) { exam.environment() }
    let groups = try await loop.groups(
      exam.tasks, step: 0, members: 1, stream: stream.child("exam"))
    return try await RolloutBatch(scoring: groups, with: ExactMatch()).metrics["reward"] ?? 0
  }
}
