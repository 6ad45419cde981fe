internal import DemoModel
internal import Measuring
internal import Policy
internal import RandomStreams
internal import Trajectories
internal import Transformer

/// Tokens per second sampled for 64 contexts at once, at the demo's size.
///
/// Each context is told 100 tokens and samples 200, at temperature 1 and without a stop.
@main enum GenerationBenchmark {
  static let (contexts, told, sampled, rounds) = (64, 100, 200, 3)

  static func main() async throws {
    printHeading("Sampling with the demo's decoder (4 layers, width 128, vocabulary 768)")
    var table = Table("threads", "sampled tokens/s", "seconds")
    for threads in [1, 2] {
      let policy = try demoPolicy(threads: threads)
      var times: [Double] = []
      for round in -1..<rounds {
        let time = try await seconds { try await sample(policy, RandomStream(seed: 3)) }
        if round >= 0 { times.append(time) }
      }
      let time = median(times)
      table.add("\(threads)", fixed(Double(contexts * sampled) / time, 0), fixed(time, 2))
    }
    print(table.text)
    print(
      "\n\(contexts) contexts, \(told) tokens told and \(sampled) sampled in each, reading included; medians of \(rounds) rounds."
    )
  }

  static func sample(_ policy: TransformerPolicy, _ stream: RandomStream) async throws {
    try await withThrowingTaskGroup { group in
      for member in 0..<contexts {
        group.addTask {
          let context = try await policy.makeContext()
          try await context.append(randomTokens(told, stream.child("told", member)))
          _ = try await context.generate(
            GenerationRequest(
              settings: SamplingSettings(temperature: 1),
              stop: StopConditions(maximumTokens: sampled),
              stream: stream.child("sampled", member)))
        }
      }
      try await group.waitForAll()
    }
  }
}
