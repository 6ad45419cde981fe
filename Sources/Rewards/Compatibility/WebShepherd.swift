internal import Retrieval

/// Web-Shepherd's readers of judge replies as released, oddities included.
///
/// - Source: Web-Shepherd, src/webprm/models.py and src/utils/eval_utils.py.
public enum ReleasedWebShepherd {
  /// What a candidate without any reply is worth.
  public static let noReply = -100.0

  /// The judgement in a reply's tokens, alternatives matched by substring.
  ///
  /// An alternative counts once for each spelling that it contains, in every class that it contains
  /// one of: ` Yes` counts twice and `Nothing` is a No and a Not. The token after the one that ends
  /// the answer is read too. Without a verdict there is one subgoal of three zeros.
  public static func judgement(of tokens: [JudgeToken]) -> ChecklistJudgement {
    let answer = VerdictTokens.range(in: tokens)
    let verdicts = tokens[answer.lowerBound..<min(answer.upperBound + 1, tokens.count)]
      .compactMap(judgement)
    return ChecklistJudgement(
      verdicts.isEmpty ? [SubgoalJudgement(yes: 0, inProgress: 0, no: 0)] : verdicts)
  }

  private static func judgement(of token: JudgeToken) -> SubgoalJudgement? {
    let written = VerdictClass.allCases.first { verdict in
      spellings(of: verdict).contains { $0.isSameScalars(as: token.written.text) }
    }
    guard let written else { return nil }
    var mass = VerdictMass()
    if token.alternatives.isEmpty { mass.add(0, to: written) }
    for alternative in token.alternatives {
      for verdict in VerdictClass.allCases {
        for spelling in spellings(of: verdict) where contains(spelling, in: alternative.text) {
          mass.add(alternative.logProbability, to: verdict)
        }
      }
    }
    return mass.judgement
  }

  private static func contains(_ spelling: String, in text: String) -> Bool {
    MarkedText(text).contains(spelling)
  }

  /// A class's words bare and marked; its first word also after a space.
  private static func spellings(of verdict: VerdictClass) -> [String] {
    let words = verdict.words
    return words.flatMap { ["Ġ" + $0, $0, "Ċ" + $0] } + [" " + (words.first ?? "")]
  }

  /// What a reply's text is searched for.
  public enum Indicator: String, Sendable, Hashable, Codable, CaseIterable {
    /// Yes, In Progress and No for every subgoal.
    case checklist = "CHECKLIST EVALUATION"
    /// An integer.
    case score = "SCORE"
    /// Yes or No.
    case judge = "JUDGE"
  }

  /// The step score of a reply's text: word counts, an integer, or 1 for Yes; 0 for what can't be
  /// read.
  ///
  /// A checklist is scored by how often its words occur, within other words too:
  ///
  ///     (yes + in progress / 2) / (yes + no + in progress)
  public static func score(of reply: String, by indicator: Indicator) -> Double {
    switch indicator {
    case .checklist: return counted(MarkedText(VerdictTokens.answer(in: reply)))
    case .judge: return line(after: "JUDGE:", in: reply).contains("Yes") ? 1 : 0
    case .score where MarkedText(reply).contains("SCORE"):
      return firstInteger(in: line(after: "SCORE:", in: reply).text)
    case .score: return ranked(answerOrAll(of: reply))
    }
  }

  private static func counted(_ answer: MarkedText) -> Double {
    let yes = Double(answer.count("Yes"))
    let no = Double(answer.count("No"))
    let inProgress = Double(answer.count("In Progress"))
    let total = yes + no + inProgress
    return total == 0 ? 0 : (yes + inProgress * 0.5) / total
  }

  private static func ranked(_ answer: MarkedText) -> Double {
    answer.contains("Yes") ? 1 : answer.contains("In Progress") ? 0.5 : 0
  }

  private static func answerOrAll(of reply: String) -> MarkedText {
    let answer = MarkedText(reply).after("<answer>") ?? reply
    return MarkedText(
      MarkedText(MarkedText(answer).before("<answer>")).before("</answer>").trimmingBlanks)
  }

  /// The rest of the line after a label; all of the reply without the label.
  private static func line(after label: String, in reply: String) -> MarkedText {
    guard let rest = MarkedText(reply).after(label) else {
      return MarkedText(reply.trimmingBlanks)
    }
    let first = MarkedText(rest).before(label)
    return MarkedText(MarkedText(first).before("\n").trimmingBlanks)
  }

  private static func firstInteger(in text: String) -> Double {
    var digits = ""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if ("0"..."9").contains(scalar) {
        if digits.isEmpty, previous == "-" { digits = "-" }
        digits.unicodeScalars.append(scalar)
      } else if !digits.isEmpty {
        break
      }
      previous = scalar
    }
    return Double(digits) ?? 0
  }
}
