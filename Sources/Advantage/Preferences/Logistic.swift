#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The logistic function and its logarithm, without overflow at either end.
enum Logistic {
  /// One over 1 + exp(-x).
  static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }

  /// The logarithm of ``sigmoid(_:)``: x for very negative x, never -∞.
  static func logSigmoid(_ x: Double) -> Double {
    min(x, 0) - log1p(exp(-abs(x)))
  }

  /// The natural logarithm.
  static func logarithm(_ x: Double) -> Double { log(x) }

  /// The logarithm of 1 + x, exact for small x.
  static func logarithm(onePlus x: Double) -> Double { log1p(x) }
}
