public import Policy

/// A tokenizer whose ids are the bytes of UTF-8: nothing to train, nothing to go wrong.
public struct ByteTokenizer: Tokenizer {
  /// A tokenizer of bytes.
  public init() {}

  /// 256.
  public var vocabularyCount: Int { 256 }

  /// The bytes of a text.
  public func encode(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  /// The byte itself; empty for an id outside `0 ..< 256`.
  public func bytes(of id: Int32) -> [UInt8] { UInt8(exactly: id).map { [$0] } ?? [] }

  /// Always `nil`: there are no special tokens.
  public func specialToken(_ text: String) -> Int32? { nil }
}
