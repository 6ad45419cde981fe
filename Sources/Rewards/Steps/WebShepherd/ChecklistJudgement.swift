internal import Retrieval

/// How likely a subgoal is reached, under way, or neither.
///
/// - Source: Web-Shepherd, src/webprm/models.py.
public struct SubgoalJudgement: Sendable, Hashable, Codable {
  /// The probability of "Yes".
  public let yes: Double
  /// The probability of "In Progress".
  public let inProgress: Double
  /// The probability of "No".
  public let no: Double

  /// Probabilities.
  ///
  /// - Precondition: each is in 0…1.
  public init(yes: Double, inProgress: Double, no: Double) {
    precondition(
      [yes, inProgress, no].allSatisfy { (0...1).contains($0) },
      "probabilities must be in 0…1, got \(yes), \(inProgress), \(no)")
    self.yes = yes
    self.inProgress = inProgress
    self.no = no
  }

  /// Reached for certain.
  public static let reached = SubgoalJudgement(yes: 1, inProgress: 0, no: 0)
  /// Under way for certain.
  public static let underWay = SubgoalJudgement(yes: 0, inProgress: 1, no: 0)
  /// Neither for certain.
  public static let notReached = SubgoalJudgement(yes: 0, inProgress: 0, no: 1)

  /// P(yes) + P(in progress) / 2, in 0…1.5 by its parts and in 0…1 where they sum to 1.
  public var score: Double { yes + inProgress * 0.5 }
}

/// What a judge said of every subgoal of a checklist after a step.
public struct ChecklistJudgement: Sendable, Hashable, Codable {
  /// One judgement per subgoal, in the checklist's order.
  public let subgoals: [SubgoalJudgement]

  /// Judgements.
  public init(_ subgoals: [SubgoalJudgement]) { self.subgoals = subgoals }

  /// The mean over the subgoals of P(yes) + P(in progress) / 2; 0 without any.
  public var score: Double {
    subgoals.isEmpty ? 0 : subgoals.reduce(0) { $0 + $1.score } / Double(subgoals.count)
  }
}

/// A token that a judge wrote, with what else it could have written there.
public struct JudgeToken: Sendable, Hashable, Codable {
  /// A token and its natural-log probability.
  public struct Alternative: Sendable, Hashable, Codable {
    /// The token's text, spaces marked as the vocabulary marks them.
    public let text: String
    /// Its log-probability.
    public let logProbability: Double

    /// An alternative.
    public init(_ text: String, logProbability: Double) {
      self.text = text
      self.logProbability = logProbability
    }
  }

  /// What was written.
  public let written: Alternative
  /// The likeliest tokens at that place; empty where the server told none.
  public let alternatives: [Alternative]

  /// A token.
  public init(_ written: Alternative, alternatives: [Alternative] = []) {
    self.written = written
    self.alternatives = alternatives
  }
}

extension ChecklistJudgement {
  /// The judgement in a reply's tokens: one subgoal for each token between the answer's tags that
  /// begins a verdict.
  ///
  ///     P(class) = Σ over alternatives that begin a verdict of the class of exp(log-probability),
  ///                divided by the same sum over the three classes
  ///
  /// An alternative belongs to the class whose first word it is, blanks, `Ġ` and `Ċ` left out: `Yes`,
  /// `No`, `In`, and their likes (`Done`, `Not`, `Part`, …). Where no alternative belongs to a class,
  /// the written token has probability 1. Only the text after `<answer>` or `CHECKLIST EVALUATION:`
  /// up to `</answer>` is read.
  ///
  /// - Parameters:
  ///   - tokens: The reply.
  ///   - count: How many subgoals the checklist has.
  /// - Returns: `nil` unless there are exactly `count` verdicts.
  /// - Differs: the original matches alternatives by substring, so that `Nothing` is a No and a token
  ///   can count in two classes, and takes any number of verdicts; see ``ReleasedWebShepherd``.
  public static func reading(_ tokens: [JudgeToken], count: Int) -> ChecklistJudgement? {
    let answer = tokens[VerdictTokens.range(in: tokens)]
    let verdicts = answer.compactMap { token -> SubgoalJudgement? in
      guard let written = VerdictClass(of: token.written.text) else { return nil }
      var mass = VerdictMass()
      for alternative in token.alternatives {
        guard let found = VerdictClass(of: alternative.text) else { continue }
        mass.add(alternative.logProbability, to: found)
      }
      if mass.total == 0 { mass.add(0, to: written) }
      return mass.judgement
    }
    return verdicts.count == count ? ChecklistJudgement(verdicts) : nil
  }

  /// The judgement in a reply's text: a line `Checklist i: Yes`, `In Progress` or `No` for every
  /// subgoal in order, from 1.
  ///
  /// Read between `<answer>` and `</answer>`, or after `CHECKLIST EVALUATION:`; lines of another form
  /// are ignored outside the numbering but a subgoal that is missing, repeated or answered otherwise
  /// makes the reply unreadable.
  ///
  /// - Returns: `nil` unless all `count` subgoals are answered.
  /// - Differs: the original counts the words Yes, No and In Progress as substrings, so that Nothing
  ///   is a No and a subgoal that is left out raises the score; see ``ReleasedWebShepherd``.
  public static func reading(_ text: String, count: Int) -> ChecklistJudgement? {
    var subgoals: [SubgoalJudgement] = []
    for line in MarkedText(VerdictTokens.answer(in: text)).pieces(between: "\n") {
      guard let (number, verdict) = numbered(line) else { continue }
      guard number == subgoals.count + 1 else { return nil }
      switch verdict {
      case "Yes": subgoals.append(.reached)
      case "In Progress": subgoals.append(.underWay)
      case "No": subgoals.append(.notReached)
      default: return nil
      }
    }
    return subgoals.count == count ? ChecklistJudgement(subgoals) : nil
  }

  /// The number and the verdict in a line of the form `Checklist 3: Yes`.
  private static func numbered(_ line: String) -> (Int, String)? {
    let pieces = line.split(separator: ":", maxSplits: 1)
    guard pieces.count == 2 else { return nil }
    let head = pieces[0].split(separator: " ")
    guard head.count == 2, head[0] == "Checklist", let number = Int(head[1]) else { return nil }
    return (number, pieces[1].filter { $0 != "." }.trimmingBlanks)
  }
}
