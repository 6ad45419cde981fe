#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The natural exponential of the platform's mathematics library.
func exponential(_ x: Double) -> Double { exp(x) }

/// The natural logarithm of the platform's mathematics library.
func logarithm(_ x: Double) -> Double { log(x) }

extension Double {
  /// 2 to a whole exponent of at most 1023.
  @inline(__always)
  init(powerOfTwo exponent: Int) {
    self =
      exponent >= -1022
      ? Double(bitPattern: UInt64(exponent + 1023) << 52)
      : Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// The number moved to the nearest point of a range.
  func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// Where log-ratios stop before they are exponentiated: e^20 is about 4.9e8, far outside every
/// clip range and far inside every number format.
let logRatioRange: ClosedRange<Double> = -20...20
