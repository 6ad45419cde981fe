/// A generator of integers that is a few lines in any language, so that peers get the same batches.
public struct SplitMix64: Sendable {
  private var state: UInt64

  /// The stream of a seed.
  public init(seed: UInt64) { state = seed }

  /// 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// An integer in `0..<bound`.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Uniform in `[-1, 1)`.
  public mutating func signed() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }

  /// About normal: four uniform numbers added, mean 0 and variance 1.
  public mutating func bell() -> Float {
    let word = next()
    let sum = stride(from: 0, to: 64, by: 16).reduce(0) { $0 + (word >> UInt64($1)) & 0xFFFF }
    return (Float(sum) / 65_536 - 2) * 1.732_050_8
  }
}
