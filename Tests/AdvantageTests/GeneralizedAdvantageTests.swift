import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Generalized advantage estimation")
struct GeneralizedAdvantageTests {
  private func rows(seed: Int) throws -> ScoredRows {
    var rows = try RandomBatch(seed: seed).rows()
    var random = RandomStream(seed: UInt64(seed))
    rows.values = random.numbers(like: rows.offsets)
    rows.tokenRewards = random.numbers(like: rows.offsets)
    return rows
  }

  @Test("with lambda 1 the return is the discounted sum of what follows", arguments: 0..<20)
  func monteCarlo(seed: Int) throws {
    let rows = try rows(seed: seed)
    let discount = 0.9
    let credit = try GeneralizedAdvantage(discount: discount, lambda: 1, whitening: nil)
      .credit(for: rows)
    let returns = try #require(credit.returns)
    let rewards = try #require(rows.tokenRewards)
    for row in 0..<rows.rowCount {
      guard let score = rows.scores[row].value else {
        #expect(returns[row: row].allSatisfy { $0 == 0 })
        continue
      }
      var expected = score
      for token in rows.range(ofRow: row).reversed() {
        expected =
          token == rows.offsets[row + 1] - 1
          ? score + rewards.values[token] : rewards.values[token] + discount * expected
        #expect(abs(returns.values[token] - expected) < 1e-12)
      }
    }
  }

  @Test("with lambda 0 the advantage is the one-step surprise")
  func oneStep() throws {
    var rows = try ScoredRows(scores: [.value(2)], groups: [0], tokenCounts: [2])
    rows.values = Ragged([[0.5, 0.25]])
    let credit = try GeneralizedAdvantage(discount: 0.5, lambda: 0, whitening: nil)
      .credit(for: rows)
    #expect(credit.advantages.values == [0.5 * 0.25 - 0.5, 2 - 0.25])
  }

  @Test("a truncated row goes on from its bootstrap value, a terminated one from 0")
  func bootstrap() throws {
    var rows = try ScoredRows(
      scores: [.value(0), .value(0)], groups: [0, 0], tokenCounts: [2, 2])
    rows.values = Ragged([[0, 0], [0, 0]])
    rows.ends = [.terminated, .truncated(bootstrap: 4)]
    let credit = try GeneralizedAdvantage(discount: 0.5, lambda: 1, whitening: nil)
      .credit(for: rows)
    #expect(credit.advantages.values == [0, 0, 1, 2])
  }

  @Test("whitened advantages have mean 0 and variance 1, without the unscored rows")
  func whitened() throws {
    var rows = try ScoredRows(
      scores: [.value(1), .missing(reason: "crash"), .value(0)], groups: [0, 0, 0],
      tokenCounts: [3, 4, 3])
    var random = RandomStream(seed: 1)
    rows.values = random.numbers(like: rows.offsets)
    let credit = try GeneralizedAdvantage(whitening: Whitening(correction: 0, epsilon: 0))
      .credit(for: rows)
    #expect(credit.advantages[row: 1].allSatisfy { $0 == 0 })
    let moments = Moments(Array(credit.advantages[row: 0] + credit.advantages[row: 2]))
    #expect(abs(moments.mean) < 1e-12)
    #expect(abs(moments.sumOfSquares / 6 - 1) < 1e-12)
  }

  @Test("values must be there and finite")
  func refusals() throws {
    var rows = try ScoredRows(scores: [.value(1)], groups: [0], tokenCounts: [2])
    #expect(
      throws: AdvantageError.missingInput(estimator: "GeneralizedAdvantage", input: "values")
    ) { try GeneralizedAdvantage().credit(for: rows) }
    rows.values = Ragged([[0, .nan]])
    #expect(throws: AdvantageError.nonFiniteInput(input: "values", row: 0, token: 1)) {
      try GeneralizedAdvantage().credit(for: rows)
    }
  }

  @Test("flat arrays get the same, in either precision, up to rounding", arguments: 0..<20)
  func flat(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed)).child("flat")
    let counts = (0..<random.index(below: 12)).map { _ in random.index(below: 9) }
    var rows = try ScoredRows(
      scores: counts.map { _ in .value(0) }, groups: Array(counts.indices), tokenCounts: counts)
    let values = random.numbers(like: rows.offsets)
    let rewards = random.numbers(like: rows.offsets)
    rows.values = values
    rows.tokenRewards = rewards
    let estimator = GeneralizedAdvantage(discount: 0.95, lambda: 0.9, whitening: nil)
    let credit = try estimator.credit(for: rows)
    var advantages: [Double] = []
    var returns: [Double] = []
    estimator.fill(
      values: values.values, rewards: rewards.values, offsets: rows.offsets,
      advantages: &advantages, returns: &returns)
    #expect(zip(advantages, credit.advantages.values).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(zip(returns, credit.returns?.values ?? []).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(advantages.count == rows.tokenCount)
    var singles: [Float] = []
    var singleReturns: [Float] = [7]
    estimator.fill(
      values: values.values.map { Float($0) }, rewards: rewards.values.map { Float($0) },
      offsets: rows.offsets, advantages: &singles, returns: &singleReturns)
    #expect(zip(singles, advantages).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    #expect(singleReturns.count == rows.tokenCount)
  }

  @Test("single precision stays within its bound on long rows", arguments: [0.5, 0.95, 1])
  func singlePrecision(lambda: Double) throws {
    var random = RandomStream(seed: 3).child("long")
    let offsets = [0, 3000, 3000, 3001, 3040, 5000]
    let values = (0..<5000).map { _ in Float(random.normal() + 2) }
    let rewards = (0..<5000).map { _ in Float(random.normal()) }
    let estimator = GeneralizedAdvantage(discount: 0.999, lambda: lambda, whitening: nil)
    var (singles, singleReturns) = ([Float](), [Float]())
    estimator.fill(
      values: values, rewards: rewards, offsets: offsets, advantages: &singles,
      returns: &singleReturns)
    var (doubles, doubleReturns) = ([Double](), [Double]())
    estimator.fill(
      values: values.map(Double.init), rewards: rewards.map(Double.init), offsets: offsets,
      advantages: &doubles, returns: &doubleReturns)
    for (first, end) in zip(offsets, offsets.dropFirst()) {
      var (next, magnitude) = (0.0, 0.0)
      for token in (first..<end).reversed() {
        let value = Double(values[token])
        magnitude =
          abs(Double(rewards[token])) + abs(value) + 0.999 * abs(next) + 0.999 * lambda * magnitude
        next = value
        let bound = 0x1p-24 * (18 + Double(end - token) / 5) * magnitude
        #expect(abs(Double(singles[token]) - doubles[token]) <= bound, "token \(token)")
        #expect(singleReturns[token] == singles[token] + values[token])
      }
    }
  }

  @Test("a number that is not finite stays in its row, and huge sums may cancel")
  func singlePrecisionExtremes() {
    let estimator = GeneralizedAdvantage(lambda: 1, whitening: nil)
    var (advantages, returns) = ([Float](), [Float]())
    estimator.fill(
      values: Array(repeating: 0, count: 9),
      rewards: [1, .nan, 1, 1, 1, -3e38, 3e38, 3e38, -3e38], offsets: [0, 3, 5, 9],
      advantages: &advantages, returns: &returns)
    #expect(advantages[0].isNaN && advantages[1].isNaN)
    #expect(advantages[2...] == [1, 2, 1, 0, 3e38, 0, -3e38])
  }
}
