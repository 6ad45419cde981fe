/// Adds numbers so that their order changes no bit of the sum.
///
/// Each number is cut into parts, every part a multiple of a fixed power of two that is coarse
/// enough for the sum of all parts to be exact. Up to 4096 numbers are cut into two parts, more into
/// three; what lies below is less than 2^-70 of the bound.
///
/// - Source: J. Demmel and H. D. Nguyen, "Fast Reproducible Floating-Point Summation" (2013).
struct OrderFreeSum {
  typealias Lanes = SIMD4<Double>

  private let coarse: Double
  private let middle: Double
  private let fine: Double
  private let isLong: Bool

  /// A sum of at most `count` numbers whose magnitudes are at most 1.
  init(count: Int) {
    // One bit for the sign and one for rounding up; 3/2 keeps a sum in one binade whatever its sign.
    let bits = Int.bitWidth - max(count, 1).leadingZeroBitCount + 2
    let step = Double(sign: .plus, exponent: bits - 52, significand: 1)
    coarse = 1.5 * Double(sign: .plus, exponent: bits, significand: 1)
    middle = coarse * step
    fine = middle * step
    isLong = count > 4096
  }

  /// The sum of `term` of all numbers; lanes are sums of their own until the end, which is exact.
  @inline(__always)
  func callAsFunction(
    of numbers: UnsafeBufferPointer<Double>, _ term: (Lanes) -> Lanes
  ) -> Double {
    guard let base = numbers.baseAddress else { return 0 }
    let raw = UnsafeRawPointer(base)
    var (high, middling, low) = (Lanes.zero, Lanes.zero, Lanes.zero)
    let whole = numbers.count & ~3
    var index = 0
    while index < whole {
      var rest = term(raw.loadUnaligned(fromByteOffset: index * 8, as: Lanes.self))
      let first = (rest + coarse) - coarse
      high += first
      rest -= first
      let second = (rest + middle) - middle
      middling += second
      if isLong { low += (rest - second + fine) - fine }
      index += 4
    }
    if whole < numbers.count {
      var lanes = Lanes(repeating: numbers[whole])
      for lane in 1..<4 where whole + lane < numbers.count { lanes[lane] = numbers[whole + lane] }
      var rest = term(lanes)
      for lane in 1..<4 where whole + lane >= numbers.count { rest[lane] = 0 }
      let first = (rest + coarse) - coarse
      high += first
      rest -= first
      let second = (rest + middle) - middle
      middling += second
      if isLong { low += (rest - second + fine) - fine }
    }
    return high.sum() + (middling.sum() + low.sum())
  }
}
