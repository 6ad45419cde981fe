package import OrderedJSON
internal import Retrieval

extension DrTulu {
  /// 1, 0.5 or 0; 0 for everything else.
  package static func support(in reply: String) -> Double {
    switch rating(in: reply, after: "Rating: [[") {
    case "fully supported": 1
    case "partially supported": 0.5
    default: 0
    }
  }

  /// 1 for “relevant”, else 0.
  package static func relevance(in reply: String) -> Double {
    rating(in: reply, after: "Rating: [[") == "relevant" ? 1 : 0
  }

  /// 1 for “yes”, else 0.
  package static func need(in reply: String) -> Double {
    rating(in: reply, after: "Need Citation: [[") == "yes" ? 1 : 0
  }

  /// What stands in double brackets, up to the last ones of the line, in lower case.
  private static func rating(in reply: String, after prefix: String) -> String? {
    let (prefix, close) = (Array(prefix.utf8), Array("]]".utf8))
    for line in Array(reply.utf8).split(separator: UInt8(ascii: "\n")) {
      let scanner = MarkupScanner(String(decoding: line, as: UTF8.self))
      guard let open = scanner.range(of: prefix, from: 0)?.upperBound else { continue }
      var end = scanner.bytes.count - close.count
      while end >= open, !scanner.has(close, at: end) { end -= 1 }
      if end >= open { return scanner.trimmed(open..<end).lowercasedByScalar }
    }
    return nil
  }

  /// How many opening braces are tried; the original tries all, in quadratic time.
  private static let triedBraces = 256

  /// The object, or whatever parses, from one of the opening braces to the last closing one.
  ///
  /// From left to right; each is tried as it is and then with doubled braces made single.
  package static func json(in reply: String) -> JSONValue? {
    let bytes = Array(reply.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    guard let end = bytes.lastIndex(of: close) else { return nil }
    for start in bytes.indices.lazy.filter({ bytes[$0] == open && $0 < end }).prefix(triedBraces) {
      let piece = Array(bytes[start...end])
      if let value = try? JSONValue(parsing: piece) { return value }
      if let value = try? JSONValue(parsing: single(single(piece, open), close)) { return value }
    }
    return nil
  }

  /// The bytes with each pair of a brace made one.
  private static func single(_ bytes: [UInt8], _ brace: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      result.append(bytes[index])
      let doubled = bytes[index] == brace && index + 1 < bytes.count && bytes[index + 1] == brace
      index += doubled ? 2 : 1
    }
    return result
  }

  /// The number called score over a scale, not clamped; 0 for everything that isn't one.
  package static func rubricScore(in reply: String, scale: Double) -> Double {
    guard let score = json(in: reply)?["score"] else { return 0 }
    let number =
      switch score {
      case .bool(let flag): flag ? 1.0 : 0
      case .string(let text): Double(text.trimmingBlanks)
      default: score.double
      }
    return (number ?? 0) / scale
  }
}
