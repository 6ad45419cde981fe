extension ClosedRange<Double> {
  /// Every finite number: where sums of huge numbers stop before they overflow.
  static var finite: ClosedRange<Double> {
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }
}
