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
    let step = Double(powerOfTwo: bits - 52)
    coarse = 1.5 * Double(powerOfTwo: bits)
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
    let count = numbers.count
    var parts = Parts()
    var index = 0
    while index + 4 <= count {
      add(term(raw.loadUnaligned(fromByteOffset: index * 8, as: Lanes.self)), to: &parts)
      index += 4
    }
    if index < count {
      var lanes = Lanes(repeating: numbers[0])
      if count >= 4 {
        // The last four once more, without those that were added; it doesn't matter who is where.
        lanes = raw.loadUnaligned(fromByteOffset: (count - 4) * 8, as: Lanes.self)
      } else {
        for position in 0..<count { lanes[4 - count + position] = numbers[position] }
      }
      let added = Lanes(0, 1, 2, 3) .< Double(index + 4 - count)
      add(term(lanes).replacing(with: 0, where: added), to: &parts)
    }
    return parts.high.sum() + (parts.middle.sum() + parts.low.sum())
  }

  /// Exact sums of the parts of numbers.
  private struct Parts {
    var high = Lanes.zero
    var middle = Lanes.zero
    var low = Lanes.zero
  }

  @inline(__always)
  private func add(_ terms: Lanes, to parts: inout Parts) {
    let first = (terms + coarse) - coarse
    parts.high += first
    let rest = terms - first
    let second = (rest + middle) - middle
    parts.middle += second
    if isLong { parts.low += (rest - second + fine) - fine }
  }
}
