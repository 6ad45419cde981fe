/// How good something was, or why nobody could say.
///
/// Missing is never 0.
public enum Score: Sendable, Hashable, Codable {
  /// A finite number.
  case value(Double)
  /// No number, with the reason.
  case missing(reason: String)

  /// The number, or `nil` when missing.
  public var value: Double? {
    if case .value(let value) = self { value } else { nil }
  }

  /// A score from a number: a NaN or an infinity becomes missing, and says so.
  public init(checking number: Double, of name: String) {
    self = number.isFinite ? .value(number) : .missing(reason: "\(name) gave \(number)")
  }
}
