import Advantage
import RandomStreams
import Testing

@Suite("Groups of one size, in single precision")
struct EqualGroupsTests {
  static let estimators: [GroupRelative] = [
    .grpo, .drGRPO, .rloo, .maxRL, .score,
    GroupRelative(scale: .standardDeviation(correction: 0, epsilon: 1e-4)),
    GroupRelative(scale: .batchStandardDeviation(correction: 1, epsilon: 1e-6)),
  ]

  @Test("agree with the double-precision estimator", arguments: estimators)
  func agrees(_ estimator: GroupRelative) throws {
    for size in [1, 2, 3, 4, 5, 8, 11, 16, 32, 1025] {
      var stream = RandomStream(seed: 5).child("scores", size)
      let scores = (0..<size * 37).map { _ in 1 + Float(stream.normal()) }
      let fast = try estimator.advantages(ofScores: scores, groupSize: size)
      let exact = try estimator.advantages(
        ofScores: scores.map(Double.init), groups: scores.indices.map { $0 / size })
      #expect(fast.count == exact.count)
      for (fast, exact) in zip(fast, exact) {
        #expect(abs(Double(fast) - exact) <= 1e-5 * (1 + abs(exact)) * (size == 2 ? 100 : 10))
      }
    }
  }

  @Test("a group of equal scores teaches nothing, whatever the scores and the size")
  func equalScores() throws {
    for size in [2, 3, 7, 8, 16, 33] {
      for score in [0, 0.1, -3.7, 1e20, 1e-20] as [Float] {
        let noisy = (0..<size * 20).map { score * (1 + ($0 % 2 == 0 ? 1e-9 : -1e-9)) }
        let advantages = try GroupRelative.grpo.advantages(ofScores: noisy, groupSize: size)
        #expect(advantages.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("huge scores give finite advantages, and infinite ones are refused by row")
  func huge() throws {
    let scores = (0..<64).map { Float($0 % 2 == 0 ? 3e38 : -3e38) }
    let advantages = try GroupRelative.grpo.advantages(ofScores: scores, groupSize: 8)
    for (score, advantage) in zip(scores, advantages) {
      #expect(abs(advantage - (score > 0 ? 1 : -1) * Float(0.935414)) < 1e-5)
    }
    var broken = scores
    broken[13] = .infinity
    #expect(throws: AdvantageError.nonFiniteScore(row: 13, value: .infinity)) {
      try GroupRelative.grpo.advantages(ofScores: broken, groupSize: 8)
    }
  }

  @Test("no scores have no advantages")
  func none() throws {
    #expect(try GroupRelative.grpo.advantages(ofScores: [Float](), groupSize: 8).isEmpty)
  }
}
