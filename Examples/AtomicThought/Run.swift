import Advantage
import Agents
import Environments
import Foundation
import Policy
import RandomStreams
import Rewards
import Synthesis
import Training
import Trajectories
import Transformer

/// What is compared.
enum Arm: String, CaseIterable {
  case outcome = "outcome only"
  case atomic = "atomic thought"
  case placed = "atomic thought, placed"
}

/// Everything that a run's numbers depend on besides seed and arm.
struct Settings {
  var steps = 40
  var groups = 8
  var members = 8
  var questions = 120
  var measureEvery = 2
  var learningRate: Float = 3e-4
  var klCoefficient = 0.001
  var processShare = 0.5
  var creditWeight = 1.0
  var shapes = QuestionShape.balanced.filter { $0.pages >= 3 }
}

/// Exact match on the held-out exam by step.
struct Curve {
  private(set) var points: [(step: Int, exactMatch: Double)] = []

  mutating func append(_ exactMatch: Double, at step: Int) {
    points.append((step, exactMatch))
  }

  var last: Double { points.last?.exactMatch ?? 0 }

  /// The first measured step at which a level is reached.
  func step(reaching level: Double) -> Int? {
    points.first { $0.exactMatch >= level }?.step
  }
}

/// One seed: its worlds, its exam, its questions; shared by the arms.
struct Comparison {
  let settings: Settings
  let stream: RandomStream
  let training: Library
  let exam: Library
  let threads: Int

  init(seed: UInt64, settings: Settings, threads: Int) throws {
    self.settings = settings
    self.threads = threads
    stream = RandomStream(seed: seed)
    training = try Library.invented(
      worlds: 6, questionsPerWorld: 240, shapes: settings.shapes, names: .train, prefix: "train",
      stream: stream.child("training"))
    exam = try Library.invented(
      worlds: 4, questionsPerWorld: settings.questions / 4, shapes: settings.shapes,
      names: .heldOut, prefix: "exam", stream: stream.child("exam"))
  }

  /// Trains the bundled base policy with one arm's reward.
  func run(_ arm: Arm, observe: (Int, [String: Double], Double?) -> Void) async throws -> Curve {
    let policy = try TransformerPolicy(
      folder: Bundle.module.bundlePath + "/BasePolicy",
      execution: TransformerPolicy.Execution(threads: threads))
    let loop = AgentLoop(policy: policy, tokenizer: policy.tokenizer, limits: Library.limits) {
      training.environment()
    }
    let reward = reward(of: arm)
    var improvement = PolicyImprovement(
      estimator: GroupRelative.grpo,
      objective: ClippedSurrogate() + settings.klCoefficient * KLPenalty(.k3),
      learningRate: LearningRateSchedule(peak: settings.learningRate))

    var curve = Curve()
    curve.append(try await exactMatch(of: policy), at: 0)
    observe(0, [:], curve.last)
    for step in 1...settings.steps {
      var draws = stream.child("tasks", step)
      let tasks = Array(draws.shuffled(training.tasks).prefix(settings.groups))
      let groups = try await loop.groups(
        tasks, step: step, members: settings.members, stream: stream)
      let batch = try await RolloutBatch(scoring: groups, with: reward)
      if arm == .placed {
        improvement.estimator = PlacedCredit(of: batch, weight: settings.creditWeight)
      }
      let done = try await improvement.improve(
        policy, with: batch, step: step - 1, of: settings.steps)
      var measured: Double?
      if step.isMultiple(of: settings.measureEvery) {
        measured = try await exactMatch(of: policy)
        curve.append(measured ?? 0, at: step)
      }
      observe(step, batch.metrics.merging(done.metrics) { $1 }, measured)
    }
    return curve
  }

  private func reward(of arm: Arm) -> any Reward {
    let outcome = ExactMatch()
    if arm == .outcome { return outcome }
    let judge = JudgeService(PlanJudge(training.questions))
    let thinking = AtomicThoughtReward(
      judge: judge, segmentation: ThoughtSegmentation(rule: .tagsOrSentences, minimumWords: 5))
    return AnnealedMix(
      process: thinking, outcome: outcome, start: settings.processShare, horizon: settings.steps)
  }

  private func exactMatch(of policy: TransformerPolicy) async throws -> Double {
    let loop = AgentLoop(
      policy: policy, tokenizer: policy.tokenizer, limits: Library.limits, settings: .greedy
    ) { exam.environment() }
    let groups = try await loop.groups(
      exam.tasks, step: 0, members: 1, stream: stream.child("exam"))
    return try await RolloutBatch(scoring: groups, with: ExactMatch()).metrics["reward"] ?? 0
  }
}
