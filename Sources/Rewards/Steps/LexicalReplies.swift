internal import Retrieval

/// The share of a text's content words, stemmed, that another text holds.
private func share(of text: String, in other: String) -> Double {
  let wanted = Set(TextAnalyzer.english.terms(in: text))
  let known = Set(TextAnalyzer.english.terms(in: other))
  return wanted.isEmpty ? 0 : Double(wanted.intersection(known).count) / Double(wanted.count)
}

extension ChecklistRequest: LexicallyAnswerable {
  /// The goal itself, as the only subgoal.
  func reply(by judge: LexicalJudge) -> String {
    "<answer>\nChecklist 1: \(goal.splitAtBlanks.joined(separator: " "))\n</answer>"
  }
}

extension ChecklistQuestion: LexicallyAnswerable {
  /// Yes where the share of a subgoal's words in what the agent sees and does is the judge's, In
  /// Progress from half of it on.
  func reply(by judge: LexicalJudge) -> String {
    let scene = observation + "\n" + action
    let verdicts = checklist.enumerated().map { index, subgoal in
      let found = share(of: subgoal, in: scene)
      let isUnderWay = found > 0 && found >= judge.relationShare / 2
      let verdict =
        found > 0 && found >= judge.relationShare ? "Yes" : isUnderWay ? "In Progress" : "No"
      return "Checklist \(index + 1): \(verdict)"
    }
    return "<answer>\n\(verdicts.joined(separator: "\n"))\n</answer>"
  }
}

extension CompletenessQuestion: LexicallyAnswerable {
  /// Yes where the calls hold the judge's share of the question's words.
  func reply(by judge: LexicalJudge) -> String {
    let found = share(of: question, in: calls.joined(separator: "\n"))
    return "complete: \(found > 0 && found >= judge.relationShare ? "yes" : "no")"
  }
}
