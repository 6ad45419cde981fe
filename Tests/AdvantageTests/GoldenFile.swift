import Foundation
import Testing
import Trajectories

/// A file of cases with known answers, in `Tests/Golden/algorithms`.
struct GoldenFile: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    let id: String
    let tag: String
    let input: [String: JSON]
    let expected: [String: JSON]
  }

  let rtol: Double
  let atol: Double
  let cases: [Case]

  init(_ name: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/algorithms/\(name).json").standardized
    self = try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: url))
  }

  /// The cases of some tags; every tag must occur.
  func cases(tagged tags: String...) throws -> [Case] {
    let found = cases.filter { tags.contains($0.tag) }
    try #require(Set(found.map(\.tag)) == Set(tags))
    return found
  }

  /// Expects numbers to be those of the file, within its tolerance.
  func expect(
    _ actual: [Double], _ expected: [Double], _ what: String, of golden: Case,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      actual.count == expected.count, "\(golden.id) \(what)", sourceLocation: location)
    for (index, pair) in zip(actual, expected).enumerated() {
      #expect(
        abs(pair.0 - pair.1) <= atol + rtol * abs(pair.1),
        "\(golden.id) \(golden.tag): \(what)[\(index)] is \(pair.0), not \(pair.1)",
        sourceLocation: location)
    }
  }

  func expect(
    _ actual: Double, _ expected: Double, _ what: String, of golden: Case,
    _ location: SourceLocation = #_sourceLocation
  ) {
    expect([actual], [expected], what, of: golden, location)
  }
}

extension GoldenFile.Case {
  func matrix(_ key: String) throws -> [[Double]] {
    try #require(input[key]?.matrix, "\(id) \(key)")
  }
  /// The entries of a matrix where the mask is not 0.
  func ragged(_ key: String, mask: String) throws -> Ragged<Double> {
    try Self.chosen(matrix(key), matrix(mask))
  }
  func expectedNumber(_ key: String) throws -> Double {
    try #require(expected[key]?.number, "\(id) \(key)")
  }
  func expectedRagged(_ key: String, mask: String) throws -> Ragged<Double> {
    let expected = try #require(expected[key]?.matrix, "\(id) \(key)")
    return try Self.chosen(expected, matrix(mask))
  }
  /// How many entries of each row the mask chooses.
  func tokenCounts(mask: String) throws -> [Int] {
    try matrix(mask).map { $0.count { $0 != 0 } }
  }

  private static func chosen(_ matrix: [[Double]], _ mask: [[Double]]) -> Ragged<Double> {
    Ragged(zip(matrix, mask).map { row, mask in zip(row, mask).filter { $1 != 0 }.map(\.0) })
  }
}

/// JSON as the files use it, with `"nan"`, `"inf"` and `"-inf"` for numbers that are not finite.
enum JSON: Decodable, Sendable {
  case number(Double)
  case string(String)
  case list([JSON])
  case object([String: JSON])
  case flag(Bool)
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  var number: Double? {
    switch self {
    case .number(let value): value
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }
  var list: [JSON]? { if case .list(let value) = self { value } else { nil } }
  var numbers: [Double]? { list?.compactMap(\.number) }
  var matrix: [[Double]]? { list?.compactMap { $0.list?.compactMap(\.number) } }
}
