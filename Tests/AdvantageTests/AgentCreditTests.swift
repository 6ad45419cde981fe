import Advantage
import Testing
import Trajectories

@Suite("Credit inside a rollout")
struct AgentCreditTests {
  /// Rows of turns of one token each: the scores of each row's turns, and their states.
  private func rows(
    _ scores: [Double], turns: [[Double?]], states: [[String]]? = nil, groups: [Int]? = nil,
    rollouts: [Int]? = nil
  ) throws -> ScoredRows {
    var result = try ScoredRows(
      scores: scores.map { .value($0) }, groups: groups ?? scores.map { _ in 0 },
      rollouts: rollouts, tokenCounts: turns.map(\.count))
    result.steps = turns.indices.flatMap { row in
      turns[row].indices.map { turn in
        AgentStep(
          row: row, turn: turn,
          tokens: result.offsets[row] + turn..<result.offsets[row] + turn + 1,
          score: turns[row][turn].map { .value($0) } ?? .missing(reason: "no score"),
          state: states?[row][turn])
      }
    }
    return result
  }

  @Test("MT-GRPO adds a turn's advantage to its own tokens only")
  func multiTurn() throws {
    let rows = try rows([1, 0], turns: [[0, nil], [2, nil]])
    let estimator = MultiTurnGRPO(comparison: .drGRPO, coefficient: 0.5)
    #expect(try estimator.credit(for: rows).advantages.values == [0, 0.5, 0, -0.5])
  }

  @Test("MT-GRPO compares a rollout of one turn by outcome plus turn")
  func singleTurn() throws {
    let rows = try rows([1, 0], turns: [[4], [2, nil]])
    let estimator = MultiTurnGRPO(comparison: .drGRPO)
    #expect(try estimator.credit(for: rows).advantages.values == [1.5, -1.5, -0.5])
  }

  @Test("GiGPO compares what was done in the same situation, wherever it came up")
  func sameSituation() throws {
    let rows = try rows(
      [1, 0], turns: [[0, 1], [0, 0]], states: [["hall", "door"], ["door", "cellar"]])
    let estimator = GiGPO(episodes: .drGRPO, steps: .drGRPO, weight: 1, discount: 0.5)
    // The door was met twice: it led to 1 in the first rollout and to 0 in the second.
    #expect(try estimator.credit(for: rows).advantages.values == [0.5, 1, -1, -0.5])
  }

  @Test("GiGPO never compares situations of different tasks")
  func otherTask() throws {
    let rows = try rows(
      [1, 0], turns: [[1], [0]], states: [["door"], ["door"]], groups: [0, 1])
    #expect(try GiGPO().credit(for: rows).advantages.values == [0, 0])
  }

  @Test("a step that nobody scored hides the returns before it, not those after")
  func missingStep() throws {
    let rows = try rows([1], turns: [[1, nil, 2]], states: [["a", "a", "a"]])
    let steps = try #require(rows.steps)
    #expect(try GiGPO().returns(of: steps, in: rows) == [nil, nil, 2])
  }

