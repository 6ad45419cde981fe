import Foundation
import Policy
import RandomStreams
import Testing
import Trajectories

@testable import Transformer

@Suite("Sampling from the likeliest tokens")
struct TruncatedSamplingTests {
  static let settings = [
    SamplingSettings(topK: 1), SamplingSettings(temperature: 0.7, topK: 20),
    SamplingSettings(topK: 256), SamplingSettings(temperature: 2, topP: 0.9),
    SamplingSettings(topP: .leastNormalMagnitude), SamplingSettings(minP: 0.3),
    SamplingSettings(minP: 1), SamplingSettings(temperature: 1.5, topK: 40, topP: 0.8, minP: 0.05),
  ]

  func drawn(
    _ settings: SamplingSettings, from policy: TransformerPolicy, prompt: [Int32] = [65, 66]
  ) async throws -> Generation {
    let context = try await policy.makeContext()
    try await context.append(prompt)
    return try await context.generate(
      GenerationRequest(
        settings: settings, stop: StopConditions(maximumTokens: 60),
        stream: RandomStream(seed: 4)))
  }

  @Test("records what the learner computes, bit for bit, whatever is left out", arguments: settings)
  func samplerIsLearner(settings: SamplingSettings) async throws {
    let policy = try tinyPolicy()
    let generation = try await drawn(settings, from: policy)
    let count = generation.tokens.count
    let pass = try await policy.forward(
      PackedBatch(
        rows: [[65, 66] + generation.tokens], selections: [Array(2..<2 + count)],
        temperatures: [Array(repeating: settings.scoringTemperature, count: count)]))
    #expect(generation.record.logProbabilities == pass.logProbabilities)
    let truncated = try #require(generation.record.truncatedLogProbabilities)
    #expect(truncated.count == count && truncated.allSatisfy { $0 <= 0 })
    #expect(zip(pass.logProbabilities, truncated).allSatisfy { $0 <= $1 + 1e-5 })
  }

  @Test("depends on its stream and its own tokens, not on who else is decoding or how")
  func independent() async throws {
    let policy = try tinyPolicy()
    var alone: [Generation] = []
    for settings in Self.settings { alone.append(try await drawn(settings, from: policy)) }
    let together = try await withThrowingTaskGroup(of: (Int, Generation).self) { group in
      for (index, settings) in Self.settings.enumerated() {
        group.addTask { (index, try await drawn(settings, from: policy)) }
      }
      var result: [Int: Generation] = [:]
      for try await (index, generation) in group { result[index] = generation }
      return result
    }
    for index in alone.indices { #expect(together[index] == alone[index]) }
  }

  @Test("never draws a token that a sort would leave out")
  func keptTokens() async throws {
    let policy = try tinyPolicy()
    for settings in [
      SamplingSettings(topK: 7), SamplingSettings(topP: 0.5), SamplingSettings(minP: 0.8),
    ] {
      let generation = try await drawn(settings, from: policy)
      // Every token's probability at each place: the same row with each token at its end.
      for place in [0, 11, 40] {
        let beginning = [65, 66] + generation.tokens[..<place]
        let all = try await policy.forward(
          PackedBatch(
            rows: (0..<256).map { beginning + [$0] },
            selections: Array(repeating: [beginning.count], count: 256)))
        let order = (0..<256).sorted {
          let (l, r) = (all.logProbabilities[$0], all.logProbabilities[$1])
          return l == r ? $0 < $1 : l > r
        }
        let rank = try #require(order.firstIndex(of: Int(generation.tokens[place])))
        if let topK = settings.topK { #expect(rank < topK) }
        if let topP = settings.topP {
          let before = order[..<rank].reduce(0.0) { $0 + exp(Double(all.logProbabilities[$1])) }
          #expect(before < Double(topP) + 1e-5)
        }
        if let minP = settings.minP {
          let ratio = exp(
            Double(all.logProbabilities[order[rank]] - all.logProbabilities[order[0]]))
          #expect(ratio > Double(minP) - 1e-5)
        }
      }
    }
  }
}
