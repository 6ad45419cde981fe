extension String {
  /// The text between two lines that say what it is, and that it can't imitate: their rules are
  /// longer than any run of equals signs in it.
  ///
  ///     ==== response ====
  ///     …
  ///     ==== end of response ====
  func quoted(as title: String) -> String {
    var (run, longest) = (0, 3)
    for byte in utf8 {
      run = byte == UInt8(ascii: "=") ? run + 1 : 0
      longest = max(longest, run)
    }
    let rule = String(repeating: "=", count: longest + 1)
    return "\(rule) \(title) \(rule)\n\(self)\n\(rule) end of \(title) \(rule)"
  }
}
