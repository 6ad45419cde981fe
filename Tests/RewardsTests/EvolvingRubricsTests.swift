import Foundation
import Rewards
import Testing
import Trajectories

@Suite("Evolving rubrics")
struct EvolvingRubricsTests {
  /// Scores a criterion's word in the response.
  static let judge = RLERTests.judge

  /// Proposes the words that some responses have and others lack.
  static let generator = patientJudge { prompt in
    let words = ["alpha", "beta", "delta"].filter { word in
      let shown = (1...8).compactMap { prompt.part("response \($0)") }
      let having = shown.count { $0.contains(word) }
      return having > 0 && having < shown.count
        && !(prompt.part("rubrics at hand") ?? "").contains(word)
    }
    let drafts = words.map { "{\"description\": \"\($0)\", \"title\": \"\($0)\"}" }
    return fenced("{\"positive_rubrics\": [\(drafts.joined(separator: ","))]}")
  }

  func reward(
    _ state: RubricBuffer = RubricBuffer(), generator: JudgeService = generator,
    settings: EvolvingRubrics.Settings = .init()
  ) -> EvolvingRubrics {
    EvolvingRubrics(
      state, judge: Self.judge, generator: generator, settings: settings,
      judging: RLERSettings(weights: .withoutCitations)
    ) { _ in .init(persistent: [WeightedRubric("gamma")]) }
  }

  func active(_ buffer: RubricBuffer, _ question: String = "Q") -> [String] {
    buffer.questions[question]?.active.map(\.title) ?? []
  }

  @Test("what sets a group apart becomes a rubric at once, and retires when all have learned it")
  func evolution() async throws {
    let reward = reward()
    let first = try await reward.reports(
      on: TrajectoryGroup(step: 0, answers: ["gamma alpha", "gamma"]))
    #expect(first.map { $0[component: "rubrics"] } == [.value(1), .value(0.5)])
    #expect(active(reward.state) == ["alpha"])

    _ = try await reward.reports(
      on: TrajectoryGroup(step: 1, answers: ["gamma alpha beta", "gamma alpha"]))
    #expect(active(reward.state) == ["beta"])
    #expect(reward.state.questions["Q"]?.inactive.map(\.title) == ["alpha"])
  }

  @Test("a group judged twice, or in another order, is judged the same")
  func pure() async throws {
    let groups = try [
      TrajectoryGroup(group: 0, answers: ["alpha", "beta"]),
      TrajectoryGroup(question: "R", group: 1, answers: ["alpha", ""]),
      TrajectoryGroup(group: 2, answers: ["delta", "alpha"]),
    ]
    let (left, right) = (reward(), reward())
    var reports: [[RewardReport]] = []
    for group in groups { reports.append(try await left.reports(on: group)) }
    var reversed: [[RewardReport]] = []
    for group in groups.reversed() {
      _ = try await right.reports(on: group)
      reversed.insert(try await right.reports(on: group), at: 0)
    }
    #expect(reports == reversed)
    #expect(left.state == right.state)
    #expect(active(left.state).sorted() == ["alpha", "beta", "delta"])
  }

  @Test("going on from a checkpoint is going on")
  func checkpoint() async throws {
    let steps = try [["alpha", "beta"], ["alpha delta", "alpha"], ["delta", ""], ["beta", "x"]]
      .enumerated().map { try TrajectoryGroup(step: $0, answers: $1) }
    let settings = EvolvingRubrics.Settings(activeLimit: 1)
    let whole = reward(settings: settings)
    var reports: [[RewardReport]] = []
    for step in steps { reports.append(try await whole.reports(on: step)) }

    var saved = Data()
    for cut in 0..<steps.count {
      let before = reward(settings: settings)
      for step in steps[..<cut] { _ = try await before.reports(on: step) }
      saved = try JSONEncoder().encode(before.state)
      let after = reward(
        try JSONDecoder().decode(RubricBuffer.self, from: saved), settings: settings)
      for index in cut..<steps.count {
        #expect(try await after.reports(on: steps[index]) == reports[index])
      }
      #expect(after.state == whole.state)
    }
  }

  @Test("a generator that fails costs a group nothing but new rubrics")
  func deadGenerator() async throws {
    let reward = reward(generator: patientJudge { _ in "I would rather not." })
    let reports = try await reward.reports(on: TrajectoryGroup(answers: ["gamma", "alpha"]))
    #expect(reports.map { $0[component: "rubrics"] } == [.value(1), .value(0)])
    #expect(reports.allSatisfy { $0.notes.contains { $0.hasPrefix("no new rubrics") } })
    #expect(active(reward.state) == [])
  }

  @Test("an empty group has no reports and leaves no trace")
  func empty() async throws {
    let reward = reward()
    #expect(try await reward.reports(on: TrajectoryGroup(answers: [])) == [])
    #expect(reward.state == RubricBuffer())
  }

  @Test("a generator's reply with too many, blank or nameless rubrics is unusable")
  func replies() throws {
    let question = RubricGenerationQuestion(question: "q", responses: ["a", "b"], limit: 1)
    for reply in [
      "{\"positive_rubrics\": [{\"description\": \"a\"}, {\"description\": \"b\"}]}",
      "{\"positive_rubrics\": [{\"description\": \" \\n\"}]}",
      "{\"negative_rubrics\": [{\"title\": \"b\"}]}", "{\"positive_rubrics\": \"x\"}", "[]",
      "{\"positive_rubrics\": [{\"description\": \"\\udc00\"}]}",
    ] {
      #expect(throws: UnusableReply.self, "\(reply)") { try question.answer(in: fenced(reply)) }
    }
    #expect(try question.answer(in: fenced("{}")) == GeneratedRubrics())
  }
}
