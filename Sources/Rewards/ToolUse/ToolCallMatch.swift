internal import OrderedJSON

/// How close an agent's tool calls come to the reference calls.
///
///     raw = J(names) + Σ over reference calls of the best unused call of the same name:
///             J(parameter names) + number of parameters with the reference's value
///     score = raw / (1 + Σ over reference calls of (1 + number of parameters)), in 0…1
///
/// `J` is the Jaccard index of multisets; two empty ones are alike, 1. Equal lists of calls score 1
/// exactly; their order counts for nothing else. Calls that the reference lacks lower `J(names)`.
/// Values are equal as JSON is (1 and 1.0 are, 1 and `true` are not).
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py (`compute_tool_call_reward`).
/// - Differs: the original compares values as Python does, for which 1 and `true` are equal.
public struct ToolCallMatch: Sendable, Hashable, Codable {
  /// What is compared.
  public enum Granularity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Names, parameter names and values.
    case fine
    /// As ``fine``, but names and parameter names have to agree as lists, in order.
    case strictNames
    /// Names, and whole calls: a call of the reference counts if an unused one equals it.
    case wholeCalls
    /// All or nothing: equal lists.
    case exact
  }

  /// What is compared.
  public let granularity: Granularity

  /// A comparison.
  public init(_ granularity: Granularity = .fine) { self.granularity = granularity }

  /// The score of calls against a reference, in 0…1.
  ///
  /// - Complexity: Reference calls times calls, of the same name.
  public func score(_ calls: [NamedToolCall], against reference: [NamedToolCall]) -> Double {
    if calls == reference { return 1 }
    if granularity == .exact { return 0 }
    var raw = likeness(reference.map(\.name), calls.map(\.name))
    var highest = 1.0
    var unused: [String: [NamedToolCall]] = Dictionary(grouping: calls, by: \.name)
    for wanted in reference {
      highest += granularity == .wholeCalls ? 1 : 1 + Double(wanted.parameters.count)
      guard var candidates = unused[wanted.name],
        let best = best(of: candidates, for: wanted)
      else { continue }
      candidates.remove(at: best.index)
      unused[wanted.name] = candidates
      raw += best.score
    }
    return raw / highest
  }

  private func best(
    of candidates: [NamedToolCall], for wanted: NamedToolCall
  ) -> (index: Int, score: Double)? {
    var best: (index: Int, score: Double)?
    for (index, candidate) in candidates.enumerated() {
      let score = score(candidate, for: wanted)
      if score > best?.score ?? 0 { best = (index, score) }
    }
    return best
  }

  private func score(_ call: NamedToolCall, for wanted: NamedToolCall) -> Double {
    if granularity == .wholeCalls { return call == wanted ? 1 : 0 }
    let equal = wanted.parameters.members.count { call.parameters[$0.key] == $0.value }
    return likeness(wanted.parameters.keys, call.parameters.keys) + Double(equal)
  }

  private func likeness(_ wanted: [String], _ given: [String]) -> Double {
    granularity == .strictNames
      ? (wanted == given ? 1 : 0) : Self.jaccard(wanted, given)
  }

  /// Shared elements over all elements, each with its multiplicity; 1 for two empty lists.
  ///
  ///     J(a, b) = |a ∩ b| / (|a| + |b| - |a ∩ b|)
  public static func jaccard(_ first: [String], _ second: [String]) -> Double {
    if first.isEmpty && second.isEmpty { return 1 }
    var counts: [[UInt8]: Int] = [:]
    for element in first { counts[Array(element.utf8), default: 0] += 1 }
    var shared = 0
    for element in second {
      let key = Array(element.utf8)
      guard let count = counts[key], count > 0 else { continue }
      counts[key] = count - 1
      shared += 1
    }
    return Double(shared) / Double(first.count + second.count - shared)
  }
}
