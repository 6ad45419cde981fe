internal import Retrieval

/// What one search brought: how much closer to the supporting paragraphs, and how much was old.
///
/// - Source: StepSearch, verl/utils/reward_score/qa_step.py (`step_information_gain`).
public struct InformationGain: Sendable, Hashable, Codable {
  /// By how much the best likeness to a supporting paragraph rose, averaged over them, in 0…1.
  public let gain: Double
  /// The share of the search's documents that an earlier one had returned, in 0…1.
  public let redundancy: Double

  /// A search's gain and redundancy.
  public init(gain: Double, redundancy: Double) {
    self.gain = gain
    self.redundancy = redundancy
  }

  /// Gain less redundancy, in -1…1.
  public var score: Double { gain - redundancy }

  /// What each of several searches brought, in order.
  ///
  ///     likeness(k, p) = max over documents d of search k of cos(tfidf(d), tfidf(p))
  ///     gain(k) = mean over paragraphs p of max(0, likeness(k, p) - best likeness to p so far)
  ///     redundancy(k) = documents of search k returned before / documents of search k
  ///
  /// TF-IDF is fitted on one document and the paragraphs at a time. A document that a search returns
  /// twice is old the second time. A search without documents brings nothing: 0 and 0.
  ///
  /// - Parameters:
  ///   - documents: The documents of each search.
  ///   - paragraphs: The paragraphs that support the answer.
  /// - Returns: One value per search, or `nil` where likeness can't be measured: there are no
  ///   paragraphs, or a document shares with all of them that they hold no word at all.
  /// - Complexity: Linear in the text of the documents, times the number of paragraphs.
  public static func steps(
    _ documents: [[String]], towards paragraphs: [String]
  ) -> [InformationGain]? {
    guard !paragraphs.isEmpty else { return nil }
    let targets = paragraphs.map { TermVectors.counts(of: comparable($0)) }
    var best = [Double](repeating: 0, count: targets.count)
    var seen = Set<[UInt8]>()
    var result: [InformationGain] = []
    for step in documents {
      var likeness = [Double](repeating: 0, count: targets.count)
      for document in step {
        guard let found = cosines(comparable(document), targets) else { return nil }
        likeness = zip(likeness, found).map { max($0, $1) }
      }
      let gain = zip(likeness, best).reduce(0) { $0 + max($1.0 - $1.1, 0) }
      best = zip(likeness, best).map { max($0, $1) }
      let old = step.count { !seen.insert(Array($0.utf8)).inserted }
      result.append(
        InformationGain(
          gain: min(gain / Double(targets.count), 1),
          redundancy: step.isEmpty ? 0 : Double(old) / Double(step.count)))
    }
    return result
  }

  /// The likeness of a text to each of some others, or `nil` when none of them has a term.
  ///
  /// An empty text is like nothing: all 0.
  package static func cosines(of text: String, with others: [String]) -> [Double]? {
    cosines(text, others.map(TermVectors.counts))
  }

  private static func cosines(_ text: String, _ others: [TermVectors.Counts]) -> [Double]? {
    guard !text.isEmpty else { return others.map { _ in 0 } }
    guard let vectors = TermVectors(counts: [TermVectors.counts(of: text)] + others) else {
      return nil
    }
    return others.indices.map { vectors.cosine(0, $0 + 1) }
  }

  private static func comparable(_ text: String) -> String {
    AnswerNormalization.standard.normalized(text)
  }
}
