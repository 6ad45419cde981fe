internal import Retrieval

/// O2-Searcher's reader of findings and its format score as released.
///
/// - Source: O2-Searcher, o2searcher/rewards/metrics/f1_reward.py and rewards_format.py.
public enum ReleasedO2Searcher {
  /// The findings of a transcript: the last of at least two answers, cut at every hyphen, so that
  /// `well-known` ends one finding and begins another.
  ///
  /// None for an answer of blanks or of the word `and`, which the prompt's example consists of.
  public static func findings(in transcript: String) -> [String] {
    let answers = MarkedText(transcript).pairs("answer")
    guard answers.count > 1, let last = answers.last?.content.trimmingBlanks,
      !Self.isPlaceholder(last)
    else { return [] }
    return MarkedText(last).pieces(between: "-").map(\.trimmingBlanks).filter { !$0.isEmpty }
  }

  /// The format score of an answer beside scikit-learn 1.9: every list of more than one finding is
  /// half diverse, and the prompt's placeholder is worth 0.
  ///
  /// The original multiplies a sparse matrix by its transpose with `*`. Where that has come to mean
  /// element by element, it fails, and a handler puts 0.5 in the place of the diversity that
  /// ``BulletList/diversity`` computes.
  public static func formatScore(of answer: String) -> Double {
    if isPlaceholder(answer.trimmingBlanks) { return 0 }
    let list = BulletList(answer)
    return list.score(diversity: list.findings.count > 1 ? 0.5 : 1)
  }

  private static func isPlaceholder(_ answer: String) -> Bool {
    answer.isEmpty || answer.lowercasedByScalar.isSameScalars(as: "and")
  }
}