  @Test("similar situations are one from the ratio on")
  func similar() throws {
    #expect(matchingRatio("", "") == 1)
    #expect(matchingRatio("abc", "") == 0)
    #expect(matchingRatio("abcd", "bcde") == 0.75)
    #expect(
      matchingRatio("private Thread currentThread;", "private volatile Thread currentThread;")
        > 0.86)
    #expect(matchingRatio("qabxcd", "abycdf") == 2.0 * 4 / 12)
    let rows = try rows(
      [1, 0], turns: [[1], [0]], states: [["you are in room A."], ["you are in room A"]])
    #expect(try GiGPO().credit(for: rows).advantages.values == [0.5, -0.5])
    let loose = GiGPO(matching: .similar(ratio: 0.95))
    #expect(try loose.credit(for: rows).advantages.values == [1, -1])
  }

  @Test("progress is spread backwards and adds up to the net progress")
  func stateScores() throws {
    let estimator = StateScoreCredit(GroupRelative.score, discount: 0.5, startsAtZero: true)
    let credits = estimator.turnCredits([0, 1, nil, 1.5])
    #expect(abs(credits.reduce(0, +) - 1.5) < 1e-15)
    #expect(credits[3] == 0.5 / (1 + 0.5 + 0.25 + 0.125))
    #expect(estimator.turnCredits([]) == [])
    // Without reach back, every turn keeps its own progress; stalling earns nothing.
    let own = StateScoreCredit(GroupRelative.score, discount: 0)
    #expect(own.turnCredits([1, 3, 3, 2]) == [0, 2, 0, -1])
  }

  @Test("state scores move credit inside a rollout, not between rollouts")
  func stateScoresCentred() throws {
    let rows = try rows([1, 0], turns: [[0, 0, 4], [0, 4, 0]])
    let moved = try StateScoreCredit(GroupRelative.drGRPO).credit(for: rows).advantages
    for row in 0..<2 {
      let total = moved[row: row].reduce(0, +)
      #expect(abs(total - 3 * (row == 0 ? 0.5 : -0.5)) < 1e-12)
    }
    #expect(moved[row: 0][2] > moved[row: 0][0])
  }

  @Test("turns far from a right end count less, those of a wrong one all the same")
  func decay() throws {
    let rows = try rows([1, 0], turns: [[nil, nil, nil], [nil, nil]])
    let estimator = TurnDecay(GroupRelative.drGRPO, discount: 0.5)
    #expect(
      try estimator.credit(for: rows).advantages.values == [0.125, 0.25, 0.5, -0.5, -0.5])
  }

  @Test("a rollout's advantage is divided by its turns, over all its rows")
  func dividedByTurns() throws {
    var rows = try rows(
      [1, 1, 0], turns: [[nil], [nil], [nil]], rollouts: [0, 0, 1])
    rows.steps = [
      AgentStep(row: 0, turn: 0, tokens: 0..<1), AgentStep(row: 1, turn: 1, tokens: 1..<2),
      AgentStep(row: 2, turn: 0, tokens: 2..<3),
    ]
    let estimator = DividedByTurns(GroupRelative.drGRPO)
    #expect(try estimator.credit(for: rows).advantages.values == [0.25, 0.25, -0.5])
  }

  @Test("a turn that branches repeat is one turn, and has one score")
  func repeatedTurn() throws {
    var rows = try rows([1, 1, 0], turns: [[nil], [nil], [nil]], rollouts: [0, 0, 1])
    rows.steps = [
      AgentStep(row: 0, turn: 0, tokens: 0..<1, score: .value(1)),
      AgentStep(row: 1, turn: 0, tokens: 1..<2, score: .value(1)),
      AgentStep(row: 2, turn: 0, tokens: 2..<3, score: .value(0)),
    ]
    #expect(
      try DividedByTurns(GroupRelative.drGRPO).credit(for: rows).advantages.values == [
        0.5, 0.5, -0.5,
      ])
    rows.steps?[1].score = .value(2)
    #expect(throws: AdvantageError.stepsDisagree(turn: 0, firstRow: 0, secondRow: 1)) {
      try DividedByTurns(GroupRelative.drGRPO).credit(for: rows)
    }
  }

  @Test("tokens that forks share get the mean of what their ends deserve")
  func sharedSegments() throws {
    var rows = try ScoredRows(
      scores: [.value(1), .value(0), .value(0.5)], groups: [0, 0, 0], tokenCounts: [3, 3, 2])
    // The first two rows share two tokens; the third was sampled from the prompt.
    rows.segments = Ragged([[7, 7, 1], [7, 7, 2], [3, 3]])
    let hard = try SharedSegments(GroupRelative.drGRPO).credit(for: rows).advantages
    #expect(hard.values == [0, 0, 0.5, 0, 0, -0.5, 0, 0])
  }

  @Test("step scores become token rewards at the end of their turn")
  func stepRewards() throws {
    var rows = try rows([1], turns: [[0.5, nil, 2]])
    try rows.addStepRewards(scale: 2)
    #expect(rows.tokenRewards?.values == [1, 0, 4])
    #expect(try RewardToGo().credit(for: rows).advantages.values == [6, 5, 5])
  }

  @Test("turns of trajectories are found by their spans")
  func stepsOfTrajectories() throws {
    var trajectory = Trajectory(
      task: AgentTask(id: "a", question: "?", answers: []),
      rollout: RolloutID(step: 0, group: 0, member: 0))
    func append(_ origin: SpanOrigin, turn: Int, count: Int) throws {
      try trajectory.append(
        Span(
          origin: origin, role: origin == .policy ? .assistant : .tool, turn: turn,
          tokens: Array(repeating: 1, count: count), text: Array(repeating: 97, count: count),
          offsets: Array(0...count),
          sampling: origin == .policy
            ? SamplingRecord(
              logProbabilities: Array(repeating: -1, count: count), weightVersion: 0,
              settings: SamplingSettings()) : nil))
    }
    try append(.policy, turn: 0, count: 3)
    try append(.policy, turn: 0, count: 1)
    try append(.environment, turn: 0, count: 5)
    try append(.policy, turn: 1, count: 2)
    trajectory.score = .value(1)
    // The very first token is never selected.
    #expect(
      try ScoredRows([trajectory]).steps == [
        AgentStep(row: 0, turn: 0, tokens: 0..<3), AgentStep(row: 0, turn: 1, tokens: 3..<5),
      ])
  }
}
