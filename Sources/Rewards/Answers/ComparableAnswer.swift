/// An answer in comparable form: words with single spaces between them.
///
/// Made by ``AnswerNormalization/comparable(_:)``. Two are equal when all their scalars are.
public struct ComparableAnswer: Sendable, Hashable {
  /// The form, in UTF-8.
  let utf8: [UInt8]

  /// The form, as text.
  public var text: String { String(decoding: utf8, as: UTF8.self) }

  /// Whether nothing was left of the answer.
  public var isEmpty: Bool { utf8.isEmpty }

  /// Whether another form occurs in this one, also within words; an empty one occurs everywhere.
  ///
  /// Takes time proportional to both.
  public func contains(_ other: ComparableAnswer) -> Bool {
    utf8[...].contains(mark: other.utf8)
  }

  /// Whether all words of another form occur in this one, in any order; an empty one is covered by
  /// an empty one only.
  public func covers(_ other: ComparableAnswer) -> Bool {
    utf8.withUnsafeBufferPointer { own in other.utf8.withUnsafeBufferPointer { own.covers($0) } }
  }

  var words: [ArraySlice<UInt8>] { utf8.split(separator: 0x20) }
}
