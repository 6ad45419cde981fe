import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Reward algebra")
struct WeightedSumTests {
  func anything() throws -> Trajectory { try Trajectory(answers: ["x"], [(.policy, "y")]) }

  @Test("weights multiply, sums add, names stay")
  func sum() async throws {
    let reward =
      0.5 * ConstantReward(3, name: "a") + 2
      * (ConstantReward(1, name: "b")
        - 0.25 * ConstantReward(2, name: "c"))
    #expect(reward.terms.map(\.weight) == [.constant(0.5), .constant(2), .constant(-0.5)])
    let report = try await reward.report(on: anything())
    #expect(report.score == .value(2.5))
    #expect(
      report.components == [
        RewardComponent(name: "a", score: .value(3)), RewardComponent(name: "b", score: .value(1)),
        RewardComponent(name: "c", score: .value(2)),
      ])
  }

  @Test("a missing part makes the sum missing, and the other parts stay visible")
  func missing() async throws {
    let reward =
      ConstantReward(1, name: "a") + ConstantReward(.missing(reason: "judge died"), name: "b")
    let report = try await reward.report(on: anything())
    #expect(report.score == .missing(reason: "b: judge died"))
    #expect(report.components.map(\.score) == [.value(1), .missing(reason: "judge died")])
  }

  @Test("a part of weight 0 is reported and changes nothing")
  func weightless() async throws {
    let reward =
      ConstantReward(1, name: "a") + 0 * ConstantReward(.missing(reason: "off"), name: "b")
    let report = try await reward.report(on: anything())
    #expect(report.score == .value(1))
    #expect(report.components.map(\.name) == ["a", "b"])
  }

  @Test("parts within parts keep their components, credits are weighted, notes are named")
  func details() async throws {
    struct Detailed: Reward {
      let name = "detailed"
      func report(on trajectory: Trajectory) async throws -> RewardReport {
        RewardReport(
          score: .value(2), components: [RewardComponent(name: "part", score: .value(5))],
          credits: [SpanCredit(span: 0, value: 4)], notes: ["well done"])
      }
    }
    let report = try await (0.5 * Detailed()).report(on: anything())
    #expect(report.score == .value(1))
    #expect(report.components.map(\.name) == ["detailed", "part"])
    #expect(report.credits == [SpanCredit(span: 0, value: 2)])
    #expect(report.notes == ["detailed: well done"])
  }

  @Test("two of a kind stand in one sum under different names")
  func renamed() async throws {
    let strict = ExactMatch().named("strict")
    let reward = 0.5 * strict + 0.5 * ExactMatch()
    let report = try await reward.report(on: anything())
    #expect(report.components.map(\.name) == ["strict", "exactMatch"])
  }

  @Test("a number that is not finite becomes missing")
  func notFinite() async throws {
    let bad = ClosureReward("ratio") { Double($0.turnCount - 1) / 0 }
    #expect(try await bad.report(on: anything()).score.value == nil)
    let infinite = ClosureReward("score") { _ in Score.value(.infinity) }
    #expect(try await infinite.report(on: anything()).score == .missing(reason: "score gave inf"))
    let overflow =
      1e300 * ConstantReward(1e300, name: "a") + ConstantReward(0, name: "b")
    #expect(try await overflow.report(on: anything()).score.value == nil)
  }

  @Test("an error of a part is the sum's error")
  func throwing() async throws {
    struct Broken: Error {}
    let broken = ClosureReward("broken") { trajectory -> Double in
      if trajectory.turnCount > 0 { throw Broken() }
      return 0
    }
    await #expect(throws: Broken.self) {
      try await (ConstantReward(1, name: "a") + broken).report(on: anything())
    }
  }
}
