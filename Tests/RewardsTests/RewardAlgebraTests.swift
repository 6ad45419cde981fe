import PeregrineTesting
import Rewards
import Synchronization
import Testing
import Trajectories

@Suite("Gates, products, clamps, schedules")
struct RewardAlgebraTests {
  func record(step: Int = 0, _ text: String = "y") throws -> Trajectory {
    var trajectory = Trajectory(
      task: AgentTask(id: "t", question: "q", answers: ["x"]),
      rollout: RolloutID(step: step, group: 0, member: 0))
    let bytes = Array(text.utf8)
    try trajectory.append(
      Span(
        origin: .demonstration, role: .assistant, turn: 0, tokens: bytes.map(Int32.init),
        text: bytes, offsets: Array(0...bytes.count)))
    trajectory.status = .completed
    return trajectory
  }

  func constant(_ value: Double, _ name: String) -> ConstantReward {
    ConstantReward(value, name: name)
  }

  @Test("a closed gate hides what is behind it, an open one does not touch it")
  func gates() async throws {
    let style = constant(0.7, "style")
    let open = style.gated(by: constant(1, "format"))
    #expect(try await open.report(on: record()).score == .value(0.7))
    let shut = style.gated(by: constant(0.9, "format"), otherwise: -1)
    let report = try await shut.report(on: record())
    #expect(report.score == .value(-1))
    #expect(report.components.map(\.name) == ["format", "style"])
    #expect(report[component: "style"]?.value == nil)
    let nested = style.gated(by: constant(1, "content").gated(by: constant(0, "format")))
    #expect(try await nested.report(on: record()).score == .value(0))
    let unknown = style.gated(by: ConstantReward(.missing(reason: "dead"), name: "format"))
    #expect(try await unknown.report(on: record()).score == .missing(reason: "format: dead"))
  }

  @Test("what stands behind a closed gate is not judged")
  func gateSavesWork() async throws {
    let calls = Mutex(0)
    let costly = ClosureReward("costly") { _ -> Double in
      calls.withLock { $0 += 1 }
      return 1
    }
    _ = try await costly.gated(by: constant(0, "format")).report(on: record())
    #expect(calls.withLock { $0 } == 0)
    _ = try await costly.gated(by: constant(1, "format")).report(on: record())
    #expect(calls.withLock { $0 } == 1)
  }

  @Test("a bonus only for right answers, and the outcome is logged once")
  func onlyIfCorrect() async throws {
    let right = constant(1, "right")
    let reward = right + 0.5 * constant(0.8, "bonus").onlyIfCorrect(right)
    let report = try await reward.report(on: record())
    #expect(report.score == .value(1.4))
    #expect(report.components.map(\.name) == ["right", "bonus"])
    let wrong = constant(0, "right")
    let other = wrong + 0.5 * constant(0.8, "bonus").onlyIfCorrect(wrong)
    #expect(try await other.report(on: record()).score == .value(0))
  }

  @Test("a product is missing when a factor is, and names both")
  func products() async throws {
    let product = constant(0.5, "a") * constant(0.5, "b")
    let report = try await product.report(on: record())
    #expect(report.score == .value(0.25))
    #expect(report.components.map(\.name) == ["a", "b"])
    let missing = constant(0, "a") * ConstantReward(.missing(reason: "gone"), name: "b")
    #expect(try await missing.report(on: record()).score == .missing(reason: "b: gone"))
  }

  @Test("clamping keeps the part as it was, filling says so")
  func adjusting() async throws {
    let report = try await constant(3, "a").clamped(to: 0...1).report(on: record())
    #expect(report.score == .value(1))
    #expect(report[component: "a"] == .value(3))
    let dead = ConstantReward(.missing(reason: "dead"), name: "judge")
    #expect(try await dead.clamped(to: 0...1).report(on: record()).score.value == nil)
    let filled = try await dead.countingMissing(as: 0).report(on: record())
    #expect(filled.score == .value(0))
    #expect(filled.notes == ["counted as 0.0 because it is missing: dead"])
  }

  @Test("schedules start, end and hold where they should")
  func schedules() async throws {
    let line = RewardWeight.linear(from: 0.5, to: 0, over: 10..<20)
    #expect([0, 10, 15, 20, 99].map(line.value(at:)) == [0.5, 0.5, 0.25, 0, 0])
    let wave = RewardWeight.cosine(from: 1, to: 0, over: 0..<10)
    #expect(wave.value(at: 0) == 1 && wave.value(at: 10) == 0)
    #expect(abs(wave.value(at: 5) - 0.5) < 1e-15)
    #expect(wave.value(at: 1) > 0.9)
    let stairs = RewardWeight.staged(
      0, then: [.init(from: 5, weight: 1), .init(from: 9, weight: 2)])
    #expect([4, 5, 8, 9, 100].map(stairs.value(at:)) == [0, 1, 1, 2, 2])
    #expect((-2 * stairs).value(at: 9) == -4)
    let reward = constant(1, "a") + line * constant(1, "b")
    #expect(try await reward.report(on: record(step: 15)).score == .value(1.25))
    #expect(try await reward.report(on: record(step: 20)).score == .value(1))
  }

