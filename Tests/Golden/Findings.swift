import OrderedJSON

/// What a check found in one case.
struct Findings {
  private let golden: GoldenCase
  /// How many things were compared.
  private(set) var comparisons = 0
  /// What differs from the original.
  private(set) var failures: [String] = []

  init(_ golden: GoldenCase) { self.golden = golden }

  /// Notes a difference.
  mutating func fail(_ message: String) { failures.append(message) }

  /// Compares numbers within the file's tolerance.
  mutating func expect(_ actual: [Double], _ expected: [Double], _ what: String) {
    comparisons += 1
    guard actual.count == expected.count else {
      return fail("\(what): \(actual.count) numbers, not \(expected.count)")
    }
    for (index, pair) in zip(actual, expected).enumerated()
    where !golden.agrees(pair.0, pair.1) {
      return fail("\(what)[\(index)] is \(pair.0), not \(pair.1)")
    }
  }

  mutating func expect(_ actual: Double, _ expected: Double, _ what: String) {
    comparisons += 1
    if !golden.agrees(actual, expected) { fail("\(what) is \(actual), not \(expected)") }
  }

  /// Compares anything that is equal or not.
  mutating func expect<Value: Equatable>(_ actual: Value, _ expected: Value, _ what: String) {
    comparisons += 1
    if actual != expected { fail("\(what) is \(actual), not \(expected)") }
  }

  /// Expects what the original raised an error for to be refused here too.
  mutating func expectError(_ what: String, from body: () throws -> Void) {
    comparisons += 1
    do {
      try body()
      fail("\(what) was accepted, where the original raises \(golden.raises ?? "an error")")
    } catch {}
  }
}

/// Checks one case of a topic.
typealias TopicCheck = @Sendable (GoldenCase, inout Findings) async throws -> Void
