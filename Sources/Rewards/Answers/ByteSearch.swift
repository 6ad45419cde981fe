internal import Retrieval

/// Exact search in UTF-8 bytes: scalar for scalar, without normalisation, in time proportional to
/// the text.
extension ArraySlice<UInt8> {
  /// The first place at or after `start` where `mark` occurs; an empty mark occurs everywhere.
  func range(of mark: [UInt8], from start: Int? = nil) -> Range<Int>? {
    let start = start ?? startIndex
    guard start >= startIndex, start <= endIndex, mark.count <= endIndex - start else { return nil }
    let offset = withUnsafeBufferPointer { text in
      mark.withUnsafeBufferPointer { text.offset(of: $0, from: start - startIndex) }
    }
    return offset.map { startIndex + $0..<startIndex + $0 + mark.count }
  }

  /// How often a mark occurs, without overlaps.
  func count(of mark: [UInt8]) -> Int {
    var count = 0
    var position = startIndex
    while let found = range(of: mark, from: position), !found.isEmpty {
      count += 1
      position = found.upperBound
    }
    return count
  }

  /// Whether a mark occurs.
  func contains(mark: [UInt8]) -> Bool { range(of: mark) != nil }

  /// The last place where a mark occurs.
  func lastRange(of mark: [UInt8]) -> Range<Int>? {
    var last: Range<Int>?
    var position = startIndex
    while let found = range(of: mark, from: position), !found.isEmpty {
      last = found
      position = found.lowerBound + 1
    }
    return last
  }

  /// What stands between each opening mark and the next closing one; pairs don't overlap.
  func bodies(between open: [UInt8], and close: [UInt8]) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var position = startIndex
    while let body = body(between: open, and: close, from: position) {
      result.append(body)
      position = body.endIndex + close.count
    }
    return result
  }

  /// What stands between the first opening mark at or after `start` and the next closing one.
  func body(
    between open: [UInt8], and close: [UInt8], from start: Int? = nil
  ) -> ArraySlice<UInt8>? {
    guard let open = range(of: open, from: start),
      let close = range(of: close, from: open.upperBound)
    else { return nil }
    return self[open.upperBound..<close.lowerBound]
  }

  /// The bytes without blanks at either end; see `Unicode.Scalar.isBlank`.
  var trimmingBlanks: ArraySlice<UInt8> {
    var (start, end) = (startIndex, endIndex)
    while start < end, let width = (1...3).first(where: { isBlank(start, width: $0, within: end) })
    {
      start += width
    }
    while start < end,
      let width = (1...3).first(where: {
        end - $0 >= start && isBlank(end - $0, width: $0, within: end)
      })
    {
      end -= width
    }
    return self[start..<end]
  }

  /// Whether there are no bytes but blanks.
  var isBlank: Bool { trimmingBlanks.isEmpty }

  /// Whether a blank of just this many bytes stands at an index.
  private func isBlank(_ index: Int, width: Int, within end: Int) -> Bool {
    guard index + width <= end else { return false }
    if width == 1 { return self[index] < 0x80 && Unicode.Scalar(self[index]).isBlank }
    let scalars = String(decoding: self[index..<(index + width)], as: UTF8.self).unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { return false }
    return scalar.isBlank && UTF8.width(scalar) == width
  }

  /// The bytes as text, with broken UTF-8 replaced.
  var string: String { String(decoding: self, as: UTF8.self) }
}

extension Array<UInt8> {
  /// The bytes of a mark such as `<answer>`.
  init(mark: String) { self = Array(mark.utf8) }
  /// The opening tag of a name.
  static func opening(_ tag: String) -> [UInt8] { Array("<\(tag)>".utf8) }
  /// The closing tag of a name.
  static func closing(_ tag: String) -> [UInt8] { Array("</\(tag)>".utf8) }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether both are the same bytes.
  func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    let (own, others) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
    var position = 0
    while position &+ 8 <= count {
      let (left, right) = (
        own.loadUnaligned(fromByteOffset: position, as: UInt64.self),
        others.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      )
      guard left == right else { return false }
      position &+= 8
    }
    while position < count, self[position] == other[position] { position &+= 1 }
    return position == count
  }

  /// Where a pattern first occurs at or after a position.
  func offset(of pattern: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let first = pattern.first else { return start }
    // A first byte that doesn't return can't start a second candidate within the first.
    let restarts = pattern.dropFirst().contains(first)
    return restarts
      ? offsetWithFallback(of: pattern, from: start) : offsetDirectly(of: pattern, from: start)
  }

  private func offsetDirectly(of pattern: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var position = start
    let first = pattern[0]
    while position + pattern.count <= count {
      guard self[position] == first else {
        position += 1
        continue
      }
      var matched = 1
      while matched < pattern.count, self[position + matched] == pattern[matched] { matched += 1 }
      if matched == pattern.count { return position }
      position += matched
    }
    return nil
  }

  /// Knuth, Morris and Pratt's search.
  private func offsetWithFallback(
    of pattern: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    var fallback = [Int](repeating: 0, count: pattern.count)
    var length = 0
    for index in 1..<pattern.count {
      while length > 0, pattern[index] != pattern[length] { length = fallback[length - 1] }
      if pattern[index] == pattern[length] { length += 1 }
      fallback[index] = length
    }
    var matched = 0
    for index in start..<count {
      while matched > 0, self[index] != pattern[matched] { matched = fallback[matched - 1] }
      if self[index] == pattern[matched] { matched += 1 }
      if matched == pattern.count { return index + 1 - matched }
    }
    return nil
  }
}
