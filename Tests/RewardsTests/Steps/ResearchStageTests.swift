import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Stages of reward")
struct ResearchStageTests {
  static func trajectory(_ answer: String) throws -> Trajectory {
    var trajectory = try Trajectory(
      answers: ["Ada Lovelace"],
      [
        (.prompt, "Who?"), (.policy, "<search>who</search>"),
        (
          .environment,
          "Doc 1(Title: A) Ada Lovelace did at https://a.org/x\nDoc 2(Title: B) By Ada Lovelace\n"
        ), (.policy, "<answer>\(answer)</answer>"),
      ])
    trajectory.append(
      ToolEvent(turn: 0, tool: "search", arguments: "who", outcome: .returned(identifiers: ["d1"])))
    trajectory.append(
      ToolEvent(turn: 0, tool: "search", arguments: "who", outcome: .failed(.timedOut)))
    return trajectory
  }

  @Test("each stage is the sum that its formula says")
  func stages() async throws {
    let plain = try Self.trajectory("Ada Lovelace")
    #expect(try await ResearchStages.outcome().report(on: plain).score == .value(1))
    let process = try await ResearchStages.process(mostTurns: 4).report(on: plain)
    let processed = try #require(process.score.value)
    #expect(abs(processed - (1 + 0.2 * 0.5 - 0.1 * 0.5)) < 1e-12)
    let grounded = try await ResearchStages.grounded(mostTurns: 4).report(on: plain)
    let total = try #require(grounded.score.value)
    #expect(abs(total - (0.4 + 0.3 * 0 + 0.2 * 1 + 0.1 * 0.5)) < 1e-12)
    #expect(grounded.components.map(\.name).contains("crossValidation"))
  }

  @Test("the search agent's mix pays for seen sources and charges for invented ones")
  func searchAgent() async throws {
    let answer = "Ada [1], [2], [7] and [page](https://a.org/x)"
    let quality = ConstantReward(.value(0.5)).named("quality")
    let mix = ResearchStages.searchAgent(quality: quality, mostTurns: 4)
    let report = try await mix.report(on: try Self.trajectory(answer))
    let score = try #require(report.score.value)
    #expect(abs(score - (0.5 + 0.2 * 0.75 + 0.1 * 0.5 - 0.3 * 0.25)) < 1e-12)
    let uncited = try await mix.report(on: try Self.trajectory("Ada"))
    #expect(uncited.score.value == 0.5 + 0.1 * 0.5)
  }

  @Test("no answer is validated nowhere, and an answer of one source half")
  func crossValidation() async throws {
    let reward = CrossValidation()
    #expect(try await reward.report(on: try Self.trajectory("the")).score == .value(0))
    #expect(try await reward.report(on: try Self.trajectory("By Ada")).score == .value(0.5))
    let page = "Doc 1(Title: A) it was Ada\n"
    let twice = try Trajectory(
      answers: [],
      [
        (.policy, "a"), (.environment, page), (.policy, "b"), (.environment, page),
        (.policy, "<answer>Ada</answer>"),
      ])
    #expect(try await reward.report(on: twice).score == .value(0.5))
  }

  @Test("an agent that does nothing gains nothing")
  func idle() async throws {
    let idle = try Trajectory(answers: ["x"], [(.prompt, "Who?")])
    #expect(try await ResearchStages.process(mostTurns: 4).report(on: idle).score == .value(0))
    #expect(try await ResearchStages.grounded(mostTurns: 4).report(on: idle).score == .value(0))
  }
}
