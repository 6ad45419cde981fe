internal import FoundationEssentials

/// The sizes and constants of a decoder, as a Hugging Face `config.json` states them.
public struct DecoderConfiguration: Sendable, Hashable {
  /// Token ids, at most 2^20. `V`
  public var vocabularyCount: Int
  /// Width of the residual stream. `D`
  public var width: Int
  /// Width of the gated feed-forward layer. `F`
  public var feedForwardWidth: Int
  /// Layers.
  public var layerCount: Int
  /// Query heads. `H`
  public var headCount: Int
  /// Key-value heads, a divisor of `headCount`.
  public var keyValueHeadCount: Int
  /// Elements per head.
  public var headSize: Int
  /// Most tokens in one context.
  public var contextLength: Int
  /// ε of the norms.
  public var normEpsilon: Float
  /// Base of the rotary angles.
  public var rotaryBase: Double
  /// Whether the head is the embedding table.
  public var tiesEmbeddings: Bool
  /// Whether queries, keys and values have biases: `true` for Qwen2.
  public var hasProjectionBiases: Bool

  /// A configuration of the Qwen2 architecture, whose heads share the width equally.
  public init(
    vocabularyCount: Int, width: Int, feedForwardWidth: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int, contextLength: Int, normEpsilon: Float = 1e-6,
    rotaryBase: Double = 10_000, tiesEmbeddings: Bool = true, hasProjectionBiases: Bool = true
  ) {
    self.vocabularyCount = vocabularyCount
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    // A policy refuses a count of 0 with all else that is impossible.
    headSize = headCount == 0 ? 0 : width / headCount
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.rotaryBase = rotaryBase
    self.tiesEmbeddings = tiesEmbeddings
    self.hasProjectionBiases = hasProjectionBiases
  }

  /// Throws if the numbers can't make a decoder.
  func validate() throws(ModelError) {
    let sizes = [
      ("vocab_size", vocabularyCount), ("hidden_size", width),
      ("intermediate_size", feedForwardWidth), ("num_hidden_layers", layerCount),
      ("num_attention_heads", headCount), ("num_key_value_heads", keyValueHeadCount),
      ("head_dim", headSize), ("max_position_embeddings", contextLength),
    ]
    for (name, size) in sizes where size <= 0 || size > 1 << 24 {
      throw .configuration("\(name) is \(size); it must be a positive size")
    }
    guard vocabularyCount <= 1 << 20 else {
      throw .configuration(
        "vocab_size is \(vocabularyCount); drawing is exact up to 1048576 ids, use a smaller one")
    }
    guard layerCount <= 1 << 12 else {
      throw .configuration("num_hidden_layers is \(layerCount); it can't be above 4096")
    }
    let (d, heads) = (Double(width), Double(headCount + keyValueHeadCount))
    let layer = 2 * d * heads * Double(headSize) + 3 * d * Double(feedForwardWidth)
    let total = 2 * Double(vocabularyCount) * d + Double(layerCount) * layer
    guard total < 0x1p40 else {
      throw .configuration("the sizes make \(total) parameters, more than can be held")
    }
    guard headCount.isMultiple(of: keyValueHeadCount) else {
      throw .configuration(
        "num_attention_heads \(headCount) is not a multiple of num_key_value_heads \(keyValueHeadCount)"
      )
    }
    guard headSize.isMultiple(of: 2) else {
      throw .configuration("head_dim \(headSize) is odd; rotary positions need pairs")
    }
    guard normEpsilon > 0, normEpsilon.isFinite, rotaryBase > 1, rotaryBase.isFinite else {
      throw .configuration(
        "rms_norm_eps is \(normEpsilon) and rope_theta \(rotaryBase); they must be finite, above 0 and 1"
      )
    }
  }
}

extension DecoderConfiguration {
  /// The keys of `config.json`.
  private struct File: Codable {
    var architectures: [String]?
    var model_type: String
    var vocab_size: Int
    var hidden_size: Int
    var intermediate_size: Int
    var num_hidden_layers: Int
    var num_attention_heads: Int
    var num_key_value_heads: Int?
    var head_dim: Int?
    var max_position_embeddings: Int
    var rms_norm_eps: Double
    var rope_theta: Double?
    /// What newer versions of transformers write in place of `rope_theta` and `rope_scaling`.
    var rope_parameters: Rotary?
    var rope_scaling: Rotary?
    var tie_word_embeddings: Bool?
    var attention_bias: Bool?
    var hidden_act: String?
    var use_sliding_window: Bool?
    var torch_dtype: String?
  }

