internal import Retrieval

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The three verdicts on a subgoal, told by the word that one begins with.
enum VerdictClass: CaseIterable {
  case yes, no, inProgress

  /// The words, without the space before them.
  var words: [String] {
    switch self {
    case .yes: ["Yes", "yes", "YES", "Done", "Completed", "Correct"]
    case .no: ["No", "NO", "Not", "None", "Nope", "Un", "Wrong"]
    case .inProgress: ["In", "Pending", "Part", "Partial", "InProgress"]
    }
  }

  /// The class of a token; `nil` if no verdict begins with it.
  init?(of token: String) {
    var word = token.trimmingBlanks
    while let mark = word.unicodeScalars.first, mark == "Ġ" || mark == "Ċ" {
      word.unicodeScalars.removeFirst()
    }
    let found = Self.allCases.first { $0.words.contains { word.isSameScalars(as: $0) } }
    guard let found else { return nil }
    self = found
  }
}

/// Probability collected for each verdict.
struct VerdictMass {
  private(set) var mass: [VerdictClass: Double] = [:]

  mutating func add(_ logProbability: Double, to verdict: VerdictClass) {
    let probability = exp(min(logProbability, 0))
    mass[verdict, default: 0] += probability.isNaN ? 0 : probability
  }

  var total: Double { VerdictClass.allCases.reduce(0) { $0 + (mass[$1] ?? 0) } }

  /// The shares of the three; all 0 where nothing was collected.
  var judgement: SubgoalJudgement {
    let total = total
    func share(_ verdict: VerdictClass) -> Double {
      total > 0 ? min((mass[verdict] ?? 0) / total, 1) : 0
    }
    return SubgoalJudgement(
      yes: share(.yes), inProgress: share(.inProgress), no: share(.no))
  }
}

/// Where in a reply the verdicts stand.
enum VerdictTokens {
  /// The tokens from the answer's beginning up to the token that completes its end.
  static func range(in tokens: [JudgeToken]) -> Range<Int> {
    var opened = Marker(["<answer>", "CHECKLIST EVALUATION:"])
    var closed = Marker(["</answer>"])
    var start = tokens.count
    for (index, token) in tokens.enumerated() {
      if opened.isFound { start = min(start, index) }
      opened.read(token.written.text)
      closed.read(token.written.text)
      if closed.isFound { return min(start, index + 1)..<index + 1 }
    }
    return start..<tokens.count
  }

  /// A reply's text between the answer's tags, or after the words that announce it.
  static func answer(in reply: String) -> String {
    if let rest = MarkedText(reply).after("<answer>") {
      return MarkedText(MarkedText(rest).before("<answer>")).before("</answer>").trimmingBlanks
    }
    return (MarkedText(reply).pieces(between: "CHECKLIST EVALUATION:").last ?? reply)
      .trimmingBlanks
  }

  /// Finds words in a text that comes in pieces, in linear time.
  private struct Marker {
    let words: [String]
    private let longest: Int
    private var tail = ""
    private(set) var isFound = false

    init(_ words: [String]) {
      self.words = words
      longest = words.map(\.utf8.count).max() ?? 0
    }

    mutating func read(_ piece: String) {
      guard !isFound else { return }
      let text = tail + piece
      isFound = words.contains { MarkedText(text).contains($0) }
      tail = String(String.UnicodeScalarView(text.unicodeScalars.suffix(longest)))
    }
  }
}
