extension AnswerNormalization {
  /// Whether an answer equals one of the accepted ones in comparable form.
  ///
  /// An empty answer equals an accepted one that is empty after normalization. No accepted answers
  /// means no.
  public func matches(_ answer: String, anyOf accepted: [String]) -> Bool {
    withForm(of: answer) { answer in
      accepted.contains { withForm(of: $0) { $0.isSame(as: answer) } }
    }
  }

  /// Whether one of the accepted answers occurs in an answer, in comparable form, also within words.
  ///
  /// An accepted answer that is empty after normalization occurs everywhere.
  public func contains(_ answer: String, anyOf accepted: [String]) -> Bool {
    withForm(of: answer) { answer in
      accepted.contains { withForm(of: $0) { answer.offset(of: $0, from: 0) != nil } }
    }
  }

  /// Whether all words of one of the accepted answers occur in an answer, in any order.
  ///
  /// An accepted answer that is empty after normalization is covered by an empty answer only.
  ///
  /// - Source: R1-Searcher, train/reward_server_llama_stage1.py (cover exact match).
  public func covers(_ answer: String, anyOf accepted: [String]) -> Bool {
    withForm(of: answer) { answer in
      accepted.contains { withForm(of: $0) { answer.covers($0) } }
    }
  }

  /// The highest overlap of words between an answer and one of the accepted ones, in 0…1.
  ///
  /// See ``WordOverlap``; 0 without accepted answers.
  public func tokenF1(
    _ answer: String, against accepted: [String], rule: WordOverlapRule = .multiset
  ) -> Double {
    withForm(of: answer) { answer in
      var best = 0.0
      for text in accepted {
        let overlap = withForm(of: text) { WordOverlap(of: answer, with: $0, rule: rule) }
        best = max(best, overlap.f1)
      }
      return best
    }
  }
}