  @Test("an adaptive weight follows its metric, within its range, and can be restored")
  func adaptive() {
    let weight = AdaptiveWeight(startingAt: 0.5, target: 0.8, rate: 0.5, range: 0...1)
    weight.observe(0.6)
    #expect(abs(weight.value - 0.6) < 1e-12)
    weight.observe(.nan)
    #expect(abs(weight.value - 0.6) < 1e-12)
    for _ in 0..<100 { weight.observe(-1) }
    #expect(weight.value == 1)
    weight.state = 0.25
    #expect(RewardWeight.adaptive(weight).value(at: 3) == 0.25)
    weight.state = .infinity
    #expect(weight.value == 0.25)
  }

  @Test("what has a state is found wherever it stands in a formula")
  func statefulParts() {
    let judge = JudgeService(ScriptedJudge(["?"]))
    let base = MovingReference(judge: judge)
    let gate = WriterR1(judge: judge)
    let weight = AdaptiveWeight(startingAt: 0, target: 0, rate: 1, range: 0...1)
    let plain = constant(1, "plain")
    func parts(_ reward: some GroupReward) -> [ObjectIdentifier] {
      reward.statefulParts.map { ObjectIdentifier($0) }
    }
    let (one, two) = (ObjectIdentifier(base), ObjectIdentifier(gate))
    #expect(parts(plain).isEmpty)
    #expect(parts(base) == [one])
    #expect(parts(base.named("other").clamped(to: 0...1).countingMissing(as: 0)) == [one])
    #expect(parts(base.gated(by: gate)) == [one, two])
    #expect(parts(base * gate) == [one, two])
    #expect(
      parts(plain + 0.5 * base + 2 * RewardWeight.adaptive(weight) * gate)
        == [one, ObjectIdentifier(weight), two])
    #expect(parts(plain + CitationAwareMix(outcome: base, rubrics: gate)) == [one, two])
    #expect(parts(OutcomeRubricMix(outcome: base, rubrics: gate, rubricShare: 0)) == [one, two])
    #expect(
      parts(AnnealedMix(process: base, outcome: gate, processShare: .adaptive(weight)))
        == [ObjectIdentifier(weight), one, two])
    #expect(parts(GatedLevels([.init(plain), .init(base)])) == [one])
    #expect(parts(LongWriterZero(quality: base) { _ in nil }) == [one])
    #expect(parts(RefusalReward(base: base) { _ in nil }) == [one])
    #expect(parts(TongyiDeepResearch(answer: base)) == [one])
    #expect(parts(KimiResearcher(discount: 1, answer: base)) == [one])
    #expect(parts(VerifiedAnswer(by: base)) == [one])
  }

  @Test("rewards over groups and over single trajectories stand in one sum")
  func groups() async throws {
    let shortest = ClosureGroupReward("shortest") { group in
      let least = group.members.map(\.tokenCount).min()
      return group.members.map { .value($0.tokenCount == least ? 1 : 0) }
    }
    let reward = 0.5 * shortest + constant(1, "a") - 0.25 * constant(1, "b")
    let task = try record().task
    let group = TrajectoryGroup(task: task, members: [try record("long"), try record("s")])
    #expect(try await reward.reports(on: group).map(\.score) == [.value(0.75), .value(1.25)])
    #expect(
      try await reward.reports(on: group)[0].components.map(\.name) == ["shortest", "a", "b"])
    #expect(await checkGroupReward(reward) == [])
    #expect(await checkGroupReward(shortest.gated(by: ExactMatch()).clamped(to: 0...1)) == [])
    #expect(await checkGroupReward((shortest * ExactMatch()).named("both")) == [])
  }

  @Test("every combination of single rewards conforms")
  func conformance() async {
    let weight = RewardWeight.linear(from: 1, to: 0, over: 0..<3)
    #expect(await checkReward(ExactMatch().gated(by: TokenF1(), atLeast: 0.5)) == [])
    #expect(await checkReward(ExactMatch() * TokenF1()) == [])
    #expect(await checkReward(weight * ExactMatch() + TokenF1().clamped(to: 0...0.5)) == [])
    #expect(await checkReward(ExactMatch().countingMissing(as: 0).named("filled")) == [])
  }

  @Test("the kit for groups finds rewards that depend on order, count wrongly or throw")
  func kit() async {
    struct Faulty: GroupReward {
      let name = "faulty"
      let reports: @Sendable (TrajectoryGroup) throws -> [RewardReport]
      func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
        try reports(group)
      }
    }
    let first = Faulty { group in
      group.members.indices.map { RewardReport(score: .value($0 == 0 ? 1 : 0)) }
    }
    #expect(await checkGroupReward(first).contains { $0.contains("order of the members") })
    #expect(await checkGroupReward(first, isOrderFree: false) == [])
    let short = Faulty { _ in [] }
    #expect(await checkGroupReward(short).contains { $0.contains("0 reports on 1") })
    let throwing = Faulty { _ in throw CancellationError() }
    #expect(await checkGroupReward(throwing).contains { $0.contains("threw") })
    let outside = Faulty { group in
      group.members.map { _ in
        RewardReport(
          score: .value(0), credits: [SpanCredit(span: 0, tokens: 0..<1_000_000, value: 1)])
      }
    }
    #expect(await checkGroupReward(outside).contains { $0.contains("names tokens") })
  }
}
