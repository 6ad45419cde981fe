// A small training run in a process of its own, for tests that kill it.
//
//   KillableRun FOLDER
//
// begins a run in the folder, or goes on with the one that is there. The environment variable
// KILLABLE_RUN_FAULT names a moment at which the process kills itself as `kill -9` would:
// `step:40` at the world's 40th step, `score:17` at the 17th score, `save-before:2`,
// `save-torn:2` and `save-after:2` around the second checkpoint's weights, `observe:3` after step 3.
import Advantage
import Agents
import Environments
import Foundation
import PeregrineTesting
import Policy
import RandomStreams
import Rewards
import Synchronization
import Training
import Trajectories
import Transformer

@main
enum KillableRun {
  static func main() async {
    do {
      try await run(in: CommandLine.arguments[1])
    } catch {
      FileHandle.standardError.write(Data("\(type(of: error)): \(error)\n".utf8))
      exit(2)
    }
  }

  static func run(in folder: String) async throws {
    let fault = Fault(ProcessInfo.processInfo.environment["KILLABLE_RUN_FAULT"] ?? "")
    let stream = RandomStream(seed: 21)
    let policy = MortalPolicy(
      base: try TransformerPolicy(
        DecoderConfiguration(
          vocabularyCount: 256, width: 16, feedForwardWidth: 32, layerCount: 1, headCount: 2,
          keyValueHeadCount: 1, contextLength: 128),
        tokenizer: ByteTokenizer(), stream: stream.child("weights")),
      fault: fault)
    let loop = AgentLoop(
      policy: policy, tokenizer: ByteTokenizer(), limits: AgentLimits(tokensPerTurn: 12)
    ) { MortalWorld(fault: fault) }
    let writer: RunWriter
    do {
      writer = try RunWriter(creating: folder)
    } catch RunError.folderInUse {
      writer = try RunWriter(resuming: folder)
    }
    let weight = AdaptiveWeight(startingAt: 0.2, target: 0.5, rate: 0.1, range: 0...1)
    let even = ClosureReward("evenBytes") { trajectory -> Double in
      fault.strike("score")
      let bytes = trajectory.spans.filter { $0.origin == .policy }.flatMap(\.text)
      return Double(bytes.count { $0 % 2 == 0 }) / Double(bytes.count)
    }
    let reward = even + RewardWeight.adaptive(weight) * evolving + 0.1 * staged
    let trainer = Trainer(
      policy: policy, loop: loop, reward: reward,
      improvement: PolicyImprovement(
        estimator: GroupRelative.grpo, objective: ClippedSurrogate() + 0.01 * KLPenalty(.k3),
        updatesPerBatch: 2,
        learningRate: LearningRateSchedule(peak: 1e-2, warmup: 2, final: 0.1)),
      steps: 6, groupSize: 4, checkpointEvery: 2, stream: stream, writer: writer
    ) { step in
      (0..<4).map { AgentTask(id: "\(step)-\($0)", question: "task \($0)", answers: []) }
    }
    let done = try await trainer.resume() ?? 0
    try await trainer.run(after: done) { report in
      fault.strike("observe")
      weight.observe(report.metrics["evenBytes"] ?? .nan)
    }
    print("finished after \(trainer.steps - done) steps")
  }

  /// Judges by the lengths of prompts: what it says is of no worth, but always the same.
  static let judge = JudgeService(
    ScriptedJudge { prompt, _ in
      let count = prompt.utf8.count
      return prompt.contains("positive_rubrics")
        ? "```json\n{\"positive_rubrics\": [{\"description\": \"criterion \(count % 7)\"}]}\n```"
        : "```json\n{\"score\": \(count % 3)}\n```"
    })

  /// Rubrics that come and go.
  static let evolving = EvolvingRubrics(
    RubricBuffer(), judge: judge, generator: judge, settings: .init(activeLimit: 3),
    judging: RLERSettings(
      weights: RLERWeights(rubrics: 1, citations: 0, format: 0, searches: 0),
      extraction: .lastLine)
  ) { _ in .init(persistent: [WeightedRubric("criterion 0")]) }

  /// Rubrics that tighten after two steps.
  static let staged = StagedRubrics(
    [
      RubricStage("loose", rubrics: [WeightedRubric("a")], level: -1),
      RubricStage("strict", rubrics: [WeightedRubric("b")], mark: 1, level: 1),
    ], window: 2, extraction: .lastLine, judge: judge)
}

/// A moment at which the process dies.
final class Fault: Sendable {
  private let place: String
  private let left: Mutex<Int>

  /// The fault of a text like `score:17`; none for an empty one.
  init(_ text: String) {
    let parts = text.split(separator: ":")
    place = parts.first.map(String.init) ?? ""
    left = Mutex(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }

  /// Whether this is the moment, which is then past.
  func isNow(_ place: String) -> Bool {
    guard place == self.place else { return false }
    return left.withLock { left in
      left -= 1
      return left == 0
    }
  }

  /// Dies if this is the moment.
  func strike(_ place: String) {
    if isNow(place) { kill(getpid(), SIGKILL) }
  }
}

/// A world of two turns.
struct MortalWorld: Environment {
  let fault: Fault
  let turnEnds = ["e"]
  private var turn = 0

  init(fault: Fault) { self.fault = fault }

  mutating func reset(_ task: AgentTask, stream: RandomStream) -> Observation {
    Observation(task.question, role: .user)
  }

  mutating func step(_ action: String) -> EnvironmentStep {
    fault.strike("step")
    turn += 1
    return EnvironmentStep(
      observation: Observation("you wrote \(action.utf8.count) bytes"),
      end: turn == 2 ? .terminated : nil)
  }
}

/// A decoder that can die while it saves itself.
struct MortalPolicy: SamplingPolicy, LearningPolicy, Checkpointable {
  let base: TransformerPolicy
  let fault: Fault

  func makeContext() async throws -> TransformerContext { try await base.makeContext() }
  var capabilities: PolicyCapabilities { base.capabilities }
  var weightVersion: Int { base.weightVersion }

  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass {
    try await base.forward(batch, weights: weights, outputs: outputs, gradient: gradient)
  }

  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    try await base.backward(pass, gradients)
  }

  func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    try await base.step(optimizer)
  }

  func saveState(to folder: String) async throws {
    fault.strike("save-before")
    try await base.saveState(to: folder)
    if fault.isNow("save-torn") {
      // Half of the weights under their final name: what a file system may leave behind.
      let url = URL(filePath: folder + "/policy.safetensors")
      let whole = try Data(contentsOf: url)
      try whole.prefix(whole.count / 2).write(to: url)
      kill(getpid(), SIGKILL)
    }
    fault.strike("save-after")
  }

  func restoreState(from folder: String) async throws { try await base.restoreState(from: folder) }
}
