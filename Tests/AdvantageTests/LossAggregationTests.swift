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
    #expect(BatchCounts(rows) == BatchCounts(tokens: 5, sequences: 2))
    #expect(BatchCounts(rows, leavingOut: [3]) == BatchCounts(tokens: 2, sequences: 1))
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
    for mode in aggregations {
      #expect(
        mode.weights(for: first, counts: counts).perToken
          + mode.weights(for: second, counts: counts).perToken
          == mode.weights(for: whole).perToken)
    }
  }
}
