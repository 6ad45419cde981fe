#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The natural logarithm of the platform's mathematics library.
func naturalLogarithm(_ x: Double) -> Double { log(x) }
