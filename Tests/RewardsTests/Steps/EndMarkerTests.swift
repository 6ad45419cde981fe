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
}
