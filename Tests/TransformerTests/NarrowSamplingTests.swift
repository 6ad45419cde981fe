import Foundation
import PeregrineTesting
import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

/// Sampling with weights stored in bf16 or int8.
@Suite("Narrow sampling") struct NarrowSamplingTests {
  static let narrow: [WeightPrecision] = [.bfloat16, .int8, .bfloat16Products, .int8Products]

  /// How far a log-probability may be off among the tokens drawn here, which are the same every time.
  ///
  /// Among 4,000 tokens of 20 other seeds the most was 0.018, 0.022, 0.063 and 0.095.
  static let limits: [WeightPrecision: Float] = [
    .bfloat16: 0.036, .bfloat16Products: 0.044, .int8: 0.05, .int8Products: 0.1,
  ]

  func generation(
    _ policy: TransformerPolicy, tokens: [Int32] = [1, 2, 3], count: Int = 40,
    seed: UInt64 = 9
  ) async throws -> Generation {
    let context = try await policy.makeContext()
    try await context.append(tokens)
    return try await context.generate(request(count, stream: RandomStream(seed: seed)))
  }

  /// What the weights of a policy give the tokens of a generation.
  func scores(
    _ policy: TransformerPolicy, _ drawn: Generation, after tokens: [Int32] = [1, 2, 3]
  ) async throws -> [Float] {
    let row = tokens + drawn.tokens
    let batch = PackedBatch(rows: [row], selections: [Array(tokens.count..<row.count)])
    return try await policy.forward(batch, weights: .current, outputs: [], gradient: false)
      .logProbabilities
  }

