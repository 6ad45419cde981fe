import Agents
import Policy
import RandomStreams
import SmallAgent
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
      keyValueHeadCount: 2, contextLength: 1536)
  }

  /// Learns a tokenizer and weights.
  static func policy(
    steps: Int, peakRate: Float = 3e-3, execution: TransformerPolicy.Execution,
    stream: RandomStream,
    observe: @Sendable (WarmStart.Report) -> Void
  ) async throws -> (TransformerPolicy, BytePairTokenizer) {
    let corpus = (0..<24).flatMap { number in
      InventedWorld(stream: stream.child("corpus", number), size: .small, names: .train)
        .tokenizerCorpus(questions: 24, stream: stream.child("corpus questions", number))
    }
    let tokenizer = BytePairTokenizer.train(
      on: corpus, vocabularyCount: vocabularyCount, specialTokens: specialTokens)
    let policy = try TransformerPolicy(
      configuration(vocabulary: tokenizer.vocabularyCount), tokenizer: tokenizer,
      stream: stream.child("weights"), execution: execution)
    let plan = WarmStart(
      steps: steps,
      learningRate: LearningRateSchedule(peak: peakRate, warmup: 100, final: 0.05))
    try await plan.train(policy) { step in
      // Worlds that nobody saw before, in every batch: what can't be remembered must be read.
      let lesson = Lesson(at: Double(step) / Double(steps))
      let library = try Library.invented(
        worlds: 2, questionsPerWorld: lesson.questions / 2, shapes: lesson.shapes, names: .train,
        wildness: lesson.wildness, prefix: "batch-\(step)", stream: stream.child("batch", step))
      return try await demonstrations(
        in: library, habits: lesson.habits, passages: lesson.passages, tokenizer: tokenizer,
        step: step, stream: stream.child("searcher", step))
    } observe: {
      observe($0)
    }
    return (policy, tokenizer)
  }

  /// A searcher of some habits at work on every question of a library.
  static func demonstrations(
    in library: Library, habits: ClumsyHabits, passages: Int, tokenizer: BytePairTokenizer,
    step: Int, stream: RandomStream
  ) async throws -> [Trajectory] {
    var result: [Trajectory] = []
    for (number, question) in library.questions.enumerated() {
      result.append(
        try await demonstration(
          by: ScriptedSearcher(
            plan: question.plan, habits: habits, stream: stream.child("habits", number)),
          of: question.task, in: library.environment(passages: passages), tokenizer: tokenizer,
          rollout: RolloutID(step: step, group: number, member: 0),
          stream: stream.child("episode", number)))
    }
    // The longest of chains would not fit the model's context.
    return result.filter { $0.tokenCount <= Library.limits.contextTokens }
  }
}

/// What is demonstrated at some point of the way: first how to find and repeat one fact, then chains
/// of facts, then both with names that are hard to spell, in the end the habits that reinforcement
/// learning will have to overcome.
struct Lesson {
  let questions: Int
  let shapes: [QuestionShape]
  let passages: Int
  var habits = ClumsyHabits.careful
  /// Copying is learned on tame names, or it is not learned for long.
  let wildness: Float

  init(at progress: Double) {
    switch progress {
    case ..<0.15: (questions, shapes, passages) = (64, Self.facts, 2)
    case ..<0.24: (questions, shapes, passages) = (40, Self.pairs, 3)
    case ..<0.975: (questions, shapes, passages) = (32, Self.everything, 3)
    default: (questions, shapes, passages, habits) = (32, QuestionShape.balanced, 3, .clumsy)
    }
    wildness = Float(min(max((progress - 0.35) / 0.2, 0), 1))
  }

  private static let facts = [QuestionShape(.attribute, pages: 1)]
  private static let pairs = [
    QuestionShape(.attribute, pages: 1), QuestionShape(.bridge, pages: 2),
    QuestionShape(.intersection, pages: 2),
  ]
  /// All shapes, those that weigh two readings against each other twice as often.
  private static let everything =
    QuestionShape.balanced
    + QuestionShape.balanced.filter { $0.form == .comparison || $0.form == .intersection }
}
