/// Watches the bytes of a generation for the first stop text that they complete.
package struct StopTextWatch {
  private let texts: [(text: String, bytes: [UInt8])]
  private let longest: Int
  /// The end of what was generated, as long as a stop text could still begin in it.
  private var tail: [UInt8] = []

  /// Watches for any of some texts; empty ones are never completed.
  package init(_ texts: [String]) {
    self.texts = texts.filter { !$0.isEmpty }.map { ($0, Array($0.utf8)) }
    longest = self.texts.map(\.bytes.count).max() ?? 0
  }

  /// Takes the bytes of one more token and tells which text they complete, if any.
  ///
  /// Where one token completes several, the one that ends first counts, the longest of those. Takes
  /// time proportional to the token's bytes times the stop texts'.
  package mutating func complete(with bytes: some Sequence<UInt8>) -> String? {
    for byte in bytes {
      tail.append(byte)
      let completed = texts.filter { tail.suffix($0.bytes.count).elementsEqual($0.bytes) }
      if let longest = completed.max(by: { $0.bytes.count < $1.bytes.count }) {
        return longest.text
      }
    }
    tail.removeFirst(max(0, tail.count - longest))
    return nil
  }
}
