import OrderedJSON
import Rewards
import Testing
import Trajectories

@Suite("Rewards for tool use")
struct ToolUseTests {
  static let search = NamedToolCall(name: "search", parameters: ["q": "ada", "k": 3])
  static let book = NamedToolCall(name: "book", parameters: ["day": "monday"])

  static func message(_ calls: [String]) -> String {
    "<think>hm</think>\n<tool_call>\n\(calls.joined(separator: "\n"))\n</tool_call>"
  }

  @Test("the order of calls makes no difference, a call too many does")
  func order() {
    let match = ToolCallMatch()
    #expect(match.score([Self.book, Self.search], against: [Self.search, Self.book]) == 1)
    #expect(match.score([Self.search], against: [Self.search]) == 1)
    // Names 1/2, parameter names 1 and both values of 1 + 3.
    #expect(match.score([Self.search, Self.book], against: [Self.search]) == 3.5 / 4)
    #expect(match.score([], against: [Self.search]) == 0)
    #expect(match.score([], against: []) == 1)
  }

  @Test("one call can't stand for two")
  func reuse() {
    // Names 1/2, then 1 parameter name and 1 value for the first wanted call only.
    let wanted = [Self.book, Self.book]
    #expect(ToolCallMatch().score([Self.book], against: wanted) == 2.5 / 5)
  }

  @Test("coarser comparisons give no credit for parts")
  func granularity() {
    let near = NamedToolCall(name: "search", parameters: ["q": "ada", "k": 4])
    #expect(ToolCallMatch(.fine).score([near], against: [Self.search]) == 3.0 / 4)
    #expect(ToolCallMatch(.wholeCalls).score([near], against: [Self.search]) == 0.5)
    #expect(ToolCallMatch(.exact).score([near], against: [Self.search]) == 0)
    let reordered = NamedToolCall(name: "search", parameters: ["k": 4, "q": "ada"])
    #expect(ToolCallMatch(.strictNames).score([reordered], against: [Self.search]) == 2.0 / 4)
  }

  @Test("a message has the shape of its reference or it has not")
  func shapes() {
    let calls = ToolMessageShape(callsTools: true, responds: false)
    #expect(calls.matches(Self.message(["{}"])))
    #expect(calls.matches("<think></think>\n<tool_call>\n\n</tool_call>"))
    #expect(!calls.matches(Self.message(["{}"]) + "<tool_call>"))
    #expect(!calls.matches("<think>x</think>\n<tool_call>\n<tool_call>\n</tool_call>"))
    #expect(!calls.matches("<think>x</think><tool_call>\n{}\n</tool_call>"))
    #expect(!calls.matches("x" + Self.message(["{}"])))
    let both = ToolMessageShape(of: "<tool_call> and <response>")
    #expect(both.matches(Self.message(["{}"]) + "\n<response>r</response>"))
    #expect(!both.matches(Self.message(["{}"])))
    let neither = ToolMessageShape(callsTools: false, responds: false)
    #expect(neither.matches("<think>a</think>"))
    #expect(!neither.matches("<think>a</think> b"))
  }

  @Test("schedules move the bounds as released")
  func schedules() {
    #expect(ToolRLSchedule.constant.bounds(atStep: 99).correctness == -3...3)
    let switched = ToolRLSchedule.switched()
    #expect(switched.bounds(atStep: 29).correctness == -1...1)
    #expect(switched.bounds(atStep: 29).format == 0...1)
    #expect(switched.bounds(atStep: 30).correctness == -3...3)
    #expect(switched.bounds(atStep: 30).format == 0...0.5)
    let linear = ToolRLSchedule.linear()
    #expect(linear.bounds(atStep: 0).format == -2...2)
    #expect(linear.bounds(atStep: 75).format == -1...1.5)
    #expect(linear.bounds(atStep: 75).correctness == -2.5...2.5)
    #expect(linear.bounds(atStep: 900).format == -1...1)
    #expect(linear.bounds(atStep: 900).correctness == -3...3)
  }

  @Test("length is paid up to a number of words that grows")
  func length() {
    let message = "<think>\(String(repeating: "w ", count: 256))</think>"
    #expect(ToolRLLength().score(message, atStep: 0) == 0.5)
    #expect(ToolRLLength.growing.score(message, atStep: 0) == 0.67)
    #expect(ToolRLLength.growing.score(message, atStep: 105) == 0.4)
    #expect(ToolRLLength().score("no tags", atStep: 0) == 0)
  }

  @Test("ToolRL judges the last turn against the task's reference message")
  func toolRL() async throws {
    let call = #"{"name": "book", "parameters": {"day": "monday"}}"#
    let reference = Self.message([call])
    let right = try Trajectory(answers: [reference], [(.policy, reference)])
    #expect(try await ToolRLReward().report(on: right).score == .value(4))
    let broken = try Trajectory(answers: [reference], [(.policy, Self.message(["{oops"]))])
    let report = try await ToolRLReward().report(on: broken)
    #expect(report.score == .value(-2))
    #expect(report.components.map(\.name) == ["toolUse", "format", "correctness"])
    let noReference = try Trajectory(answers: ["<tool_call>x</tool_call>"], [(.policy, "x")])
    #expect(try await ToolRLReward().report(on: noReference).score.value == nil)
  }

  @Test("Tool-N1 gives 1 for the same calls in any order and 0 for anything less")
  func equality() async throws {
    let first = #"<tool_call>{"name": "a", "arguments": {"x": 1}}</tool_call>"#
    let second = #"<tool_call>{"name": "b", "arguments": {}}</tool_call>"#
    func score(_ message: String) async throws -> Score {
      let trajectory = try Trajectory(answers: [first + second], [(.policy, message)])
      return try await ToolCallEquality().report(on: trajectory).score
    }
    #expect(try await score("<think>t</think>\n\(second) \(first)\n") == .value(1))
    #expect(try await score("<think>t</think>\(first)") == .value(0))
    #expect(try await score("\(first)\(second)") == .value(0))
    #expect(try await score("<think>t</think>\(first)\(second) done") == .value(0))
    let other = #"<tool_call>{"name": "b", "arguments": {"x": null}}</tool_call>"#
    #expect(try await score("<think>t</think>\(first)\(other)") == .value(0))
  }

  @Test("ReTool gives +1 or -1, and passes on what can't be judged")
  func verified() async throws {
    let right = try Trajectory(answers: ["42"], [(.policy, "<answer>42</answer>")])
    let report = try await VerifiedAnswer().report(on: right)
    #expect(report.score == .value(1))
    #expect(report.components.map(\.name) == ["verifiedAnswer", "exactMatch"])
    let wrong = try Trajectory(answers: ["42"], [(.policy, "<answer>41</answer>")])
    #expect(try await VerifiedAnswer().report(on: wrong).score == .value(-1))
    let open = try Trajectory(answers: [], [(.policy, "<answer>41</answer>")])
    #expect(try await VerifiedAnswer().report(on: open).score.value == nil)
  }
}
