internal import Trajectories

/// Why a question was answered wrongly.
public enum BadCaseCause: String, Sendable, Hashable, Codable, CaseIterable {
  /// No answer was given: time, turns or tokens ran out, the agent looped, or something broke.
  case noAnswer
  /// The right answer stood in what the world answered, and another one was given.
  case answerMissed
  /// Needed passages are missing, and fewer searches were made than the question needs passages.
  case stoppedEarly
  /// Enough searches were made, and a needed passage was never returned: no query found it.
  case badQuery
  /// The searches returned every needed passage that is known, and still no accepted answer could
  /// be read there.
  case answerNotInResults

  /// A short name for people.
  public var title: String {
    switch self {
    case .noAnswer: "No answer"
    case .answerMissed: "Answer missed"
    case .stoppedEarly: "Stopped early"
    case .badQuery: "Bad query"
    case .answerNotInResults: "Answer not in results"
    }
  }

  /// One sentence that says what the cause means.
  public var explanation: String {
    switch self {
    case .noAnswer: "It ended without an answer."
    case .answerMissed: "The right answer was on a page it read; it gave another."
    case .stoppedEarly: "It answered after fewer searches than the question needs pages."
    case .badQuery: "It searched often enough, but no query found a page that was needed."
    case .answerNotInResults: "It found the known pages, but the answer could not be read there."
    }
  }
}

/// A question that was answered wrongly, with the first cause that applies.
///
/// Causes are tried in this order, so that each case has exactly one:
///
/// 1. ``BadCaseCause/noAnswer``: no `<answer>` was closed, however the trajectory ended.
/// 2. ``BadCaseCause/answerMissed``: an accepted answer stands in the environment's text.
/// 3. ``BadCaseCause/stoppedEarly``: a needed passage was not returned, and there were fewer
///    searches than the label `pages`. Without labels: there was no search at all.
/// 4. ``BadCaseCause/badQuery``: a needed passage was not returned.
/// 5. ``BadCaseCause/answerNotInResults``: everything else.
///
/// What is known for certain comes first: a page that held the answer outweighs pages that were
/// not found on the way to it.
public struct BadCase: Sendable, Hashable {
  /// What happened.
  public let outcome: Outcome
  /// Why it went wrong.
  public let cause: BadCaseCause

  /// The bad case of an outcome; `nil` for right answers (exact match of at least 1) and for
  /// outcomes that nobody could score.
  public init?(_ outcome: Outcome) {
    guard let exactMatch = outcome.exactMatch.value, exactMatch < 1 else { return nil }
    self.outcome = outcome
    cause =
      if outcome.givenAnswer == nil {
        .noAnswer
      } else if outcome.answerInResults == true {
        .answerMissed
      } else if outcome.isShortOfSearches {
        .stoppedEarly
      } else if !outcome.missingEvidence.isEmpty {
        .badQuery
      } else {
        .answerNotInResults
      }
  }

  /// At most `limit` cases of each cause, by cause and then in an order drawn from the seed.
  ///
  /// The choice depends on the seed and on each case's task and rollout, not on the order in which
  /// cases come.
  public static func sample(_ cases: [BadCase], perCause limit: Int, seed: UInt64) -> [BadCase] {
    BadCaseCause.allCases.flatMap { cause in
      cases.filter { $0.cause == cause }
        .map { (rank: $0.rank(seed: seed), badCase: $0) }
        .sorted { $0.rank < $1.rank }
        .prefix(max(0, limit))
        .map(\.badCase)
    }
  }

  /// A number that looks random, from FNV-1a and the finaliser of SplitMix64.
  private func rank(seed: UInt64) -> UInt64 {
    let rollout = outcome.rollout
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
    func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for byte in outcome.task.id.utf8 { absorb(byte) }
    for number in [rollout.step, rollout.group, rollout.member] {
      for shift in stride(from: 0, to: 64, by: 8) {
        absorb(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }
}

extension Outcome {
  fileprivate var isShortOfSearches: Bool {
    if needed.isEmpty { return searchCount == 0 }
    return !missingEvidence.isEmpty && searchCount < pages ?? needed.count
  }
}
