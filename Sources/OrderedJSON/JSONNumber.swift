/// A JSON number with the digits it was written with.
public struct JSONNumber: Sendable {
  /// The number in JSON's grammar, as written: `1`, `-0.50`, `6.02e23`.
  public let text: String

  /// A number from text that is already known to follow JSON's grammar.
  init(validated text: String) { self.text = text }

  /// A whole number.
  public init(_ value: Int) { text = String(value) }

  /// A finite number in the fewest digits that read back the same; `nil` for NaN and infinities.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    if value == value.rounded(), abs(value) < 0x1p53, !(value == 0 && value.sign == .minus) {
      text = String(Int(value))
    } else {
      text = "\(value)"
    }
  }

  /// The number as an integer, or `nil` if it isn't whole or doesn't fit.
  ///
  /// `5`, `5.0` and `50e-1` are all 5.
  public var integer: Int? {
    if let value = Int(text) { return value }
    guard let (negative, digits, exponent) = normalForm, (0...18).contains(exponent) else {
      return nil
    }
    return Int((negative ? "-" : "") + digits + String(repeating: "0", count: exponent))
  }

  /// The nearest `Double`, or `nil` if the magnitude is too large for one.
  public var double: Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Whether the number has no fraction: `5`, `5.0` and `1e400` have none.
  public var isWhole: Bool { normalForm.map { $0.exponent >= 0 } ?? !text.contains("e-") }

  /// Sign, digits without leading or trailing zeros, and the power of ten they are multiplied by.
  ///
  /// Zero is `(false, "0", 0)`; `nil` when the exponent itself overflows.
  private var normalForm: (negative: Bool, digits: String, exponent: Int)? {
    var digits: [UInt8] = []
    var exponent = 0
    var seenPoint = false
    var rest = Substring(text).utf8
    let negative = rest.first == UInt8(ascii: "-")
    if negative { rest.removeFirst() }
    while let byte = rest.first {
      rest.removeFirst()
      switch byte {
      case UInt8(ascii: "."): seenPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let written = Int(Substring(rest)) else { return nil }
        let (sum, overflow) = exponent.addingReportingOverflow(written)
        guard !overflow else { return nil }
        exponent = sum
        rest = Substring().utf8
      default:
        digits.append(byte)
        if seenPoint { exponent -= 1 }
      }
    }
    let zero = UInt8(ascii: "0")
    digits = Array(digits.drop { $0 == zero })
    guard !digits.isEmpty else { return (false, "0", 0) }
    while digits.last == zero {
      digits.removeLast()
      let (sum, overflow) = exponent.addingReportingOverflow(1)
      guard !overflow else { return nil }
      exponent = sum
    }
    return (negative, String(decoding: digits, as: UTF8.self), exponent)
  }
}

extension JSONNumber: Hashable {
  /// Whether two numbers are the same point of the line, exactly.
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    if left.text == right.text { return true }
    guard let left = left.normalForm, let right = right.normalForm else { return false }
    return left == right
  }

  /// Feeds the value, not the digits.
  public func hash(into hasher: inout Hasher) {
    guard let (negative, digits, exponent) = normalForm else { return hasher.combine(text) }
    hasher.combine(negative)
    hasher.combine(digits)
    hasher.combine(exponent)
  }
}

extension JSONNumber: CustomStringConvertible {
  /// The digits as written.
  public var description: String { text }
}
