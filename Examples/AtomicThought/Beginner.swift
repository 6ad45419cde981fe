import Agents
import Foundation
import Policy
import RandomStreams
import SmallAgent
import Synthesis
import Training
import Trajectories
import Transformer

/// The agent that is trained: it can search, read and go on, and hardly ever goes on.
///
/// The bundled base policy stops too early before six searches in ten. A few steps of imitation leave
/// it with one search a question. Questions of four pages are then so rarely answered that the outcome
/// has little to say.
struct Beginner {
  private static let habits = ClumsyHabits(skipsSearching: 0.15, stopsEarly: 0.75, vagueQuery: 0.1)
  private let folder = FileManager.default.temporaryDirectory.path + "/beginner-\(UUID())"

  /// Makes one by imitation and keeps it in a temporary folder.
  init(
    imitating library: Library, steps: Int, execution: TransformerPolicy.Execution,
    stream: RandomStream
  ) async throws {
    let base = Bundle.module.bundlePath + "/BasePolicy"
    let tokenizer = try BytePairTokenizer(contentsOf: base + "/tokenizer.json")
    let policy = try TransformerPolicy(folder: base, execution: execution)
    let imitation = WarmStart(
      steps: steps, learningRate: LearningRateSchedule(peak: 3e-4, final: 0.1))
    try await imitation.train(policy) { step in
      var draws = stream.child("questions", step)
      var batch: [Trajectory] = []
      for (number, question) in draws.shuffled(library.questions).prefix(12).enumerated() {
        let searcher = ScriptedSearcher(
          plan: question.plan, habits: Self.habits, stream: stream.child("habits", step, number))
        batch.append(
          try await demonstration(
            by: searcher, of: question.task, in: library.environment(), tokenizer: tokenizer,
            rollout: RolloutID(step: step, group: number, member: 0),
            stream: stream.child("episode", step, number)))
      }
      return batch.filter { $0.tokenCount <= Library.limits.contextTokens }
    }
    try policy.save(to: folder, tokenizer: tokenizer)
  }

  /// A copy to be trained.
  func policy(_ execution: TransformerPolicy.Execution) throws -> TransformerPolicy {
    try TransformerPolicy(folder: folder, execution: execution)
  }
}
