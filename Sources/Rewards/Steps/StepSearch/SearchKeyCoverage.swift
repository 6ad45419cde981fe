/// How well an agent's queries cover the ones that the question needs.
///
///     score = Σ over needed queries g of max over the agent's queries q of F1(q, g) / needed queries
///
/// A needed query comes in several wordings; the closest counts, by word overlap after
/// normalization (see ``AnswerNormalization/tokenF1(_:against:)``). Each query of the agent counts
/// for the needed one it is closest to, ties to the earlier.
///
/// - Source: StepSearch, verl/utils/reward_score/qa_step.py (`step_search_keys_match`).
/// - Differs: the best query counts where two go to the same needed one; the original lets the later
///   overwrite the earlier, so that searching again can lose reward. See ``ReleasedStepSearch``.
public enum SearchKeyCoverage {
  /// The coverage, in 0…1; 0 without queries or without needed ones.
  ///
  /// - Complexity: Linear in the words of the queries times those of the needed ones.
  public static func score(queries: [String], needed: [[String]]) -> Double {
    guard !needed.isEmpty else { return 0 }
    var best = [Double](repeating: 0, count: needed.count)
    for match in matches(queries: queries, needed: needed) {
      guard let match else { continue }
      best[match.group] = max(best[match.group], match.score)
    }
    return best.reduce(0, +) / Double(needed.count)
  }

  /// For each query the needed one it is closest to, `nil` when it shares a word with none.
  static func matches(
    queries: [String], needed: [[String]],
    closeness: (String, [String]) -> Double = {
      AnswerNormalization.standard.tokenF1($0, against: $1)
    }
  ) -> [(group: Int, score: Double)?] {
    queries.map { query in
      var best: (group: Int, score: Double)?
      for (group, wordings) in needed.enumerated() {
        let score = closeness(query, wordings)
        if score > best?.score ?? 0 { best = (group, score) }
      }
      return best
    }
  }
}
