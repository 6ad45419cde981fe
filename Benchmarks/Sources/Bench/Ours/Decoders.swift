internal import Foundation
internal import Measuring
internal import Policy
internal import RandomStreams
internal import Trajectories
internal import Transformer

/// A decoder of the benchmarks: Qwen2's architecture with tied embeddings.
///
/// The shapes and batches are those of `Peers/decoders.py`.
enum Decoder: String {
  case tiny, small
  case half = "0.5B"

  static let (prompt, length, group) = (64, 256, 8)

  var configuration: DecoderConfiguration {
    switch self {
    case .tiny:
      DecoderConfiguration(
        vocabularyCount: 4096, width: 256, feedForwardWidth: 688, layerCount: 4, headCount: 8,
        keyValueHeadCount: 4, contextLength: 4096)
    case .small:
      DecoderConfiguration(
        vocabularyCount: 8192, width: 512, feedForwardWidth: 1376, layerCount: 8, headCount: 8,
        keyValueHeadCount: 2, contextLength: 4096)
    case .half:
      DecoderConfiguration(
        vocabularyCount: 151_936, width: 896, feedForwardWidth: 4864, layerCount: 24, headCount: 14,
        keyValueHeadCount: 2, contextLength: 4096, rotaryBase: 1_000_000)
    }
  }

  /// Rows of a batch to learn from.
  var rows: Int { self == .tiny ? 16 : 8 }

  /// A policy whose passes keep the activations of some tokens; when of none, it takes one row after
  /// the other.
  func policy(
    threads: Int, precision: WeightPrecision = .float32, retainedTokens: Int = 65_536
  ) throws -> TransformerPolicy {
    let policy = try TransformerPolicy(
      configuration, tokenizer: try Self.tokenizer(), stream: RandomStream(seed: 1),
      execution: TransformerPolicy.Execution(
        threads: threads, shards: threads,
        microBatchTokens: retainedTokens > 0 ? 4096 : Self.length,
        retainedTokens: retainedTokens, samplingPrecision: precision))
    policy.resetOptimizer(weightDecay: 0.01)
    return policy
  }

  /// A policy whose weights the peer finds in the folder `PEREGRINE_MODELS`.
  func sharedPolicy(
    threads: Int, precision: WeightPrecision = .float32, retainedTokens: Int = 65_536
  ) throws -> TransformerPolicy {
    let policy = try policy(
      threads: threads, precision: precision, retainedTokens: retainedTokens)
    if let models = ProcessInfo.processInfo.environment["PEREGRINE_MODELS"] {
      let folder = "\(models)/\(rawValue)"
      if !FileManager.default.fileExists(atPath: folder) {
        try policy.save(to: "\(folder).part", tokenizer: try Self.tokenizer())
        try FileManager.default.moveItem(atPath: "\(folder).part", toPath: folder)
      }
    }
    return policy
  }

  static func tokenizer() throws -> BytePairTokenizer {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../../Examples/SearchR1/BasePolicy/tokenizer.json").standardized
    return try BytePairTokenizer(contentsOf: file.path())
  }

  func tokens(_ count: Int, _ draw: inout SplitMix64) -> [Int32] {
    let vocabulary = configuration.vocabularyCount
    return (0..<count).map { _ in Int32(draw.below(vocabulary)) }
  }

  /// Rows of 64 prompt and 192 sampled tokens.
  var evenBatch: PackedBatch {
    var draw = SplitMix64(seed: 1)
    let rows = (0..<rows).map { _ in tokens(Self.length, &draw) }
    return PackedBatch(
      rows: rows, selections: rows.map { _ in Array(Self.prompt..<Self.length) })
  }

  /// Groups of 8 rows with one prompt of 64 tokens each, then turns of 16 to 48 sampled tokens with
  /// the environment's in between, which are 70 % of all that follows the prompt.
  var raggedBatch: PackedBatch {
    var draw = SplitMix64(seed: 2)
    var (rows, selections, prompt) = ([[Int32]](), [[Int]](), [Int32]())
    for index in 0..<self.rows {
      if index.isMultiple(of: Self.group) { prompt = tokens(Self.prompt, &draw) }
      let turns = 2 + draw.below(4)
      let sampled = (0..<turns).map { _ in 16 + draw.below(33) }
      let (observed, gaps) = (sampled.reduce(0, +) * 7 / 3, turns - 1)
      var (row, selected) = (prompt, [Int]())
      for (turn, count) in sampled.enumerated() {
        selected.append(contentsOf: row.count..<row.count + count)
        let follows = turn < gaps ? observed / gaps + (turn < observed % gaps ? 1 : 0) : 0
        row.append(contentsOf: tokens(count + follows, &draw))
      }
      rows.append(row)
      selections.append(selected)
    }
    return PackedBatch(rows: rows, selections: selections)
  }

  /// Weights that take part in products, per token: those of the layers, and the head.
  var weights: (layers: Double, head: Double) { configuration.weights }

  /// Operations of a step on a batch.
  func operations(of batch: PackedBatch) -> Double { configuration.operations(of: batch) }
}

extension DecoderConfiguration {
  fileprivate var weights: (layers: Double, head: Double) {
    let (d, f) = (Double(width), Double(feedForwardWidth))
    let narrow = d * Double(keyValueHeadCount) / Double(headCount)
    return (
      Double(layerCount) * (2 * d * d + 2 * d * narrow + 3 * d * f), d * Double(vocabularyCount)
    )
  }

  /// Operations of a step on a batch: forward and twice that backward, the head on selected tokens.
  func operations(of batch: PackedBatch) -> Double {
    let attention = zip(batch.rowOffsets, batch.rowOffsets.dropFirst())
      .reduce(0.0) { $0 + 2 * Double(($1.1 - $1.0) * ($1.1 - $1.0) * width) }
    return 6
      * (weights.layers * Double(batch.tokenCount) + weights.head * Double(batch.selectedCount))
      + 3.5 * Double(layerCount) * attention
  }
}
