import Advantage
import Testing
import Trajectories

@Suite("Loss aggregation")
struct LossAggregationTests {
  private let sequenceModes: [LossAggregation] = [
    .sequenceMeanTokenMean, .sequenceMeanTokenSum, .constantLength(7),
  ]

  @Test("cutting a rollout into branches changes no weight")
  func branches() throws {
    let whole = try ScoredRows(
      scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [6, 3])
    let cut = try ScoredRows(
      scores: [.value(1), .value(1), .value(0)], groups: [0, 0, 0], rollouts: [0, 0, 1],
      tokenCounts: [4, 2, 3])
    for mode in aggregations {
      let (whole, cut) = (mode.weights(for: whole).perToken, mode.weights(for: cut).perToken)
      #expect(cut == [whole[0], whole[0], whole[1]])
    }
  }

  @Test("each rollout weighs the same, however long")
  func rolloutsWeighTheSame() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(1), .value(0)], groups: [0, 0, 0], rollouts: [0, 0, 1],
      tokenCounts: [4, 2, 3])
    let weights = LossAggregation.sequenceMeanTokenMean.weights(for: rows).perToken
    #expect(abs(weights[0] * 4 + weights[1] * 2 - 0.5) < 1e-15)
    #expect(abs(weights[2] * 3 - 0.5) < 1e-15)
  }

  @Test("missing, empty and left-out rows count in no denominator")
  func excluded() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .missing(reason: "crash"), .value(0), .value(1)],
      groups: [0, 0, 0, 0], tokenCounts: [2, 5, 0, 3])
    #expect(BatchCounts(rows) == BatchCounts(tokens: 5, sequences: 2, prompts: 1))
    #expect(BatchCounts(rows, leavingOut: [3]) == BatchCounts(tokens: 2, sequences: 1, prompts: 1))
    #expect(LossAggregation.tokenMean.weights(for: rows).perToken == [0.2, 0, 0, 0.2])
    #expect(
      LossAggregation.tokenMean.weights(for: rows, leavingOut: [3]).perToken == [0.5, 0, 0, 0])
    #expect(
      LossAggregation.sequenceMeanTokenSum.weights(for: rows).perToken == [0.5, 0, 0, 0.5])
  }

  @Test("nothing to count weighs nothing")
  func nothing() throws {
    let rows = try ScoredRows(
      scores: [.missing(reason: "outage")], groups: [0], tokenCounts: [4])
    for mode in aggregations { #expect(mode.weights(for: rows).perToken == [0]) }
    for mode in aggregations { #expect(mode.weights(tokenCounts: []).perToken == []) }
  }

  @Test("ranks that know the whole batch's counts add up to it")
  func ranks() throws {
    let whole = try ScoredRows(
      scores: [.value(1), .value(0), .value(1)], groups: [0, 0, 0], tokenCounts: [2, 3, 4])
    let counts = BatchCounts(whole)
    let first = try ScoredRows(scores: [.value(1)], groups: [0], tokenCounts: [2])
    let second = try ScoredRows(
      scores: [.value(0), .value(1)], groups: [0, 0], tokenCounts: [3, 4])
    for mode in aggregations where mode != .promptMean {
      #expect(
        mode.weights(for: first, counts: counts).perToken
          + mode.weights(for: second, counts: counts).perToken
          == mode.weights(for: whole).perToken)
    }
  }

  @Test("each prompt weighs the same, whatever its number of rollouts and their lengths")
  func promptsWeighTheSame() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(0), .value(1), .missing(reason: "crash"), .value(1)],
      groups: [0, 0, 1, 2, 1], tokenCounts: [2, 6, 3, 4, 0])
    #expect(BatchCounts(rows) == BatchCounts(tokens: 11, sequences: 3, prompts: 2))
    let weights = LossAggregation.promptMean.weights(for: rows).perToken
    let expected: [Double] = [1.0 / 16, 1.0 / 16, 1.0 / 6, 0, 0]
    #expect(weights == expected)
  }

  @Test("a rank that holds whole groups gets its share of a mean over prompts")
  func promptRanks() throws {
    let whole = try ScoredRows(
      scores: [.value(1), .value(0), .value(1)], groups: [0, 0, 1], tokenCounts: [2, 3, 4])
    let counts = BatchCounts(whole)
    let first = try ScoredRows(
      scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [2, 3])
    let second = try ScoredRows(scores: [.value(1)], groups: [1], tokenCounts: [4])
    let mode = LossAggregation.promptMean
    #expect(
      mode.weights(for: first, counts: counts).perToken
        + mode.weights(for: second, counts: counts).perToken == mode.weights(for: whole).perToken)
  }

  @Test("where gradients are averaged over ranks, each rank's weights are so many times as large")
  func averagedRanks() throws {
    let counts = BatchCounts(tokens: 10, sequences: 4, prompts: 4)
    for mode in aggregations {
      let added = mode.weights(tokenCounts: [2, 3], counts: counts).perToken
      let averaged = try mode.weights(tokenCounts: [2, 3], counts: counts, averagedOver: 4)
      #expect(averaged.perToken == added.map { 4 * $0 })
      #expect(throws: AggregationError.countsMissing(ranks: 4)) {
        try mode.weights(tokenCounts: [2, 3], counts: nil, averagedOver: 4)
      }
      #expect(
        try mode.weights(tokenCounts: [2, 3], counts: nil, averagedOver: 1)
          == mode.weights(tokenCounts: [2, 3]))
    }
    #expect(AggregationError.countsMissing(ranks: 4).description.contains("4 ranks"))
  }

  @Test("a rollout of several rows weighs as much as one of a single row in a rollout mean")
  func rolloutMean() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(1), .value(0)], groups: [0, 0, 0], rollouts: [0, 0, 1],
      tokenCounts: [4, 2, 3])
    let weights = LossAggregation.rolloutMean.weights(for: rows).perToken
    let expected: [Double] = [1.0 / 12, 1.0 / 12, 1.0 / 6]
    #expect(weights == expected)
  }
}
