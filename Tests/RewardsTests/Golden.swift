import Foundation
import Testing

/// A file of cases that an original implementation answered.
struct Golden<Input: Decodable, Expected: Decodable>: Decodable {
  struct Case: Decodable {
    let id: String
    let input: Input
    let expected: Expected
  }
  let cases: [Case]

  /// Reads `Tests/Golden/rewards/NAME.json`.
  static func load(_ name: String) throws -> [Case] {
    let url = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/rewards/\(name).json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    try #require(!golden.cases.isEmpty)
    return golden.cases
  }
}

/// One string or several.
struct Strings: Decodable {
  let all: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let one = try? container.decode(String.self) {
      all = [one]
    } else {
      all = try container.decode([String].self)
    }
  }
}
