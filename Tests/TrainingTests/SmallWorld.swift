import Advantage
import Agents
import Environments
import Foundation
import Policy
import RandomStreams
import Retrieval
import Rewards
import Synthesis
import Testing
import Trajectories
import Transformer

@testable import Training

/// A world of a few pages, a tokenizer for it, and a decoder that has learned how to search.
enum SmallWorld {
  static let world = InventedWorld(
    stream: RandomStream(seed: 11),
    size: WorldSize(countries: 3, citiesPerCountry: 1, companies: 2, books: 2, citizens: 2),
    names: .train)
  static let questions = QuestionWriter(world.encyclopaedia, prefix: "small")
    .questions(24, stream: RandomStream(seed: 12))
  static let tokenizer = BytePairTokenizer.train(
    on: world.tokenizerCorpus(questions: 20, stream: RandomStream(seed: 13)),
    vocabularyCount: 400,
    specialTokens: [
      "<think>", "</think>", "<search>", "</search>", "<information>", "</information>",
      "<answer>", "</answer>",
    ])
  static let settings = SearchR1Settings(prompt: .bare, searchTurns: 3, passageLimit: 1)
  static let limits = AgentLimits(
    turns: 4, tokensPerTurn: 32, observationTokens: 60, contextTokens: 384)

  static func index() throws -> BM25Index { try BM25Index(world.encyclopaedia.documents) }

  static func demonstrations(_ step: Int, count: Int = 8) async throws -> [Trajectory] {
    let index = try index()
    var draws = RandomStream(seed: 14).child("batch", step)
    var result: [Trajectory] = []
    for member in 0..<count {
      let question = questions[draws.index(below: questions.count)]
      result.append(
        try await demonstration(
          by: ScriptedSearcher(
            plan: question.plan, habits: .careful, stream: draws.child("searcher", member)),
          of: question.task,
          in: SearchR1Environment(retriever: index, settings: settings), tokenizer: tokenizer,
          rollout: RolloutID(step: step, group: member, member: 0),
          stream: draws.child("episode", member)))
    }
    return result
  }

  static func freshPolicy(valueHead: Bool = false) throws -> TransformerPolicy {
    try TransformerPolicy(
      DecoderConfiguration(
        vocabularyCount: tokenizer.vocabularyCount, width: 32, feedForwardWidth: 64,
        layerCount: 2, headCount: 4, keyValueHeadCount: 2, contextLength: 1024),
      tokenizer: tokenizer, stream: RandomStream(seed: 15), hasValueHead: valueHead)
  }

  /// Losses of the warm start, and the folder that holds the policy it made.
  private static let warmed = Task {
    let policy = try freshPolicy()
    var losses: [Double] = []
    try await WarmStart(
      steps: 80, learningRate: LearningRateSchedule(peak: 1e-2, warmup: 5, final: 0.2)
    ).train(policy) {
      try await demonstrations($0)
    } observe: {
      losses.append($0.loss)
    }
    let folder = try RunDirectory().path
    try policy.save(to: folder, tokenizer: tokenizer)
    return (losses, folder)
  }

  static func warmStartLosses() async throws -> [Double] { try await warmed.value.0 }

  /// A copy of the decoder that has learned how to search.
  static func policy(
    valueHead: Bool = false, execution: TransformerPolicy.Execution = .init()
  ) async throws -> TransformerPolicy {
    try TransformerPolicy(
      folder: try await warmed.value.1, hasValueHead: valueHead, execution: execution)
  }

  static func loop<Sampler: SamplingPolicy>(
    _ policy: Sampler, retriever: any Retriever
  ) -> AgentLoop<Sampler, SearchR1Environment> {
    AgentLoop(policy: policy, tokenizer: tokenizer, limits: limits) {
      SearchR1Environment(retriever: retriever, settings: settings)
    }
  }

  /// Right answers, and a little for every token, so that members of a group always differ.
  static let reward =
    TokenF1()
    + 0.001
    * ClosureReward("sampledTokens") { trajectory -> Double in
      Double(trajectory.selection(.policy).count)
    }

  static let grpo = PolicyImprovement(
    estimator: GroupRelative.grpo, objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3),
    learningRate: LearningRateSchedule(peak: 2e-3))

  static func tasks(_ step: Int) -> [AgentTask] {
    var draws = RandomStream(seed: 16).child("tasks", step)
    return draws.shuffled(questions.map(\.task)).prefix(4).map(\.self)
  }
}

/// A folder of its own for a run, and its files.
struct RunDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "peregrine-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }

  func bytes(_ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(path)/\(file)"))
  }

  func write(_ data: Data, to file: String) throws {
    try data.write(to: URL(filePath: "\(path)/\(file)"))
  }

  /// How many whole lines a file has; 0 where there is none.
  func lineCount(_ file: String) -> Int {
    (try? bytes(file))?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }
}

/// What must be the same in two runs of the same seed.
func expectSameRun(
  _ run: RunDirectory, _ other: RunDirectory, steps: Int, _ comment: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let last = "checkpoints/step-" + String(repeating: "0", count: 5) + "\(steps)"
  for file in [
    "metrics.jsonl", "trajectories.jsonl", "evaluations.jsonl", "\(last)/policy.safetensors",
    "\(last)/position.json",
  ] {
    let (mine, theirs) = (try run.bytes(file), try other.bytes(file))
    #expect(mine == theirs, "\(file): \(comment)", sourceLocation: sourceLocation)
  }
}
