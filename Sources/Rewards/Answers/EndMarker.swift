/// The marker that ends a chat model's turn.
///
/// It is a token that the policy draws, so it stands in the record; a rule of form means what comes
/// before it.
enum EndMarker {
  static let all = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "</s>"]
    .map { Array($0.utf8) }
}

extension ArraySlice<UInt8> {
  /// The text before a marker that ends it, blanks behind the marker aside; only one is taken off.
  var withoutEndMarker: ArraySlice<UInt8> {
    guard let last = lastIndex(where: { $0 > 0x20 }) else { return self }
    let text = self[...last]
    guard let marker = EndMarker.all.first(where: { text.suffix($0.count) == $0[...] }) else {
      return self
    }
    return text.dropLast(marker.count)
  }
}
