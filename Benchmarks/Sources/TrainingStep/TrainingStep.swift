internal import DemoModel
internal import Measuring
internal import Policy
internal import RandomStreams
internal import Trajectories
internal import Transformer

/// Tokens per second of forward, backward and optimiser step on packed rows, at the demo's size.
///
/// A batch is 32 rows of 120 to 360 tokens, every second one selected; a step is one forward pass
/// that keeps its activations, one backward pass and one AdamW update.
@main enum TrainingStepBenchmark {
  static let steps = 9

  static func main() async throws {
    printHeading("A training step of the demo's decoder (4 layers, width 128, vocabulary 768)")
    let batch = packedRows(RandomStream(seed: 2))
    var table = Table("threads", "tokens/s", "forward ms", "backward ms", "step ms")
    for threads in [1, 2] {
      let policy = try demoPolicy(threads: threads)
      var times: [(forward: Double, backward: Double, step: Double)] = []
      for step in -2..<steps {
        let time = try await timedStep(policy, batch)
        if step >= 0 { times.append(time) }
      }
      let whole = median(times.map { $0.forward + $0.backward + $0.step })
      table.add(
        "\(threads)", fixed(Double(batch.tokenCount) / whole, 0),
        fixed(1000 * median(times.map(\.forward))), fixed(1000 * median(times.map(\.backward))),
        fixed(1000 * median(times.map(\.step))))
    }
    print(table.text)
    print(
      "\n\(batch.rowCount) rows, \(batch.tokenCount) tokens, \(batch.selectedCount) selected; medians of \(steps) steps."
    )
  }

  static func packedRows(_ stream: RandomStream) -> PackedBatch {
    var draws = stream.child("lengths")
    let rows = (0..<32).map { row in
      randomTokens(120 + draws.index(below: 241), stream.child("row", row))
    }
    return PackedBatch(
      rows: rows, selections: rows.map { Array(stride(from: 1, to: $0.count, by: 2)) })
  }

  static func timedStep(
    _ policy: TransformerPolicy, _ batch: PackedBatch
  ) async throws -> (forward: Double, backward: Double, step: Double) {
    let start = ContinuousClock.now
    let pass = try await policy.forward(batch)
    let forwarded = ContinuousClock.now
    let gradient = -1 / Float(batch.selectedCount)
    try await policy.backward(
      pass,
      PolicyGradients(
        logProbabilities: [Float](repeating: gradient, count: batch.selectedCount)))
    let backwarded = ContinuousClock.now
    _ = try await policy.step(OptimizerStep(learningRate: 1e-4))
    return (
      start.duration(to: forwarded) / .seconds(1), forwarded.duration(to: backwarded) / .seconds(1),
      backwarded.duration(to: .now) / .seconds(1)
    )
  }
}
