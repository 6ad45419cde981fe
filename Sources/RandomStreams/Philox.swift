/// The Philox 4×32-10 block function and the hash that makes its keys.
@usableFromInline
enum Philox {
  /// 128 bits: the low half is Philox's key, the high half fills the upper counter words.
  @usableFromInline
  struct Key: Hashable, Sendable, Codable {
    @usableFromInline var low: UInt64
    @usableFromInline var high: UInt64

    init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    /// The key after one more word of the path.
    init(absorbing word: UInt64, into key: Key) {
      low = Philox.mix(key.low ^ Philox.mix(word &+ 0x9e37_79b9_7f4a_7c15))
      high = Philox.mix(key.high &+ low ^ (word &* 0xd6e8_feb8_6659_fd93))
    }
  }

  /// SplitMix64's finaliser: a bijection on 64 bits with full avalanche.
  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The first two of the four output words, for the counter (position, key.high).
  static func block(key: Key, counter: UInt64) -> UInt64 {
    let words = block(
      key: (UInt32(truncatingIfNeeded: key.low), UInt32(truncatingIfNeeded: key.low >> 32)),
      counter: (
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
        UInt32(truncatingIfNeeded: key.high), UInt32(truncatingIfNeeded: key.high >> 32)
      ))
    return UInt64(words.0) | UInt64(words.1) << 32
  }

  /// Ten Philox rounds.
  static func block(
    key: (UInt32, UInt32), counter: (UInt32, UInt32, UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(c0) &* 0xd251_1f53
      let p1 = UInt64(c2) &* 0xcd9e_8d57
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9e37_79b9
      k1 &+= 0xbb67_ae85
    }
    return (c0, c1, c2, c3)
  }
}
