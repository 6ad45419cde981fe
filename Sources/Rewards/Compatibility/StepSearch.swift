internal import Retrieval

/// StepSearch's scorer as its authors released it, oddities included.
///
/// It differs from ``StepSearchReward`` in this: word overlap is rounded to four decimals; of two
/// queries that go to the same needed one the later counts; and the trainer adds 0.6 of a step's
/// score to a tensor that already holds it, so that a step weighs 1.6 (``stepWeight``).
///
/// - Source: StepSearch, verl/utils/reward_score/qa_step.py and verl/trainer/main_ppo.py.
public enum ReleasedStepSearch {
  /// What a step's score is multiplied by on its way into the advantage: 1 + 0.6.
  public static let stepWeight = 1.6
  /// What the search-key score is multiplied by.
  public static let keyWeight = 0.618

  /// What the scorer returns.
  package struct Result: Sendable, Hashable {
    /// The reward: -1, or the answer's overlap plus the weighted search-key score.
    package let score: Double
    /// The answer's overlap with an accepted one.
    package let answer: Double
    /// Gain less redundancy of each search.
    package let steps: [Double]
    /// Unweighted.
    package let searchKeys: Double
  }

  /// Scores a transcript of the original's tags; `nil` where the original raises an error because
  /// there is no word to compare.
  package static func score(
    _ transcript: String, accepted: [String], needed: [[String]]?, paragraphs: [String]
  ) -> Result? {
    let overlap = overlap(of: answer(in: transcript), with: accepted)
    guard endsWithAnswer(transcript) else {
      return Result(score: -1, answer: overlap, steps: [], searchKeys: 0)
    }
    var steps: [Double] = []
    if !paragraphs.isEmpty {
      guard
        let gains = InformationGain.steps(documents(in: transcript), towards: paragraphs)
      else { return nil }
      steps = gains.map(\.score)
    }
    let queries = MarkedText(transcript).pairs("search").map { pair in
      MarkedText(pair.content).pieces(between: "<search>").joined().trimmingBlanks
    }
    let keys = needed.map { searchKeys(queries: queries, needed: $0) } ?? 0
    return Result(
      score: overlap + keys * keyWeight, answer: overlap, steps: steps, searchKeys: keys)
  }

  /// The overlap of words, rounded to four decimals; 0 without an answer.
  package static func overlap(of answer: String?, with accepted: [String]) -> Double {
    guard let answer else { return 0 }
    let overlap = AnswerNormalization.standard.tokenF1(answer, against: accepted)
    return (overlap * 10_000).rounded(.toNearestOrEven) / 10_000
  }

  /// The search-key score, in 0…1: the last query that goes to a needed one counts.
  package static func searchKeys(queries: [String], needed: [[String]]) -> Double {
    guard !queries.isEmpty, !needed.isEmpty else { return 0 }
    var last = [Double](repeating: 0, count: needed.count)
    let matches = SearchKeyCoverage.matches(queries: queries, needed: needed) {
      overlap(of: $0, with: $1)
    }
    for match in matches {
      if let match { last[match.group] = match.score }
    }
    return last.reduce(0, +) / Double(needed.count)
  }

  /// Whether there is an answer and nothing but blanks after the last one.
  package static func endsWithAnswer(_ transcript: String) -> Bool {
    guard let last = MarkedText(transcript).pairs("answer").last else { return false }
    return transcript[last.whole.upperBound...].trimmingBlanks.isEmpty
  }

  private static func answer(in transcript: String) -> String? {
    MarkedText(transcript).pairs("answer").last?.content.trimmingBlanks
  }

  /// The documents of each search that information follows.
  private static func documents(in transcript: String) -> [[String]] {
    var result: [[String]] = []
    var position = transcript.startIndex
    while let search = transcript.range(ofScalars: "<search>", from: position),
      let content = information(in: transcript, after: search.upperBound)
    {
      let pieces = MarkedText(String(transcript[content]).trimmingBlanks).pieces(between: "##>")
      result.append(pieces.dropFirst().map { MarkedText($0).before("<##").trimmingBlanks })
      position = content.upperBound
    }
    return result
  }

  /// What stands between the tags of the first information that directly follows a search's end.
  private static func information(
    in transcript: String, after start: String.Index
  ) -> Range<String.Index>? {
    var position = start
    while let close = transcript.range(ofScalars: "</search>", from: position) {
      let next =
        transcript.unicodeScalars[close.upperBound...].firstIndex { !$0.isBlank }
        ?? transcript.endIndex
      if transcript[next...].utf8.starts(with: "<information>".utf8) {
        let open = transcript.utf8.index(next, offsetBy: "<information>".utf8.count)
        return transcript.range(ofScalars: "</information>", from: open).map {
          open..<$0.lowerBound
        }
      }
      position = close.upperBound
    }
    return nil
  }
}
