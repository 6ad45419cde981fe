/// Adds numbers so that their order changes no bit of the sum.
///
/// Each number is cut into three parts, every part a multiple of a fixed power of two that is coarse
/// enough for the sum of all parts to be exact. What lies below the third part is dropped: for up to
/// a million numbers less than 2^-90 of the bound, each.
///
/// - Source: J. Demmel and H. D. Nguyen, "Fast Reproducible Floating-Point Summation" (2013).
struct OrderFreeSum {
  private let coarse: Double
  private let middle: Double
  private let fine: Double

  /// A sum of at most `count` numbers whose magnitudes are at most 1.
  init(count: Int) {
    // One bit for the sign and one for rounding up; 3/2 keeps a sum in one binade whatever its sign.
    let bits = Int.bitWidth - max(count, 1).leadingZeroBitCount + 2
    coarse = 1.5 * Double(sign: .plus, exponent: bits, significand: 1)
    middle = coarse * Double(sign: .plus, exponent: bits - 52, significand: 1)
    fine = middle * Double(sign: .plus, exponent: bits - 52, significand: 1)
  }

  /// The sum of `term` of every index.
  @inline(__always)
  func callAsFunction(over indices: Range<Int>, _ term: (Int) -> Double) -> Double {
    var (high, middling, low) = (0.0, 0.0, 0.0)
    for index in indices {
      var rest = term(index)
      let first = (rest + coarse) - coarse
      high += first
      rest -= first
      let second = (rest + middle) - middle
      middling += second
      rest -= second
      low += (rest + fine) - fine
    }
    return high + (middling + low)
  }
}
