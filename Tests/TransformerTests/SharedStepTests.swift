import RandomStreams
import Synchronization
import Testing
import Trajectories

@testable import Tensor
@testable import Transformer

/// Steps of decoding that threads share.
@Suite("A step of decoding") struct SharedStepTests {
  @Test("shared by a team gives the logits of one thread, bit for bit")
  func sameLogits() async throws {
    // Large enough for its products to be shared.
    let configuration = DecoderConfiguration(
      vocabularyCount: 256, width: 128, feedForwardWidth: 192, layerCount: 2, headCount: 4,
      keyValueHeadCount: 2, contextLength: 128)
    let policy = try TransformerPolicy(
      configuration, tokenizer: Bytes(), stream: RandomStream(seed: 3))
    let weights = policy.state.withLock { $0.weights }.sampling
    let texts = [90, 3, 41].map { count in (0..<count).map { Int32($0 * 7 % 256) } }

    func logits(_ team: ThreadTeam?) -> [Float] {
      var buffers = DecodingBuffers()
      var result: [Float] = []
      var inputs = texts.map { text in
        DecodingInput(
          tokens: text[...],
          cache: KeyValueCache(layerCount: configuration.layerCount, shape: weights.attention),
          wantsLogits: true)
      }
      for token in [nil, 5, 200] as [Int32?] {
        if let token { for i in inputs.indices { inputs[i].tokens = [token] } }
        let rows = weights.step(&inputs, buffers: &buffers, team: team)
        result += UnsafeBufferPointer(start: rows, count: texts.count * 256)
      }
      return result
    }
    let alone = logits(nil)
    #expect(logits(ThreadTeam(threads: 2)) == alone)
    #expect(logits(ThreadTeam(threads: 4)) == alone)
  }
}
