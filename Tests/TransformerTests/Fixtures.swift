import Policy
import RandomStreams
import Trajectories

@testable import Transformer

/// Bytes as tokens, for policies that have no trained tokenizer.
struct Bytes: Tokenizer {
  var vocabularyCount: Int { 256 }
  func encode(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }
  func bytes(of id: Int32) -> [UInt8] { UInt8(exactly: id).map { [$0] } ?? [] }
  func specialToken(_ text: String) -> Int32? { nil }
}

func tinyConfiguration(context: Int = 256, ties: Bool = true) -> DecoderConfiguration {
  DecoderConfiguration(
    vocabularyCount: 256, width: 32, feedForwardWidth: 48, layerCount: 2, headCount: 4,
    keyValueHeadCount: 2, contextLength: context, tiesEmbeddings: ties)
}

func tinyPolicy(
  seed: UInt64 = 1, context: Int = 256, valueHead: Bool = false,
  execution: TransformerPolicy.Execution = .init()
) throws -> TransformerPolicy {
  try TransformerPolicy(
    tinyConfiguration(context: context), tokenizer: Bytes(), stream: RandomStream(seed: seed),
    hasValueHead: valueHead, execution: execution)
}

func request(_ count: Int, stream: RandomStream = RandomStream(seed: 9), temperature: Float = 1)
  -> GenerationRequest
{
  GenerationRequest(
    settings: SamplingSettings(temperature: temperature),
    stop: StopConditions(maximumTokens: count), stream: stream)
}

/// Rows of random bytes with random selections.
func randomBatch(rows: Int, seed: UInt64 = 5, longest: Int = 60) -> PackedBatch {
  var stream = RandomStream(seed: seed)
  var tokens: [[Int32]] = []
  var selections: [[Int]] = []
  for _ in 0..<rows {
    let count = 2 + stream.index(below: longest)
    tokens.append((0..<count).map { _ in Int32(stream.index(below: 256)) })
    selections.append((1..<count).filter { _ in stream.chance(0.5) })
  }
  return PackedBatch(rows: tokens, selections: selections)
}
