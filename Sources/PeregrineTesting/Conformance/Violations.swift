/// What a check found, in sentences.
struct Violations {
  private(set) var all: [String] = []

  /// Notes a sentence unless the condition holds.
  mutating func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { all.append(sentence()) }
  }

  /// Notes that something threw, unless it doesn't throw; returns its value.
  mutating func value<Value>(
    _ what: String, isolation: isolated (any Actor)? = #isolation,
    _ operation: () async throws -> Value
  ) async -> Value? {
    do {
      return try await operation()
    } catch {
      all.append("\(what) threw \(error)")
      return nil
    }
  }

  /// What several checks find, one after the other; one that throws does not stop the next.
  static func found(
    by checks: [(inout Violations) async throws -> Void],
    isolation: isolated (any Actor)? = #isolation
  ) async -> [String] {
    var violations = Violations()
    for check in checks {
      do {
        try await check(&violations)
      } catch {
        violations.require(false, "the policy threw \(error)")
      }
    }
    return violations.all
  }
}
