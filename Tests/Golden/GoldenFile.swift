import Foundation
import OrderedJSON
import Testing

/// The cases of one topic.
struct GoldenFile: Sendable {
  let cases: [GoldenCase]

  init(contentsOf url: URL) throws {
    let file = try JSONValue(parsing: Array(Data(contentsOf: url)))
    let rtol = file["rtol"]?.double ?? 1e-9
    let atol = file["atol"]?.double ?? 1e-12
    cases = try #require(file["cases"]?.array, "\(url.lastPathComponent) has no cases").map {
      GoldenCase(
        id: $0["id"]?.string ?? "?", tag: $0["tag"]?.string ?? "",
        input: $0["input"] ?? .null, expected: $0["expected"] ?? .null,
        raises: $0["raises"]?.string ?? $0["expected"]?["error"]?.string, rtol: rtol, atol: atol)
    }
  }
}

/// What an original was given, and what it answered.
struct GoldenCase: Sendable {
  let id: String
  let tag: String
  let input: JSONValue
  let expected: JSONValue
  /// The name of the error that the original raised.
  let raises: String?
  let rtol: Double
  let atol: Double

  /// Whether a number is the expected one, within the file's tolerance; NaN equals NaN.
  func agrees(_ actual: Double, _ expected: Double) -> Bool {
    if expected.isNaN { return actual.isNaN }
    if expected.isInfinite { return actual == expected }
    return abs(actual - expected) <= atol + rtol * abs(expected)
  }
}

/// A difference in the shape of a file from what its adaptor reads.
struct UnexpectedShape: Error, CustomStringConvertible {
  let description: String
}

extension JSONValue {
  /// A number; `"nan"`, `"inf"` and `"-inf"` stand for those that aren't finite, and booleans for
  /// 0 and 1.
  var asNumber: Double? {
    switch string {
    case "nan": .nan
    case "inf": .infinity
    case "-inf": -.infinity
    default: double ?? bool.map { $0 ? 1 : 0 }
    }
  }

  /// A list of numbers.
  var asNumbers: [Double]? { all { $0.asNumber } }
  /// Rows of numbers.
  var asMatrix: [[Double]]? { all { $0.asNumbers } }
  /// A list of strings.
  var asStrings: [String]? { all { $0.string } }

  /// All elements of a list in another form; `nil` if one of them has none.
  func all<Element>(_ transform: (JSONValue) -> Element?) -> [Element]? {
    guard let array else { return nil }
    let result = array.compactMap(transform)
    return result.count == array.count ? result : nil
  }

  /// The value of a key that must be there.
  func at(_ key: String) throws -> JSONValue {
    guard let value = self[key] else {
      throw UnexpectedShape(description: "there is no \"\(key)\" in \(typeName)")
    }
    return value
  }

  func number(_ key: String) throws -> Double { try read(key, "a number") { $0.asNumber } }
  func integer(_ key: String) throws -> Int { try read(key, "an integer") { $0.integer } }
  func flag(_ key: String) throws -> Bool { try read(key, "a boolean") { $0.bool } }
  func text(_ key: String) throws -> String { try read(key, "a string") { $0.string } }
  func numbers(_ key: String) throws -> [Double] { try read(key, "numbers") { $0.asNumbers } }
  func matrix(_ key: String) throws -> [[Double]] { try read(key, "a matrix") { $0.asMatrix } }
  func strings(_ key: String) throws -> [String] { try read(key, "strings") { $0.asStrings } }
  func list(_ key: String) throws -> [JSONValue] { try read(key, "a list") { $0.array } }

  private func read<Value>(
    _ key: String, _ what: String, _ transform: (JSONValue) -> Value?
  ) throws -> Value {
    guard let result = transform(try at(key)) else {
      throw UnexpectedShape(description: "\"\(key)\" is not \(what)")
    }
    return result
  }
}
