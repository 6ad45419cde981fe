internal import Retrieval

/// A number as people write it in answers.
///
///     1,234.5   −3   $2.5 million   1e6   12 %   3/4
///
/// A sign, a currency sign (`$ € £ ¥`), digits with or without commas between groups of three, a
/// decimal part, an exponent, and then a percent sign or one of the words thousand, million,
/// billion and trillion. Or a fraction of two whole numbers. Anything else is no number: `about 3`,
/// `1,23`, `3 km`, infinities.
public struct NumericAnswer: Sendable, Hashable {
  /// The number; a percentage is a share of one.
  public let value: Double

  /// Reads a number that takes up the whole text, blanks and a final full stop aside.
  public init?(_ text: String) {
    var rest = text.trimmingBlanks.lowercasedByScalar.unicodeScalars[...]
    if rest.last == "." { rest.removeLast() }
    if let fraction = Self.fraction(rest) {
      value = fraction
      return
    }
    var isNegative = false
    if let sign = rest.popFirst(where: { "+-−".unicodeScalars.contains($0) }) {
      isNegative = sign != "+"
    }
    _ = rest.popFirst { "$€£¥".unicodeScalars.contains($0) }
    guard let mantissa = Self.takeMantissa(from: &rest), let number = Double(mantissa) else {
      return nil
    }
    let word = String(String.UnicodeScalarView(rest)).trimmingBlanks
    guard let scale = Self.scales[word] else { return nil }
    let result = (isNegative ? -number : number) * scale
    guard result.isFinite else { return nil }
    value = result
  }

  /// Whether the number is the other within a share of the other's size.
  public func isClose(to other: NumericAnswer, relativeTolerance: Double) -> Bool {
    abs(value - other.value) <= relativeTolerance * abs(other.value)
  }

  private static let scales: [String: Double] = [
    "": 1, "%": 0.01, "percent": 0.01, "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "trillion": 1e12,
  ]

  /// Digits, grouped or not, a decimal part and an exponent, without the commas.
  private static func takeMantissa(
    from rest: inout Substring.UnicodeScalarView
  ) -> String? {
    var text = ""
    var groups: [Int] = [0]
    while let scalar = rest.first, scalar.isDigit || scalar == "," {
      rest.removeFirst()
      if scalar == "," {
        groups.append(0)
      } else {
        text.unicodeScalars.append(scalar)
        groups[groups.count - 1] += 1
      }
    }
    if groups.count > 1 {
      guard (1...3).contains(groups[0]), groups.dropFirst().allSatisfy({ $0 == 3 }) else {
        return nil
      }
    }
    if rest.first == "." {
      rest.removeFirst()
      let decimals = rest.prefix(while: \.isDigit)
      guard !decimals.isEmpty else { return nil }
      text += (text.isEmpty ? "0." : ".") + String(decimals)
      rest = rest[decimals.endIndex...]
    }
    guard !text.isEmpty else { return nil }
    if rest.first == "e" {
      var exponent = rest.dropFirst()
      let sign = exponent.popFirst { $0 == "+" || $0 == "-" }
      let digits = exponent.prefix(while: \.isDigit)
      guard !digits.isEmpty else { return nil }
      text += "e" + (sign == "-" ? "-" : "") + String(digits)
      rest = exponent[digits.endIndex...]
    }
    return text
  }

  private static func fraction(_ text: Substring.UnicodeScalarView) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }),
      let above = Double(String(parts[0])), let below = Double(String(parts[1])), below > 0,
      (above / below).isFinite
    else { return nil }
    return above / below
  }
}

extension Unicode.Scalar {
  /// Whether it is one of 0…9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}

extension Substring.UnicodeScalarView {
  /// Takes the first scalar if it is one of those.
  fileprivate mutating func popFirst(
    where condition: (Unicode.Scalar) -> Bool
  ) -> Unicode.Scalar? {
    guard let first, condition(first) else { return nil }
    removeFirst()
    return first
  }
}
