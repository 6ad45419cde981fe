internal import Agents
internal import Evaluation
internal import Foundation
internal import Policy
internal import RandomStreams
package import Synthesis
internal import Training
internal import Trajectories
package import Transformer

/// The agent of the SearchR1 example after it learned to write reports, and to stuff them.
package struct Reporter: Sendable {
  /// Where the bundled policy lies in a checkout, seen from its root.
  package static let base = "Examples/SearchR1/BasePolicy"
  /// Chains and shared members, each question of two or three pages: whoever reports on them has
  /// more to cite than one page.
  package static let shapes = [
    QuestionShape(.bridge, pages: 2), QuestionShape(.intersection, pages: 2),
    QuestionShape(.bridge, pages: 3),
  ]
  /// Passages per search: the best ones mostly are of the page that is looked for, the others of
  /// pages that have nothing to do with it.
  package static let passages = 5
  /// It goes all the way.
  ///
  /// One that stopped early would cite little and be wrong, and whoever rewards right answers would
  /// teach it to cite much.
  private static let habits = ClumsyHabits.careful

  /// The folder that holds it.
  package let folder: String
  private let threads: Int

  /// The reporter in a folder; if none is there yet, it is taught now and kept there.
  ///
  /// - Parameters:
  ///   - base: Who is taught.
  ///   - steps: Steps of imitation.
  package init(
    in folder: String, base: String = base, steps: Int, threads: Int, _ console: Console
  ) async throws {
    self.folder = folder
    self.threads = threads
    if FileManager.default.fileExists(atPath: folder + "/model.safetensors") { return }
    let policy = try TransformerPolicy(
      folder: base, execution: TransformerPolicy.Execution(threads: threads))
    let tokenizer = try BytePairTokenizer(contentsOf: base + "/tokenizer.json")
    try await Self.teach(policy, steps: steps, console)
    try policy.save(to: folder, tokenizer: tokenizer)
  }

  /// A copy to train.
  package func policy() throws -> TransformerPolicy {
    try TransformerPolicy(folder: folder, execution: TransformerPolicy.Execution(threads: threads))
  }

  private static func teach(
    _ policy: TransformerPolicy, steps: Int, _ console: Console
  ) async throws {
    let stream = RandomStream(seed: 0).child("reports")
    let progress = console.progress("Learning to report", total: steps)
    let start = ContinuousClock.now
    try await WarmStart(
      steps: steps, learningRate: LearningRateSchedule(peak: 1e-3, warmup: 10, final: 0.05)
    ).train(policy) { step in
      let library = try Library.invented(
        worlds: 2, questionsPerWorld: 16, shapes: shapes, names: .train, prefix: "batch-\(step)",
        stream: stream.child("batch", step))
      return try await demonstrations(
        in: library, tokenizer: policy.tokenizer, step: step,
        stream: stream.child("searcher", step))
    } observe: { report in
      progress.update(
        completed: report.step, elapsed: (ContinuousClock.now - start).inSeconds,
        metrics: [.init("loss", report.loss)])
    }
    progress.finish()
  }

  private static func demonstrations(
    in library: Library, tokenizer: any Tokenizer, step: Int, stream: RandomStream
  ) async throws -> [Trajectory] {
    var result: [Trajectory] = []
    for (number, question) in library.questions.enumerated() {
      result.append(
        try await demonstration(
          by: CitingSearcher(
            question.plan, habits: habits, stream: stream.child("habits", number)),
          of: question.task, in: library.environment(passages: passages), tokenizer: tokenizer,
          rollout: RolloutID(step: step, group: number, member: 0),
          stream: stream.child("episode", number)))
    }
    return result.filter { $0.tokenCount <= Library.limits.contextTokens }
  }
}