  /// Settings of rotary positions; older files call `rope_type` `type`.
  private struct Rotary: Codable {
    var rope_theta: Double?
    var rope_type: String?
    var type: String?
    var partial_rotary_factor: Double?
  }

  /// Reads a `config.json` of model type `qwen2` or `llama`.
  ///
  /// - Throws: ``ModelError/configuration(_:)`` naming the field that is missing, impossible or not
  ///   supported.
  public init(json: [UInt8]) throws(ModelError) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(json))
    } catch {
      throw .configuration("config.json can't be read: \(error)")
    }
    guard ["qwen2", "llama"].contains(file.model_type) else {
      throw .configuration("model_type \(file.model_type) is not supported; use qwen2 or llama")
    }
    guard ["silu", nil].contains(file.hidden_act) else {
      throw .configuration("hidden_act \(file.hidden_act ?? "") is not supported; use silu")
    }
    guard file.use_sliding_window != true else {
      throw .configuration("use_sliding_window is not supported")
    }
    for (name, rotary) in [
      ("rope_parameters", file.rope_parameters), ("rope_scaling", file.rope_scaling),
    ] {
      let type = rotary?.rope_type ?? rotary?.type ?? "default"
      guard type == "default" else {
        throw .configuration(
          "\(name) of type \(type) is not supported; use a model whose positions are not scaled")
      }
      guard rotary?.partial_rotary_factor ?? 1 == 1 else {
        throw .configuration(
          "partial_rotary_factor is not supported; use a model that rotates whole heads")
      }
    }
    guard file.num_attention_heads > 0 else {
      throw .configuration("num_attention_heads must be positive")
    }
    self.init(
      vocabularyCount: file.vocab_size, width: file.hidden_size,
      feedForwardWidth: file.intermediate_size, layerCount: file.num_hidden_layers,
      headCount: file.num_attention_heads,
      keyValueHeadCount: file.num_key_value_heads ?? file.num_attention_heads,
      contextLength: file.max_position_embeddings, normEpsilon: Float(file.rms_norm_eps),
      rotaryBase: file.rope_parameters?.rope_theta ?? file.rope_theta ?? 10_000,
      tiesEmbeddings: file.tie_word_embeddings ?? false,
      hasProjectionBiases: file.attention_bias ?? (file.model_type == "qwen2"))
    if let size = file.head_dim { headSize = size }
    try validate()
  }

  /// The configuration as `config.json`.
  public func json() throws -> [UInt8] {
    let file = File(
      architectures: [hasProjectionBiases ? "Qwen2ForCausalLM" : "LlamaForCausalLM"],
      model_type: hasProjectionBiases ? "qwen2" : "llama", vocab_size: vocabularyCount,
      hidden_size: width, intermediate_size: feedForwardWidth, num_hidden_layers: layerCount,
      num_attention_heads: headCount, num_key_value_heads: keyValueHeadCount,
      head_dim: headSize, max_position_embeddings: contextLength,
      rms_norm_eps: Double("\(normEpsilon)") ?? Double(normEpsilon), rope_theta: rotaryBase,
      tie_word_embeddings: tiesEmbeddings, attention_bias: nil, hidden_act: "silu",
      use_sliding_window: false, torch_dtype: "float32")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return Array(try encoder.encode(file))
  }
}

/// A model that can't be loaded, and why.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `config.json` is unusable.
  case configuration(String)
  /// A file of weights is cut off or contradicts itself.
  case damagedFile(path: String, reason: String)
  /// A weight is missing from the file.
  case missingWeight(String)
  /// A weight has another shape than the configuration says.
  case weightShape(name: String, expected: [Int], found: [Int])
  /// A weight that the architecture doesn't have.
  case unexpectedWeight(String)
  /// A weight holds a NaN or an infinity.
  case nonFiniteWeight(String)
  /// The tokenizer has more ids than the model.
  case vocabulary(tokenizer: Int, model: Int)

  /// One sentence: what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .configuration(let reason): reason
    case .damagedFile(let path, let reason): "\(path) can't be used: \(reason)"
    case .missingWeight(let name): "the weights lack \(name); is this the file of this config.json?"
    case .weightShape(let name, let expected, let found):
      "\(name) has shape \(found), config.json asks for \(expected); take both files from one model"
    case .unexpectedWeight(let name):
      "the weights hold \(name), which this architecture doesn't have; is this the file of this config.json?"
    case .nonFiniteWeight(let name): "\(name) holds a NaN or an infinity; the file is damaged"
    case .vocabulary(let tokenizer, let model):
      "the tokenizer has \(tokenizer) ids and the model only \(model); they don't belong together"
    }
  }
}
