/// Turns text into token ids once, and token ids into bytes any number of times.
///
/// Nothing that a policy sampled is ever passed through ``encode(_:)``: ids in, ids out.
public protocol Tokenizer: Sendable {
  /// How many ids there are: every id is in `0 ..< vocabularyCount`.
  var vocabularyCount: Int { get }

  /// The ids of a text. Special tokens written out in the text become their one id.
  func encode(_ text: String) -> [Int32]

  /// The bytes one id stands for; empty for an id outside the vocabulary.
  func bytes(of id: Int32) -> [UInt8]

  /// The id of a special token by its exact text, or `nil`.
  func specialToken(_ text: String) -> Int32?
}

extension Tokenizer {
  /// The bytes of some ids joined, with the offset of each: `ids.count + 1` offsets.
  public func text(of ids: [Int32]) -> (bytes: [UInt8], offsets: [Int]) {
    var bytes: [UInt8] = []
    var offsets = [0]
    offsets.reserveCapacity(ids.count + 1)
    for id in ids {
      bytes.append(contentsOf: self.bytes(of: id))
      offsets.append(bytes.count)
    }
    return (bytes, offsets)
  }

  /// The text of some ids, with broken UTF-8 replaced.
  public func decode(_ ids: [Int32]) -> String {
    String(decoding: text(of: ids).bytes, as: UTF8.self)
  }
}
