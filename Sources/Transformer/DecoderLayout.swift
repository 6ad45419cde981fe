internal import RandomStreams
internal import Tensor

/// Where each weight of a decoder lies in the flat parameter array, under its Hugging Face name.
struct DecoderLayout: Sendable, Hashable {
  /// One layer's weights.
  ///
  /// Queries, keys and values stand together, as do gate and up.
  struct Layer: Sendable, Hashable {
    var inputNorm: Range<Int>
    var projections: Range<Int>
    var projectionBiases: Range<Int>?
    var output: Range<Int>
    var feedForwardNorm: Range<Int>
    var gateUp: Range<Int>
    var down: Range<Int>
  }

  let parameters: ParameterLayout
  let embedding: Range<Int>
  let layers: [Layer]
  let norm: Range<Int>
  let head: Range<Int>
  let value: (weight: Range<Int>, bias: Range<Int>)?

  init(_ configuration: DecoderConfiguration, hasValueHead: Bool) {
    var layout = ParameterLayout()
    let (d, f) = (configuration.width, configuration.feedForwardWidth)
    let queries = configuration.headCount * configuration.headSize
    let keys = configuration.keyValueHeadCount * configuration.headSize
    embedding = layout.add("model.embed_tokens.weight", shape: [configuration.vocabularyCount, d])
    var layers: [Layer] = []
    for index in 0..<configuration.layerCount {
      let prefix = "model.layers.\(index)"
      let inputNorm = layout.add("\(prefix).input_layernorm.weight", shape: [d])
      let q = layout.add("\(prefix).self_attn.q_proj.weight", shape: [queries, d])
      layout.add("\(prefix).self_attn.k_proj.weight", shape: [keys, d])
      let v = layout.add("\(prefix).self_attn.v_proj.weight", shape: [keys, d])
      var biases: Range<Int>?
      if configuration.hasProjectionBiases {
        let qb = layout.add("\(prefix).self_attn.q_proj.bias", shape: [queries])
        layout.add("\(prefix).self_attn.k_proj.bias", shape: [keys])
        let vb = layout.add("\(prefix).self_attn.v_proj.bias", shape: [keys])
        biases = qb.lowerBound..<vb.upperBound
      }
      let output = layout.add("\(prefix).self_attn.o_proj.weight", shape: [d, queries])
      let feedForwardNorm = layout.add("\(prefix).post_attention_layernorm.weight", shape: [d])
      let gate = layout.add("\(prefix).mlp.gate_proj.weight", shape: [f, d])
      let up = layout.add("\(prefix).mlp.up_proj.weight", shape: [f, d])
      let down = layout.add("\(prefix).mlp.down_proj.weight", shape: [d, f])
      layers.append(
        Layer(
          inputNorm: inputNorm, projections: q.lowerBound..<v.upperBound, projectionBiases: biases,
          output: output, feedForwardNorm: feedForwardNorm,
          gateUp: gate.lowerBound..<up.upperBound, down: down))
    }
    self.layers = layers
    norm = layout.add("model.norm.weight", shape: [d])
    head =
      configuration.tiesEmbeddings
      ? embedding : layout.add("lm_head.weight", shape: [configuration.vocabularyCount, d])
    value =
      hasValueHead
      ? (
        layout.add("value_head.weight", shape: [1, d]), layout.add("value_head.bias", shape: [1])
      ) : nil
    parameters = layout
  }

  static func == (a: DecoderLayout, b: DecoderLayout) -> Bool { a.parameters == b.parameters }
  func hash(into hasher: inout Hasher) { hasher.combine(parameters) }

  /// Fresh weights: norms 1, biases and value head 0, matrices normal with deviation `1/√fanIn`,
  /// those that write into the residual stream smaller by `√(2 · layers)`.
  func initialParameters(stream: RandomStream) -> Tensor {
    var values = [Float](repeating: 0, count: parameters.count)
    for entry in parameters.entries {
      let name = entry.name
      if name.hasSuffix("norm.weight") {
        for i in entry.range { values[i] = 1 }
      } else if entry.shape.count == 2, !name.hasPrefix("value_head") {
        var deviation = 1 / Double(entry.shape[1]).squareRoot()
        if name.hasSuffix("o_proj.weight") || name.hasSuffix("down_proj.weight") {
          deviation /= Double(2 * max(layers.count, 1)).squareRoot()
        } else if name.hasSuffix("embed_tokens.weight") || name.hasSuffix("lm_head.weight") {
          deviation *= 0.5
        }
        var draws = stream.child(name)
        for i in entry.range { values[i] = Float(draws.normal() * deviation) }
      }
    }
    return Tensor(values)
  }
}