  @Test("the record says which precision drew", arguments: WeightPrecision.allCases)
  func record(precision: WeightPrecision) async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
    #expect(try await generation(policy).record.precision == precision)
    let context = try await policy.makeContext()
    try await context.append([1, 2])
    #expect(try await context.fork().generate(request(2)).record.precision == precision)
  }

  @Test("a policy that samples narrow weights keeps the contract of samplers", arguments: narrow)
  func conformance(precision: WeightPrecision) async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
    #expect(
      await checkSamplingPolicy(policy, prompt: [72, 101, 108, 108], tokenizer: Bytes()) == [])
  }

  @Test("what it draws is near the learner's numbers, not equal to them", arguments: narrow)
  func nearness(precision: WeightPrecision) async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
    let drawn = try await generation(policy, count: 200)
    let differences = zip(drawn.record.logProbabilities, try await scores(policy, drawn))
      .map { abs($0 - $1) }
    #expect(differences.max() ?? 0 > 1e-5)
    let limit = try #require(Self.limits[precision])
    #expect(differences.allSatisfy { $0 < limit })
  }

  @Test("bf16 draws what a float32 policy with rounded matrices draws, bit for bit")
  func roundedWeights() async throws {
    let configuration = DecoderConfiguration(
      vocabularyCount: 256, width: 32, feedForwardWidth: 48, layerCount: 2, headCount: 4,
      keyValueHeadCount: 2, contextLength: 256, tiesEmbeddings: false)
    let layout = DecoderLayout(configuration, hasValueHead: false)
    let parameters = layout.initialParameters(stream: RandomStream(seed: 3))
    var rounded = parameters
    rounded.withUnsafeMutableBufferPointer { values in
      for entry in layout.parameters.entries
      where entry.shape.count == 2 && entry.name != "model.embed_tokens.weight" {
        for i in entry.range where values[i] != 0 {
          let step = Float(sign: .plus, exponent: values[i].exponent - 7, significand: 1)
          values[i] = (values[i] / step).rounded(.toNearestOrEven) * step
        }
      }
    }
    func policy(_ parameters: Tensor, _ precision: WeightPrecision) throws -> TransformerPolicy {
      try TransformerPolicy(
        configuration, tokenizer: Bytes(), layout: layout, parameters: parameters,
        execution: .init(samplingPrecision: precision))
    }
    let narrow = try await generation(try policy(parameters, .bfloat16), count: 100)
    let wide = try await generation(try policy(rounded, .float32), count: 100)
    #expect(narrow.tokens == wide.tokens)
    #expect(narrow.record.logProbabilities == wide.record.logProbabilities)
  }

  @Test("a rollout does not depend on who else is decoding", arguments: narrow)
  func neighbours(precision: WeightPrecision) async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
    let alone = try await generation(policy, seed: 4)
    let together = try await withThrowingTaskGroup(of: (UInt64, Generation).self) { group in
      for seed in UInt64(0)..<17 {
        group.addTask {
          let prompt = [1, 2, 3] + Array(repeating: Int32(seed), count: Int(seed) % 5)
          return (
            seed, try await generation(policy, tokens: seed == 4 ? [1, 2, 3] : prompt, seed: seed)
          )
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(together[4] == alone)
  }

  @Test("learning does not depend on what the policy samples with")
  func learning() async throws {
    var results: [[Float]] = []
    for precision in WeightPrecision.allCases {
      let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
      _ = try await generation(policy)
      for step in 0..<2 {
        let pass = try await policy.forward(randomBatch(rows: 5, seed: UInt64(step)))
        try await policy.backward(
          pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
        _ = try await policy.step(OptimizerStep(learningRate: 1e-3))
      }
      results.append(policy.state.withLock { $0.weights.parameters.values })
      #expect(try await generation(policy).record.weightVersion == 2)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("a new weight version is packed anew", arguments: narrow)
  func newVersion(precision: WeightPrecision) async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: precision))
    let before = try await generation(policy)
    let pass = try await policy.forward(randomBatch(rows: 5))
    try await policy.backward(
      pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
    _ = try await policy.step(OptimizerStep(learningRate: 1e-2))
    let after = try await generation(policy)
    #expect(after.record != before.record)
    let differences = zip(after.record.logProbabilities, try await scores(policy, after))
      .map { abs($0 - $1) }
    let limit = try #require(Self.limits[precision])
    #expect(differences.allSatisfy { $0 < limit })
  }

  @Test("a policy that only samples packs nothing for learning and holds no moments")
  func memory() async throws {
    let policy = try tinyPolicy(execution: .init(samplingPrecision: .int8))
    _ = try await generation(policy)
    let (weights, gradient) = policy.state.withLock { ($0.weights, $0.gradient) }
    #expect(weights.packedPrecisions == [.int8])
    #expect(gradient == nil)
    _ = try await policy.forward(
      randomBatch(rows: 2), weights: .current, outputs: [], gradient: false)
    #expect(weights.packedPrecisions == [.float32, .int8])
  }

  @Test("a pass of many tokens packs layer by layer, keeps nothing and gives the same numbers")
  func manyTokens() async throws {
    let policy = try tinyPolicy(context: 4096, execution: .init(threads: 1, shards: 1))
    let rows: [[Int32]] = (0..<4).map { row in (0..<300).map { Int32(($0 * 7 + row * 5) % 40) } }
    let batch = PackedBatch(rows: rows, selections: rows.map { _ in [1, 150, 299] })
    var gradients: [[Float]] = []
    var numbers: [[Float]] = []
    for isPacked in [false, true] {
      let version = policy.state.withLock { $0.weights }
      if isPacked { _ = version.sampling }
      let pass = try await policy.forward(batch)
      #expect(version.packedPrecisions == (isPacked ? [.float32] : []))
      numbers.append(pass.logProbabilities)
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
      gradients.append(policy.state.withLock { $0.gradient?.values ?? [] })
      policy.state.withLock { $0.gradient = nil }
    }
    #expect(numbers[0] == numbers[1] && gradients[0] == gradients[1])
    #expect(gradients[0].contains { $0 != 0 })
  }

  @Test("a version that another one follows keeps nothing packed, and gives the same numbers again")
  func followed() async throws {
    let policy = try tinyPolicy()
    let batch = randomBatch(rows: 3)
    let before = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    let first = policy.state.withLock { $0.weights }
    let pass = try await policy.forward(batch)
    #expect(first.packedPrecisions == [.float32])
    try await policy.backward(
      pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
    #expect(try await policy.step(OptimizerStep(learningRate: 1e-2)).applied)
    #expect(first.packedPrecisions.isEmpty)
    let after = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    #expect(after.logProbabilities == before.logProbabilities)
    #expect(first.packedPrecisions == [.float32])
  }

  @Test("settings written before there was a precision sample in float32 and keep the usual logits")
  func settings() throws {
    let old = Data(
      #"{"threads":3,"shards":2,"microBatchTokens":9,"retainedTokens":7}"#.utf8)
    let read = try JSONDecoder().decode(TransformerPolicy.Execution.self, from: old)
    #expect(
      read
        == TransformerPolicy.Execution(
          threads: 3, shards: 2, microBatchTokens: 9, retainedTokens: 7))
    let narrow = TransformerPolicy.Execution(samplingPrecision: .int8)
    #expect(
      try JSONDecoder().decode(
        TransformerPolicy.Execution.self, from: JSONEncoder().encode(narrow)) == narrow)
  }
}
