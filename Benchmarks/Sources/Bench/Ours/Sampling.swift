internal import Advantage
internal import Measuring
internal import Policy
internal import RandomStreams
internal import Trajectories
internal import Transformer

/// Sampling at temperature 1 without an end, prompts included.
struct Sampling {
  let decoder: Decoder
  let rows, prompt, new: Int
  /// What the weights are stored as.
  let precision: WeightPrecision

  init(_ decoder: Decoder, rows: Int, precision: WeightPrecision = .float32) {
    self.decoder = decoder
    self.rows = rows
    self.precision = precision
    prompt = 64
    new = decoder == .half ? 32 : 128
  }

  var sampledTokens: Double { Double(rows * new) }

  func work(_ policy: TransformerPolicy) -> Work {
    var draw = SplitMix64(seed: 2)
    let prompts = (0..<rows).map { _ in decoder.tokens(prompt, &draw) }
    let (stream, new) = (RandomStream(seed: 3), new)
    return Work(suspending: {
      try await withThrowingTaskGroup { group in
        for (row, prompt) in prompts.enumerated() {
          group.addTask {
            let context = try await policy.makeContext()
            try await context.append(prompt)
            let generation = try await context.generate(
              GenerationRequest(
                settings: SamplingSettings(temperature: 1),
                stop: StopConditions(maximumTokens: new), stream: stream.child("row", row)))
            precondition(generation.tokens.count == new, "\(generation.tokens.count) tokens")
          }
        }
        try await group.waitForAll()
      }
    })
  }
}

/// A whole GRPO step: groups of 8 sampled, scored, compared and learned from.
///
/// The definition is that of `Peers/trainer.py`: 64 prompt tokens, 192 new ones, a reference pass.
struct WholeStep {
  static let new = 192
  let decoder: Decoder
  let policy: TransformerPolicy

  func work() -> Work {
    let (decoder, policy) = (decoder, policy)
    var (draw, round) = (SplitMix64(seed: 4), 0)
    return Work(suspending: {
      round += 1
      let prompts = (0..<decoder.rows / Decoder.group).map { _ in
        decoder.tokens(Decoder.prompt, &draw)
      }
      try await Self.step(policy, prompts, RandomStream(seed: 5).child("round", round))
    })
  }

  private static func step(
    _ policy: TransformerPolicy, _ prompts: [[Int32]], _ stream: RandomStream
  ) async throws {
    let sampled = try await sample(policy, prompts, stream)
    let scores = sampled.map { Float($0.prefix(40).reduce(0) { $0 + Int($1) } % 97) }
    let advantages = try GroupRelative.grpo.advantages(
      ofScores: scores, groupSize: Decoder.group)
    let batch = PackedBatch(
      rows: sampled.indices.map { prompts[$0 / Decoder.group] + sampled[$0] },
      selections: sampled.map { Array(Decoder.prompt..<Decoder.prompt + $0.count) })
    let reference = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    let pass = try await policy.forward(batch)
    let current = batch.ragged(pass.logProbabilities)
    let result = try LearningStep.objective.evaluate(
      ObjectiveInput(
        current: current,
        weights: LossAggregation.tokenMean.weights(tokenCounts: sampled.map(\.count)),
        old: current, reference: batch.ragged(reference.logProbabilities),
        advantages: batch.ragged(
          zip(advantages, sampled).flatMap { Array(repeating: $0, count: $1.count) })))
    try await policy.backward(
      pass, PolicyGradients(logProbabilities: result.gradients.logProbabilities))
    _ = try await policy.step(OptimizerStep(learningRate: 1e-6))
  }

  private static func sample(
    _ policy: TransformerPolicy, _ prompts: [[Int32]], _ stream: RandomStream
  ) async throws -> [[Int32]] {
    var contexts: [TransformerContext] = []
    for prompt in prompts {
      let first = try await policy.makeContext()
      try await first.append(prompt)
      contexts.append(first)
      for _ in 1..<Decoder.group { contexts.append(try await first.fork()) }
    }
    return try await withThrowingTaskGroup(of: (Int, [Int32]).self) { group in
      for (row, context) in contexts.enumerated() {
        group.addTask {
          let generation = try await context.generate(
            GenerationRequest(
              settings: SamplingSettings(temperature: 1),
              stop: StopConditions(maximumTokens: new), stream: stream.child("row", row)))
          return (row, generation.tokens)
        }
      }
      var rows = [[Int32]](repeating: [], count: contexts.count)
      for try await (row, tokens) in group { rows[row] = tokens }
      return rows
    }
  }
}
