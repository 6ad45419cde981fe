public import Trajectories

/// MMSearch-R1's reward: a right answer is worth less after a search, and the format counts a little.
///
///     score = (1 − formatWeight) · answer + formatWeight · format
///     answer = 1 if right, times (1 − searchPenalty) once or per search; else 0
///
/// Turns may be: an answer; a search and an answer; an image search, a text search and an answer.
/// Each is `<reason>…</reason>` followed by just one of `<answer>…</answer>`,
/// `<search><img></search>` and `<text_search>…</text_search>` at its end. The last turn's last
/// answer counts. Components: `answer` (after the penalty), `validFormat`, `searches`. A task without
/// accepted answers can't be judged: missing.
///
/// - Source: Wu et al. 2025, "MMSearch-R1"; mmsearch_r1/utils/reward_score_mm/mmsearch_r1_score.py.
/// - Differs: more than three turns have no valid format, and their searches count; the original
///   stops the run.
public struct MMSearchR1: Reward {
  /// `mmSearchR1`.
  public var name: String { "mmSearchR1" }
  /// How an answer is right.
  public let matching: SearchR1Outcome.Matching
  /// The share that searching takes off a right answer.
  public let searchPenalty: Double
  /// The weight of the format.
  public let formatWeight: Double
  /// Whether each search takes its share, not only the first.
  public let countsSearches: Bool

  /// A reward.
  ///
  /// - Precondition: `searchPenalty` and `formatWeight` are in 0…1.
  public init(
    matching: SearchR1Outcome.Matching = .exact, searchPenalty: Double = 0.1,
    formatWeight: Double = 0.1, countsSearches: Bool = false
  ) {
    precondition(
      (0...1).contains(searchPenalty) && (0...1).contains(formatWeight),
      "searchPenalty and formatWeight must be in 0...1, got \(searchPenalty) and \(formatWeight)")
    self.matching = matching
    self.searchPenalty = searchPenalty
    self.formatWeight = formatWeight
    self.countsSearches = countsSearches
  }

  /// Judges the turns and the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { grade(turns: trajectory.agentTurns, accepted: $0) }
  }

  func grade(turns: [ArraySlice<UInt8>], accepted: [String]) -> Grade {
    let answer = turns.last.flatMap { AnswerExtraction().answer(in: [$0]) }?.trimmingBlanks.string
    var right = SearchR1Outcome(matching: matching).score(of: answer, anyOf: accepted)
    let (isValid, searches) = Self.format(of: turns)
    if right > 0, searches > 0 {
      for _ in 0..<(countsSearches ? searches : 1) { right *= 1 - searchPenalty }
    }
    return Grade(
      value: (1 - formatWeight) * right + formatWeight * (isValid ? 1 : 0),
      parts: ["answer": right, "validFormat": isValid ? 1 : 0, "searches": Double(searches)],
      notes: answer == nil ? ["no answer"] : [])
  }

  /// Whether the turns have a valid format, and in how many a search was called.
  ///
  /// The last of several turns is not asked for a search.
  static func format(of turns: [ArraySlice<UInt8>]) -> (isValid: Bool, searches: Int) {
    let kinds = turns.map(Turn.init)
    let searching = turns.count > 1 ? kinds.dropLast() : kinds[...]
    let isValid =
      switch kinds.map(\.kind) {
      case [.answer], [.imageSearch, .answer], [.textSearch, .answer],
        [.imageSearch, .textSearch, .answer]:
        true
      default: false
      }
    return (isValid, searching.count { $0.searches })
  }
}

/// A turn in MMSearch-R1's protocol.
private struct Turn {
  enum Kind: Equatable {
    case answer, imageSearch, textSearch
  }

  /// What the turn does, if it is well-formed.
  let kind: Kind?
  /// Whether it calls a search, well-formed or not.
  let searches: Bool

  private static let imageSearch = [UInt8](mark: "<search><img></search>")

  init(_ text: ArraySlice<UInt8>) {
    let text = text.trimmingBlanks
    let images = text.count(of: Self.imageSearch)
    let answers = (text.count(of: .opening("answer")), text.count(of: .closing("answer")))
    let queries = (
      text.count(of: .opening("text_search")), text.count(of: .closing("text_search"))
    )
    searches = images > 0 || queries.0 > 0 && queries.1 > 0
    switch (answers, images, queries) {
    case ((1, 1), 0, (0, 0)):
      kind = Self.endsReasoned(text, with: "answer") ? .answer : nil
    case ((0, 0), 0, (1, 1)):
      kind = Self.endsReasoned(text, with: "text_search") ? .textSearch : nil
    case ((0, 0), 1, (0, 0)):
      let rest = text.suffix(Self.imageSearch.count)
      let reason = Self.endOfReason(text)
      kind =
        rest == Self.imageSearch[...] && reason.map { $0 <= rest.startIndex } == true
        ? .imageSearch : nil
    default: kind = nil
    }
  }

  /// Whether a text is a reason followed by one pair of a tag at its end.
  private static func endsReasoned(_ text: ArraySlice<UInt8>, with tag: String) -> Bool {
    guard let reason = endOfReason(text), let open = text.range(of: .opening(tag), from: reason),
      let close = text.range(of: .closing(tag), from: open.upperBound)
    else { return false }
    return close.upperBound == text.endIndex
  }

  /// Where the one reason ends that the text starts with.
  private static func endOfReason(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.starts(with: [UInt8].opening("reason")), text.count(of: .opening("reason")) == 1,
      text.count(of: .closing("reason")) == 1
    else { return nil }
    return text.range(of: .closing("reason"))?.upperBound
  }
}
