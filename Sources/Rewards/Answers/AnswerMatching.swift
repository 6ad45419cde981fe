extension AnswerNormalization {
  /// Whether an answer equals one of the accepted ones in comparable form.
  ///
  /// An empty answer equals an accepted one that is empty after normalization. No accepted answers
  /// means no.
  public func matches(_ answer: String, anyOf accepted: [String]) -> Bool {
    let answer = comparable(answer)
    return accepted.contains { comparable($0) == answer }
  }

  /// Whether one of the accepted answers occurs in an answer, in comparable form, also within words.
  ///
  /// An accepted answer that is empty after normalization occurs everywhere.
  public func contains(_ answer: String, anyOf accepted: [String]) -> Bool {
    let answer = comparable(answer)
    return accepted.contains { answer.contains(comparable($0)) }
  }

  /// Whether all words of one of the accepted answers occur in an answer, in any order.
  ///
  /// An accepted answer that is empty after normalization is covered by an empty answer only.
  ///
  /// - Source: R1-Searcher, train/reward_server_llama_stage1.py (cover exact match).
  public func covers(_ answer: String, anyOf accepted: [String]) -> Bool {
    let answer = comparable(answer)
    return accepted.contains { answer.covers(comparable($0)) }
  }

  /// The highest overlap of words between an answer and one of the accepted ones, in 0…1.
  ///
  /// See ``WordOverlap``; 0 without accepted answers.
  public func tokenF1(
    _ answer: String, against accepted: [String], rule: WordOverlapRule = .multiset
  ) -> Double {
    let answer = comparable(answer)
    return accepted.map { answer.overlap(with: comparable($0), rule: rule).f1 }.max() ?? 0
  }
}
