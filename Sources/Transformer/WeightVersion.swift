internal import Synchronization
internal import Tensor
internal import Trajectories

/// One version of a decoder's parameters, and what they are packed into once somebody asks for it.
///
/// A policy that samples narrow weights without learning holds no second copy in float32.
final class WeightVersion: Sendable {
  private struct Packed: Sendable {
    var sampling: DecoderWeights?
    var scoring: DecoderWeights?
  }

  let configuration: DecoderConfiguration
  let layout: DecoderLayout
  /// The version's number.
  let number: Int
  let parameters: Tensor
  let rotary: RotaryTable
  /// What sampling stores weights as.
  let samplingPrecision: WeightPrecision
  private let packed = Mutex(Packed())

  init(
    _ configuration: DecoderConfiguration, layout: DecoderLayout, parameters: Tensor, number: Int,
    rotary: RotaryTable, samplingPrecision: WeightPrecision
  ) {
    self.configuration = configuration
    self.layout = layout
    self.parameters = parameters
    self.number = number
    self.rotary = rotary
    self.samplingPrecision = samplingPrecision
  }

  /// The next version.
  func successor(_ parameters: Tensor, number: Int) -> WeightVersion {
    WeightVersion(
      configuration, layout: layout, parameters: parameters, number: number, rotary: rotary,
      samplingPrecision: samplingPrecision)
  }

  /// What sampling uses, if nothing needs to be packed or waited for.
  var readySampling: DecoderWeights? {
    packed.withLockIfAvailable { samplingPrecision == .float32 ? $0.scoring : $0.sampling } ?? nil
  }

  /// What sampling uses.
  var sampling: DecoderWeights {
    packed.withLock { packed in
      guard samplingPrecision != .float32 else { return packedScoring(&packed) }
      let weights =
        packed.sampling ?? DecoderWeights(self, precision: samplingPrecision.packing)
      packed.sampling = weights
      return weights
    }
  }

  /// What passes forward and backward use: float32.
  ///
  /// Micro-batches of many tokens pack each layer when they come to it, unless sampling has packed
  /// them all: the copy of all weights would stand beside a pass's activations and be used once.
  func scoring(_ plan: [[MicroBatch]]) -> DecoderWeights {
    let counts = plan.joined().map(\.tokens.count)
    return packed.withLock { packed in
      counts.reduce(0, +) >= counts.count * Self.tokensWorthPacking
        ? packed.scoring ?? DecoderWeights(self, precision: nil) : packedScoring(&packed)
    }
  }

  /// From how many tokens on packing a layer is a fiftieth of its products.
  private static let tokensWorthPacking = 512

  /// Frees everything packed.
  ///
  /// A version that another one follows is seldom asked again, and packs once more when it is;
  /// contexts and passes that have what was packed keep it.
  func forgetPacked() { packed.withLock { $0 = Packed() } }

  /// What has been packed so far.
  var packedPrecisions: Set<WeightPrecision> {
    packed.withLock { packed in
      var result: Set<WeightPrecision> = packed.scoring == nil ? [] : [.float32]
      if packed.sampling != nil { result.insert(samplingPrecision) }
      return result
    }
  }

  private func packedScoring(_ packed: inout Packed) -> DecoderWeights {
    let weights = packed.scoring ?? DecoderWeights(self, precision: .float32)
    packed.scoring = weights
    return weights
  }
}

extension WeightPrecision {
  /// What a matrix of this precision is packed as.
  fileprivate var packing: PackedMatrix.Precision {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    case .bfloat16Products: .bfloat16Products
    case .int8Products: .int8Products
    }
  }
}
