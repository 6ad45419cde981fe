import Rewards
import Testing
import Trajectories

@Suite("The marker that ends a chat model's turn")
struct EndMarkerTests {
  static let call = "<tool_call>\n{\"name\": \"a\", \"parameters\": {}}\n</tool_call>"

  static let cases: [(reward: any Reward, answers: [String], message: String)] = [
    (
      StepSearchReward { _ in SearchReference(paragraphs: ["ada"]) }, ["Ada"],
      "<answer>Ada</answer>"
    ), (ToolRLReward(), ["<think>t</think>\n" + call], "<think>t</think>\n" + call),
    (ToolCallEquality(), [call], "<think>t</think>\n" + call),
    (
      KnowRLReward { _ in ["ada"] }, ["Ada"],
      "<think>ada</think><answer>Ada</answer>"
    ), (SearchR1Format(), ["Ada"], "<think>t</think><answer>Ada</answer>"),
    (MMSearchR1(), ["Ada"], "<reason>r</reason><answer>Ada</answer>"),
    (EquivalentAnswer(extraction: .lastLine), ["Ada"], "It was her:\nAda"),
    (
      LongWriterZero(quality: ExactMatch()) { _ in LengthBand(0, 9, maximum: 10) }, ["Ada"],
      "<think>t</think><answer>Ada</answer>"
    ),
  ]

  @Test("breaks no form, and only one of it is forgiven", arguments: cases.indices)
  func markers(_ index: Int) async throws {
    let (reward, answers, message) = Self.cases[index]
    func score(_ ending: String) async throws -> Double {
      let trajectory = try Trajectory(answers: answers, [(.policy, message + ending)])
      return try #require(try await reward.report(on: trajectory).score.value)
    }
    let plain = try await score("")
    for ending in ["<|im_end|>", "<|im_end|>\n", "\n<|endoftext|>", "</s>", "<|eot_id|>"] {
      #expect(try await score(ending) == plain, "\(ending)")
    }
    #expect(try await score("<|im_end|><|im_end|>") < plain)
    #expect(try await score("<|im_end|> and more") < plain)
  }

  @Test("breaks nothing at the end of a turn that calls a tool either")
  func betweenTurns() async throws {
    let trajectory = try Trajectory(
      answers: ["Ada"],
      [
        (.policy, "<think>t</think><search>who</search><|im_end|>\n"),
        (.environment, "<information>Ada</information>"),
        (.policy, "<think>t</think><answer>Ada</answer><|im_end|>"),
      ])
    #expect(try await SearchR1Format().report(on: trajectory).score == .value(1))
  }

  @Test("is no part of what RLER reads or of the message that CaRR judges")
  func judgedWords() async throws {
    let trajectory = try Trajectory(
      answers: ["Ada"], [(.policy, "<think>t</think>It was Ada.<|im_end|>\n")])
    let settings = RLERSettings(extraction: .lastLine)
    #expect(RLERResponse(trajectory, settings: settings).answer == "<think>t</think>It was Ada.")
    let judge = patientJudge { prompt in
      #expect(prompt.part("response") == "It was Ada.")
      return "extracted_final_answer: Ada\ncorrect: yes"
    }
    #expect(try await JudgedOutcome(judge: judge).report(on: trajectory).score == .value(1))
  }
}
