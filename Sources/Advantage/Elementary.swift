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
  /// The number moved to the nearest point of a range.
  func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// Where log-ratios stop before they are exponentiated: e^20 is about 4.9e8, far outside every
/// clip range and far inside every number format.
let logRatioRange: ClosedRange<Double> = -20...20
