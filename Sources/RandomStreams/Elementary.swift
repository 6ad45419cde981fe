#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The natural logarithm of the platform's mathematics library.
func logarithm(_ x: Double) -> Double { log(x) }

/// The cosine of the platform's mathematics library.
func cosine(_ x: Double) -> Double { cos(x) }
