extension ClosedRange<Double> {
  /// Every finite number: where sums of huge numbers stop before they overflow.
  static var finite: ClosedRange<Double> {
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }
}

extension [Double] {
  /// The first place that holds NaN or an infinity.
  var firstNonFinite: Int? {
    // A finite number times 0 is 0, anything else is NaN, and stays so in a sum.
    let isFinite = withUnsafeBytes { raw in
      var sums = (SIMD8<Double>.zero, SIMD8<Double>.zero)
      for start in stride(from: 0, to: count & ~15, by: 16) {
        sums.0 += raw.loadUnaligned(fromByteOffset: start * 8, as: SIMD8<Double>.self) * 0
        sums.1 += raw.loadUnaligned(fromByteOffset: start * 8 + 64, as: SIMD8<Double>.self) * 0
      }
      return (sums.0 + sums.1).sum() == 0
    }
    if isFinite { return self[(count & ~15)...].firstIndex { !$0.isFinite } }
    return firstIndex { !$0.isFinite }
  }
}
