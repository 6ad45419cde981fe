internal import Retrieval

extension AnswerNormalization {
  /// Whether an answer equals one of the accepted ones in comparable form.
  ///
  /// An empty answer equals an accepted one that is empty after normalization. No accepted answers
  /// means no.
  public func matches(_ answer: String, anyOf accepted: [String]) -> Bool {
    let answer = normalized(answer)
    return accepted.contains { normalized($0).isSameScalars(as: answer) }
  }

  /// Whether one of the accepted answers occurs in an answer, in comparable form, also within words.
  ///
  /// An accepted answer that is empty after normalization occurs everywhere.
  public func contains(_ answer: String, anyOf accepted: [String]) -> Bool {
    let answer = normalized(answer)
    return accepted.contains { answer.range(ofScalars: normalized($0)) != nil }
  }

  /// The highest overlap of words between an answer and one of the accepted ones, in 0…1.
  ///
  ///     F1 = 2 · precision · recall / (precision + recall)
  ///     precision = common / words of the answer,  recall = common / words of the accepted answer
  ///
  /// `common` counts shared words with their multiplicity. Without a shared word F1 is 0, also when
  /// both sides are empty.
  public func tokenF1(_ answer: String, against accepted: [String]) -> Double {
    let answer = tokens(of: answer)
    return accepted.map { Self.f1(answer, tokens(of: $0)) }.max() ?? 0
  }

  private static func f1(_ answer: [String], _ accepted: [String]) -> Double {
    var remaining: [[UInt8]: Int] = [:]
    for token in accepted { remaining[Array(token.utf8), default: 0] += 1 }
    var common = 0
    for token in answer {
      let key = Array(token.utf8)
      guard let count = remaining[key], count > 0 else { continue }
      remaining[key] = count - 1
      common += 1
    }
    guard common > 0 else { return 0 }
    let precision = Double(common) / Double(answer.count)
    let recall = Double(common) / Double(accepted.count)
    return 2 * precision * recall / (precision + recall)
  }
}
