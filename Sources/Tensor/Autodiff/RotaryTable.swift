#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Cosines and sines of the rotary position embedding, computed once in `Double`.
///
///     angle(position, i) = position · base^(−2i / d)        i = 0 ..< d/2
///
/// - Source: Su et al. 2021, arXiv:2104.09864.
public struct RotaryTable: Sendable {
  /// Cosines of the angles. `[positions, d/2]`
  public let cosines: Tensor
  /// Sines of the angles. `[positions, d/2]`
  public let sines: Tensor

  /// A table for positions `0 ..< positionCount`.
  public init(positionCount: Int, headSize: Int, base: Double) {
    precondition(headSize.isMultiple(of: 2), "rotary heads need an even size, got \(headSize)")
    let half = headSize / 2
    let frequencies = (0..<half).map { pow(base, -2 * Double($0) / Double(headSize)) }
    let angles = (0..<positionCount).flatMap { p in frequencies.map { Double(p) * $0 } }
    cosines = Tensor(angles.map { Float(cos($0)) }, shape: [positionCount, half])
    sines = Tensor(angles.map { Float(sin($0)) }, shape: [positionCount, half])
  }

  /// How many positions the table knows.
  public var positionCount: Int { cosines.rowCount }
}
