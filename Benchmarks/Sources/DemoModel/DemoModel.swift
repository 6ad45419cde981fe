internal import Policy
public import RandomStreams
public import Transformer

/// A policy of the size of `make demo`'s, untrained: speed doesn't depend on the weights.
public func demoPolicy(threads: Int) throws -> TransformerPolicy {
  try TransformerPolicy(
    DecoderConfiguration(
      vocabularyCount: 768, width: 128, feedForwardWidth: 384, layerCount: 4, headCount: 4,
      keyValueHeadCount: 2, contextLength: 2048),
    tokenizer: Numbers(), stream: RandomStream(seed: 1),
    execution: TransformerPolicy.Execution(threads: threads))
}

/// Random ids of the demo's vocabulary.
public func randomTokens(_ count: Int, _ stream: RandomStream) -> [Int32] {
  var stream = stream
  return (0..<count).map { _ in Int32(stream.index(below: Numbers.count)) }
}

/// Ids that stand for nothing: the benchmarks read no text.
private struct Numbers: Tokenizer {
  static let count = 768

  var vocabularyCount: Int { Self.count }
  func encode(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }
  func bytes(of id: Int32) -> [UInt8] { [UInt8(truncatingIfNeeded: id)] }
  func specialToken(_ text: String) -> Int32? { nil }
}
