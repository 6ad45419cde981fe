internal import Tensor

/// One version of a decoder's weights, packed for products.
///
/// Immutable and shared.
final class DecoderWeights: Sendable {
  struct Layer: Sendable {
    let inputNorm: Range<Int>
    let projections: LinearParameters
    let output: LinearParameters
    let feedForwardNorm: Range<Int>
    let gateUp: LinearParameters
    let down: LinearParameters
  }

  let configuration: DecoderConfiguration
  let layout: DecoderLayout
  let version: Int
  let parameters: Tensor
  let layers: [Layer]
  let head: LinearParameters
  let value: LinearParameters?
  let rotary: RotaryTable
  let attention: AttentionShape
  /// What contexts of these weights have read.
  let prefixes = PrefixStore()

  /// Packs the weights of a version; without a precision each use of a layer packs its own.
  init(_ version: WeightVersion, precision: PackedMatrix.Precision?) {
    let (configuration, layout) = (version.configuration, version.layout)
    let parameters = version.parameters
    let (d, f) = (configuration.width, configuration.feedForwardWidth)
    let attention = AttentionShape(
      heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount,
      headSize: configuration.headSize)
    let (projectionWidth, outputWidth) = (attention.projectionWidth, attention.outputWidth)
    func linear(
      _ weight: Range<Int>, _ outputs: Int, _ inputs: Int, bias: Range<Int>? = nil
    ) -> LinearParameters {
      LinearParameters(
        parameters: parameters, weight: weight, outputs: outputs, inputs: inputs, bias: bias,
        precision: precision)
    }
    self.configuration = configuration
    self.layout = layout
    self.version = version.number
    self.parameters = parameters
    self.attention = attention
    rotary = version.rotary
    layers = layout.layers.map { layer in
      Layer(
        inputNorm: layer.inputNorm,
        projections: linear(
          layer.projections, projectionWidth, d, bias: layer.projectionBiases),
        output: linear(layer.output, d, outputWidth),
        feedForwardNorm: layer.feedForwardNorm,
        gateUp: linear(layer.gateUp, 2 * f, d),
        down: linear(layer.down, d, f))
    }
    head = linear(layout.head, configuration.vocabularyCount, d)
    value = layout.value.map { linear($0.weight, 1, d, bias: $0.bias) }
  }

  /// Whether a step takes longer to read the weights than a second thread takes to help.
  var areLarge: Bool { layout.parameters.count >= 1 << 24 }

  /// A table of rotary angles that fits a configuration.
  static func rotaryTable(_ configuration: DecoderConfiguration) -> RotaryTable {
    RotaryTable(
      positionCount: configuration.contextLength, headSize: configuration.headSize,
      base: configuration.rotaryBase)
  }
}
