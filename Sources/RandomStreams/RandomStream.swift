/// A random number generator whose every value is a pure function of a key and a counter.
///
/// Streams are derived by naming what they are for, so a draw never depends on which thread asked
/// first or on how many draws somebody else made:
///
///     let run = RandomStream(seed: 7)
///     var member = run.child("rollout", step, task, member, turn)
///     let u = member.uniform()
///
/// The generator is Philox 4×32 with ten rounds; the key is the hash of the path of names and
/// numbers from the seed. Two different paths give independent streams, the same path gives the
/// same numbers on every machine.
///
/// - Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10).
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable, Codable {
  /// The stream's identity: 128 bits, hashed from the seed and the path of children.
  @usableFromInline let key: Philox.Key
  /// How many 64-bit words have been drawn.
  public private(set) var position: UInt64

  /// The root of all streams of a run.
  public init(seed: UInt64) {
    key = Philox.Key(absorbing: seed, into: Philox.Key(low: 0x5065_7265_6772_696e, high: 0x6521))
    position = 0
  }

  private init(key: Philox.Key) {
    self.key = key
    position = 0
  }

  /// An independent stream named by its use and up to any number of indices below it.
  ///
  /// The position of `self` plays no part: a child depends on names only.
  public func child(_ use: String, _ indices: Int...) -> RandomStream {
    var key = key
    for byte in use.utf8 { key = Philox.Key(absorbing: UInt64(byte) &+ 1, into: key) }
    key = Philox.Key(absorbing: 0x1_0000, into: key)
    for index in indices {
      key = Philox.Key(
        absorbing: UInt64(bitPattern: Int64(index)) ^ 0xa5a5_0000_0000_0000, into: key)
    }
    return RandomStream(key: key)
  }

  /// Draws the next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { position &+= 1 }
    return word(at: position)
  }

  /// The 64 random bits at a position, without advancing.
  public func word(at position: UInt64) -> UInt64 {
    Philox.block(key: key, counter: position)
  }

  /// Draws a number in `[0, 1)` with 24 random bits: every value is exact in `Float`.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// The number in `[0, 1)` at a position, without advancing.
  public func uniform(at position: UInt64) -> Float {
    Float(word(at: position) >> 40) * 0x1p-24
  }

  /// Draws from the normal distribution of mean 0 and deviation 1 (Box–Muller, one of the pair).
  ///
  /// Consumes two words.
  public mutating func normal() -> Double {
    let u = (Double(next() >> 11) + 0.5) * 0x1p-53
    let v = Double(next() >> 11) * 0x1p-53
    return (-2 * logarithm(u)).squareRoot() * cosine(2 * Double.pi * v)
  }
}
