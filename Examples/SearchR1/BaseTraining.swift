import Agents
import Policy
import RandomStreams
import Synthesis
import Training
import Trajectories
import Transformer

/// How the bundled base policy was made: from nothing, by imitating a clumsy searcher.
enum BaseTraining {
  static let specialTokens = [
    "<think>", "</think>", "<search>", "</search>", "<information>", "</information>", "<answer>",
    "</answer>",
  ]
  static let vocabularyCount = 768

  static func configuration(vocabulary: Int) -> DecoderConfiguration {
    DecoderConfiguration(
      vocabularyCount: vocabulary, width: 128, feedForwardWidth: 384, layerCount: 4, headCount: 4,
      keyValueHeadCount: 2, contextLength: 2048)
  }

  /// Learns a tokenizer and weights.
  static func policy(
    steps: Int, batchSize: Int = 32, habits: ClumsyHabits = .clumsy, peakRate: Float = 3e-3,
    execution: TransformerPolicy.Execution, stream: RandomStream,
    observe: @Sendable (WarmStart.Report) -> Void
  ) async throws -> (TransformerPolicy, BytePairTokenizer) {
    let corpus = (0..<8).flatMap { number in
      InventedWorld(stream: stream.child("corpus", number), size: .small, names: .train)
        .tokenizerCorpus(questions: 60, stream: stream.child("corpus questions", number))
    }
    let tokenizer = BytePairTokenizer.train(
      on: corpus, vocabularyCount: vocabularyCount, specialTokens: specialTokens)
    let policy = try TransformerPolicy(
      configuration(vocabulary: tokenizer.vocabularyCount), tokenizer: tokenizer,
      stream: stream.child("weights"), execution: execution)
    let plan = WarmStart(
      steps: steps,
      learningRate: LearningRateSchedule(peak: peakRate, warmup: 100, final: 0.05))
    let shelves = try (0..<8).map { shelf in
      try Library.invented(
        worlds: 6, questionsPerWorld: 400, names: .train, prefix: "shelf-\(shelf)",
        stream: stream.child("shelf", shelf))
    }
    try await plan.train(policy) { step in
      var draws = stream.child("batch", step)
      var demonstrations: [Trajectory] = []
      for member in 0..<batchSize {
        let library = shelves[draws.index(below: shelves.count)]
        let question = library.questions[draws.index(below: library.questions.count)]
        demonstrations.append(
          try await demonstration(
            by: ScriptedSearcher(
              plan: question.plan, habits: 4 * step < 3 * steps ? .careful : habits,
              stream: stream.child("searcher", step, member)),
            of: question.task, in: library.environment(), tokenizer: tokenizer,
            rollout: RolloutID(step: step, group: member, member: 0),
            stream: stream.child("episode", step, member)))
      }
      return demonstrations
    } observe: {
      observe($0)
    }
    return (policy, tokenizer)
  }
}
