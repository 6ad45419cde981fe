/// The format of a response that calls tools and ends in a boxed answer.
///
///     <think>…</think> <tool>…</tool> <result>…</result> … <answer>… \boxed{…} …</answer>
///
/// - Source: ReSearch, verl/utils/reward_score/re_search.py; ARPO,
///   verl/utils/reward_score/deep_research.py.
struct BoxedAnswerFormat {
  /// The tags of the tools.
  let tools: [String]

  /// What breaks the format first; `nil` for a valid response.
  func breach(in text: ArraySlice<UInt8>) -> String? {
    let thoughts = text.count(of: .opening("think"))
    guard thoughts > 0, thoughts == text.count(of: .closing("think")) else {
      return "the think tags are not paired"
    }
    guard text.count(of: .opening("answer")) == 1, text.count(of: .closing("answer")) == 1 else {
      return "there is not one pair of answer tags"
    }
    for tool in tools where !resultsFollow(tool, in: text) {
      return "a call of \(tool) is not followed by its result"
    }
    guard let answer = text.body(between: .opening("answer"), and: .closing("answer")) else {
      return "the answer is closed before it is opened"
    }
    guard answer.contains(mark: [UInt8](mark: #"\boxed{"#)),
      answer.contains(UInt8(ascii: "}"))
    else { return "there is no box in the answer" }
    return nil
  }

  /// Whether each call that a result has not passed by is closed before its result is opened.
  private func resultsFollow(_ tool: String, in text: ArraySlice<UInt8>) -> Bool {
    var position = text.startIndex
    while let call = text.range(of: .opening(tool), from: position) {
      guard let result = text.range(of: .opening("result"), from: call.lowerBound),
        let end = text.range(of: .closing("result"), from: result.lowerBound),
        let callEnd = text[..<result.lowerBound].range(of: .closing(tool), from: call.lowerBound),
        callEnd.lowerBound > call.lowerBound
      else { return false }
      position = end.lowerBound
    }
    return true
  }

  /// The boxed answer of a valid response, with its blanks; `nil` if the box doesn't close.
  static func answer(in turns: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    AnswerExtraction(.tag("answer"), then: .box, choice: .first).answer(in: turns)
  }
}
