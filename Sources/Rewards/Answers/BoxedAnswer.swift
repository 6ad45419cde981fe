/// An answer in a LaTeX box.
enum BoxedAnswer {
  /// What stands in the last box, with its blanks; `nil` without one.
  ///
  ///     \boxed{1{2}3}  →  1{2}3
  ///     \boxed 7$      →  7
  ///
  /// A box without braces goes up to the next dollar sign or the end, and wins over boxes with
  /// braces. Braces have to balance, and an opening one has to follow at once.
  ///
  /// - Source: the MATH benchmark's `last_boxed_only_string`, as ARPO and ReSearch use it.
  static func last(in text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if let spaced = text.lastRange(of: [UInt8](mark: #"\boxed "#)) {
      return text[spaced.upperBound...].prefix { $0 != UInt8(ascii: "$") }
    }
    guard let box = text.lastRange(of: [UInt8](mark: #"\boxed"#)), box.upperBound < text.endIndex,
      text[box.upperBound] == UInt8(ascii: "{")
    else { return nil }
    var depth = 0
    for index in box.upperBound..<text.endIndex {
      switch text[index] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: continue
      }
      if depth == 0 { return text[(box.upperBound + 1)..<index] }
    }
    return nil
  }
}
