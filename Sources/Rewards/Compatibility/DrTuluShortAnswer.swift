internal import OrderedJSON
internal import Retrieval

extension DrTulu {
  /// How a short answer's grade is found.
  package enum Label {
    /// The accepted answers that a label stands for: a list of JSON, one value of JSON, or its own
    /// text.
    package static func accepted(_ label: String) -> [String] {
      guard let json = try? JSONValue(parsing: label) else { return [label.trimmingBlanks] }
      return (json.array ?? [json]).map { $0.string ?? $0.text() }
    }
  }

  /// The reward of a short answer; the first boxed one goes before the first one in a tag, and
  /// blanks are an answer.
  package static func exactAnswer(
    _ prediction: String, label: String, grade: ShortAnswer.Grade
  ) -> Double {
    let accepted = Label.accepted(label)
    guard let answer = ShortAnswer.answer(in: [prediction]), !answer.isEmpty, !accepted.isEmpty
    else { return 0 }
    return ShortAnswer(grade: grade).worth(of: answer, accepted: accepted)
  }

  /// ReSearch's reward as DR Tulu has it: F1 of what stands after the last opening tag, up to a
  /// closing one if there is any, and 0.1 where that is 0.
  package static func researchF1(_ prediction: String, label: String) -> Double {
    let scanner = MarkupScanner(prediction)
    let (open, close) = (Array("<answer>".utf8), Array("</answer>".utf8))
    var (start, found) = (0, false)
    while let opening = scanner.range(of: open, from: start) {
      (start, found) = (opening.upperBound, true)
    }
    let closing = scanner.range(of: close, from: start)
    guard found || scanner.range(of: close, from: 0) != nil else { return 0 }
    let answer = scanner.text(start..<(closing?.lowerBound ?? scanner.bytes.count))
    if answer.isEmpty { return 0 }
    return ShortAnswer(grade: .tokenF1).worth(of: answer, accepted: Label.accepted(label))
  }

  /// Whether thinking ends right before a closed answer.
  package static func softFormat(_ text: String) -> Bool {
    thinkingEnds(before: "<answer>", closedBy: "</answer>", in: text, minimum: 0)
  }

  /// 5 times the share of distinct queries, if thinking ends before a closed answer and before a
  /// query.
  package static func ragFormat(_ text: String) -> Double {
    guard softFormat(text),
      thinkingEnds(before: "<search>", closedBy: "</search>", in: text, minimum: 1)
    else { return 0 }
    return 5 * SearchCallMarkup.distinctShare(of: SearchCallMarkup.search.queries(in: text))
  }

  private static func thinkingEnds(
    before open: String, closedBy close: String, in text: String, minimum: Int
  ) -> Bool {
    let scanner = MarkupScanner(text)
    let (open, close, think) = (Array(open.utf8), Array(close.utf8), Array("</think>".utf8))
    var last = -1
    while let next = scanner.range(of: close, from: last + 1) { last = next.lowerBound }
    var position = 0
    while let end = scanner.range(of: think, from: position) {
      position = end.upperBound
      let tag = scanner.skippingBlanks(from: position)
      if scanner.has(open, at: tag), last >= tag + open.count + minimum { return true }
    }
    return false
  }
}
