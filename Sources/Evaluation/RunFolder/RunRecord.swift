internal import FoundationEssentials

/// A line of one of a run folder's `.jsonl` files.
public protocol RunRecord: Codable, Sendable {}

extension RunRecord {
  /// The record as one line of JSON with sorted keys and without its line break: the same record
  /// always gives the same bytes.
  ///
  /// Numbers that JSON can't hold are written as the strings `"NaN"`, `"Infinity"` and
  /// `"-Infinity"`, so that a diverged run stays on record.
  public func jsonLine() throws -> [UInt8] {
    Array(try RunCoding.encoder().encode(self))
  }
}

enum RunCoding {
  static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }

  /// What a person needs of a decoding error: where in the value, and what was wrong.
  static func reason(for error: any Error) -> String {
    let context: DecodingError.Context
    var missing: String?
    switch error {
    case DecodingError.keyNotFound(let key, let found):
      context = found
      missing = "no \"\(key.stringValue)\""
    case DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found),
      DecodingError.dataCorrupted(let found):
      context = found
    default: return "\(error)"
    }
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    let place = path.isEmpty ? "" : " at \(path.joined(separator: "."))"
    return (missing ?? context.debugDescription) + place
  }
}
