extension [UInt8] {
  /// Whether a pattern stands at an index.
  func continues(with pattern: [UInt8], at index: Int) -> Bool {
    guard index >= 0, index + pattern.count <= count else { return false }
    for offset in pattern.indices where self[index + offset] != pattern[offset] { return false }
    return true
  }

  /// The first place at or after an index where a pattern stands, which is not empty.
  ///
  /// Takes time proportional to the bytes times the pattern's.
  func firstIndex(of pattern: [UInt8], from start: Int = 0) -> Int? {
    guard let first = pattern.first, count >= pattern.count else { return nil }
    var index = start
    while index <= count - pattern.count {
      if self[index] == first, continues(with: pattern, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// The bytes without a pattern's occurrences, found left to right.
  func removingAll(_ pattern: [UInt8]) -> [UInt8] {
    guard var found = firstIndex(of: pattern) else { return self }
    var (result, position) = ([UInt8](), 0)
    while true {
      result += self[position..<found]
      position = found + pattern.count
      guard let next = firstIndex(of: pattern, from: position) else { break }
      found = next
    }
    return result + self[position...]
  }
}
