internal import Rewards

/// Answers with accepted ones, the same as in `Peers/answers.py`: alike in other clothes, alike in
/// part, or not alike.
struct AnswerPairs {
  private(set) var answers: [String] = []
  private(set) var accepted: [String] = []

  init(count: Int) {
    var draw = Draw()
    func words(_ count: Int) -> [String] {
      (0..<count).map { _ in Self.words[draw.below(Self.words.count)] }
    }
    for _ in 0..<count {
      let wanted = words(1 + draw.below(5))
      switch draw.below(3) {
      case 0: answers.append("The \(wanted.joined(separator: " ").uppercased()).")
      case 1:
        let own = words(1 + draw.below(3)) + wanted.prefix((wanted.count + 1) / 2)
        answers.append(own.joined(separator: " "))
      default: answers.append(words(1 + draw.below(8)).joined(separator: " "))
      }
      accepted.append(wanted.joined(separator: " "))
    }
  }

  /// Exact matches and the sum of F1, each score by itself.
  func scoreByScore() -> (exact: Int, overlap: Double) {
    let rules = AnswerNormalization.standard
    var (exact, overlap) = (0, 0.0)
    for index in answers.indices {
      let wanted = [accepted[index]]
      exact += rules.matches(answers[index], anyOf: wanted) ? 1 : 0
      overlap += rules.tokenF1(answers[index], against: wanted)
    }
    return (exact, overlap)
  }

  /// The same with answers that are made comparable once.
  func normalizedOnce() -> (exact: Int, overlap: Double) {
    let rules = AnswerNormalization.standard
    var (exact, overlap) = (0, 0.0)
    for index in answers.indices {
      let answer = rules.comparable(answers[index])
      let wanted = rules.comparable(accepted[index])
      exact += answer == wanted ? 1 : 0
      overlap += answer.overlap(with: wanted).f1
    }
    return (exact, overlap)
  }

  /// A linear congruential generator: the same numbers as in the peer.
  private struct Draw {
    private var state: UInt64 = 7

    mutating func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  private static let words =
    """
    the a an The Ada Lovelace Charles Babbage engine Analytical London 1815 1,815 born in of and \
    U.S.A. O'Brien co-founder Zürich São Paulo river bridge opened 1932 "Sydney" harbour (north) \
    Danube film directed by Nobel prize won physics 1903 Marie Curie first second third university \
    Lyon Company founded city capital France? Köln music album 2001: A song novel author mountain \
    4,810 metres yes no
    """.split(separator: " ").map(String.init)
}
