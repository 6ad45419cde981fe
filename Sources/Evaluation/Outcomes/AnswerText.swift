/// What Search-R1's protocol calls an answer, and whether a text contains one.
enum AnswerText {
  /// The stripped text of the last closed `<answer>` in what the agent wrote; `nil` when none was
  /// closed.
  static func last(in text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let close = lastIndex(of: Array("</answer>".utf8), in: bytes, before: bytes.count),
      let open = lastIndex(of: opening, in: bytes, before: close)
    else { return nil }
    return strip(String(decoding: bytes[(open + opening.count)..<close], as: UTF8.self))
  }

  private static let opening = Array("<answer>".utf8)

  private static func lastIndex(of needle: [UInt8], in bytes: [UInt8], before end: Int) -> Int? {
    guard end >= needle.count else { return nil }
    return (0...(end - needle.count)).last { bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
  }

  static func strip(_ text: String) -> String {
    let tail = text.drop(while: \.isWhitespace)
    guard let last = tail.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(tail[...last])
  }

  /// Lower-cased runs of letters and digits, without the articles a, an, the.
  static func words(of text: String) -> [Substring] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }
      .filter { $0 != "a" && $0 != "an" && $0 != "the" }
  }

  /// Whether a phrase's words stand beside each other in a text's words; an empty phrase never does.
  static func words(_ text: [Substring], contain phrase: [Substring]) -> Bool {
    guard !phrase.isEmpty, text.count >= phrase.count else { return false }
    return (0...(text.count - phrase.count)).contains {
      text[$0..<($0 + phrase.count)].elementsEqual(phrase)
    }
  }
}
