import Advantage
import Testing
import Trajectories

@Suite("Scored rows")
struct ScoredRowsTests {
  private func rows(
    _ scores: [Score], groups: [Int], rollouts: [Int]? = nil
  ) throws -> ScoredRows {
    try ScoredRows(
      scores: scores, groups: groups, rollouts: rollouts, tokenCounts: scores.map { _ in 1 })
  }

  @Test("scores that are not finite are refused by row")
  func nonFinite() {
    #expect(throws: AdvantageError.nonFiniteScore(row: 1, value: .infinity)) {
      try rows([.value(1), .value(.infinity)], groups: [0, 0])
    }
    #expect(throws: AdvantageError.self) { try rows([.value(.nan)], groups: [0]) }
  }

  @Test("a rollout belongs to one group and has one score")
  func oneRolloutOneScore() {
    #expect(throws: AdvantageError.rolloutInTwoGroups(rollout: 4, first: 0, second: 1)) {
      try rows([.value(1), .value(1)], groups: [0, 1], rollouts: [4, 4])
    }
    #expect(throws: AdvantageError.branchesDisagree(rollout: 4, firstRow: 0, secondRow: 1)) {
      try rows([.value(1), .value(2)], groups: [0, 0], rollouts: [4, 4])
    }
    #expect(throws: AdvantageError.branchesDisagree(rollout: 4, firstRow: 0, secondRow: 1)) {
      try rows([.value(1), .missing(reason: "late")], groups: [0, 0], rollouts: [4, 4])
    }
  }

  @Test("every group is counted under the one reason that fits")
  func signal() throws {
    let missing = Score.missing(reason: "no verdict")
    let rows = try rows(
      [
        .value(1), .value(1), .value(0), .value(0), .value(0.5), .value(0.5), .value(0),
        .value(1), missing, .value(1), missing,
      ],
      groups: [0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4])
    let signal = GroupSignal(rows)
    #expect(signal.allRight == 1)
    #expect(signal.allWrong == 1)
    #expect(signal.allAlike == 1)
    #expect(signal.differing == 1)
    #expect(signal.tooFewScores == 1)
    #expect(signal.missingScores == 2)
    #expect(signal.groups == 5)
    #expect(signal.silentFraction == 0.8)
    #expect(signal.diagnostics[.scoresMissing] == 2.0 / 11)
    #expect(signal.diagnostics[.groupsWithSignal] == 0.2)
  }

  @Test("what the environment wrote changes neither rows nor advantages")
  func environmentTokens() throws {
    func trajectory(member: Int, score: Double, page: Int) throws -> Trajectory {
      var result = Trajectory(
        task: AgentTask(id: "capital", question: "?", answers: []),
        rollout: RolloutID(step: 0, group: 0, member: member))
      func span(_ origin: SpanOrigin, _ role: Role, turn: Int, count: Int) throws -> Span {
        try Span(
          origin: origin, role: role, turn: turn, tokens: Array(repeating: 1, count: count),
          text: Array(repeating: 97, count: count), offsets: Array(0...count),
          sampling: origin == .policy
            ? SamplingRecord(
              logProbabilities: Array(repeating: -1, count: count), weightVersion: 0,
              settings: SamplingSettings()) : nil)
      }
      try result.append(span(.prompt, .user, turn: 0, count: 3))
      try result.append(span(.policy, .assistant, turn: 0, count: 2))
      try result.append(span(.environment, .tool, turn: 0, count: page))
      try result.append(span(.policy, .assistant, turn: 1, count: 2))
      result.score = .value(score)
      return result
    }
    func credit(page: Int) throws -> Credit {
      var rows = try ScoredRows([
        trajectory(member: 0, score: 1, page: page), trajectory(member: 1, score: 0, page: 1),
      ])
      #expect(rows.offsets == [0, 4, 8])
      rows.values = Ragged([[0.1, 0.4, 0.2, 0.6], [0.3, 0.1, 0.2, 0.0]])
      return try GeneralizedAdvantage(discount: 0.9, lambda: 0.8).credit(for: rows)
    }
    #expect(try credit(page: 1) == credit(page: 300))
  }

  @Test("trajectories of one group share one task")
  func mixedTasks() {
    let trajectories = ["a", "b"].enumerated().map { member, task in
      Trajectory(
        task: AgentTask(id: task, question: "?", answers: []),
        rollout: RolloutID(step: 0, group: 2, member: member))
    }
    #expect(throws: AdvantageError.mixedTasks(group: 2, first: "a", second: "b")) {
      try ScoredRows(trajectories)
    }
  }
}
