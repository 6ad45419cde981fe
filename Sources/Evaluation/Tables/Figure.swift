/// Numbers as people read them.
enum Figure {
  /// What stands where a number was not measured.
  static let missing = "–"

  /// A number with a fixed count of decimals, a true minus and thin-spaced thousands.
  static func fixed(_ value: Double?, decimals: Int) -> String {
    guard let value else { return missing }
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : "−∞" }
    guard abs(value) < 1e12 else { return scientific(value) }
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + grouped(scaled) }
    let digits = String(scaled % Int64(scale))
    let padding = String(repeating: "0", count: decimals - digits.count)
    return "\(sign)\(grouped(scaled / Int64(scale))).\(padding)\(digits)"
  }

  /// A fraction as a percentage with one decimal: `0.384` is `38.4`.
  static func percent(_ fraction: Double?) -> String {
    fixed(fraction.map { $0 * 100 }, decimals: 1)
  }

  /// A difference of fractions in percentage points, with its sign.
  static func points(_ difference: Double?) -> String {
    let text = percent(difference)
    guard let difference, difference > 0, text != "0.0" else { return text }
    return "+" + text
  }

  /// A whole number.
  static func count(_ value: Int?) -> String { fixed(value.map(Double.init), decimals: 0) }

  /// Three significant digits: enough for a chart's label.
  static func short(_ value: Double?) -> String {
    guard let value else { return missing }
    let size = abs(value)
    return switch size {
    case 0: "0"
    case 1000...: fixed(value, decimals: 0)
    case 100..<1000: fixed(value, decimals: 0)
    case 10..<100: fixed(value, decimals: 1)
    case 1..<10: fixed(value, decimals: 2)
    case 0.001..<1: fixed(value, decimals: 3)
    default: value.isFinite ? scientific(value) : fixed(value, decimals: 0)
    }
  }

  /// Seconds as `42 s`, `3 min 20 s` or `2 h 05 min`.
  static func duration(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e12 else { return missing }
    if seconds < 10 { return fixed(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    return "\(grouped(Int64(minutes / 60))) h \(twoDigits(minutes % 60)) min"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func scientific(_ value: Double) -> String {
    var mantissa = abs(value)
    var exponent = 0
    while mantissa >= 9.95 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.995, mantissa > 0 {
      mantissa *= 10
      exponent -= 1
    }
    return
      "\(value < 0 ? "−" : "")\(fixed(mantissa, decimals: 1))e\(exponent < 0 ? "−" : "")\(abs(exponent))"
  }

  private static func grouped(_ number: Int64) -> String {
    let digits = Array(String(number))
    guard digits.count > 4 else { return String(digits) }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append("\u{202F}") }
      text.append(digit)
    }
    return text
  }
}
