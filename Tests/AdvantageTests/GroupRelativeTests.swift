import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Group-relative advantages")
struct GroupRelativeTests {
  private let presets: [GroupRelative] = [.grpo, .drGRPO, .rloo]

  /// One advantage per score, in one group of rows of one token.
  private func advantages(
    _ scores: [Score], by estimator: GroupRelative
  ) throws -> [Double] {
    let rows = try ScoredRows(
      scores: scores, groups: scores.map { _ in 0 }, tokenCounts: scores.map { _ in 1 })
    return try estimator.advantages(for: rows, as: Double.self).values
  }

  @Test("a missing score changes nobody else's advantage, bit for bit")
  func missingMember() throws {
    for estimator in presets {
      let whole = try advantages([.value(1), .value(3), .value(2)], by: estimator)
      let gap = try advantages(
        [.value(1), .missing(reason: "timeout"), .value(3), .value(2)], by: estimator)
      #expect([gap[0], gap[2], gap[3]] == whole)
      #expect(gap[1] == 0)
    }
  }

  @Test(
    "a group of equal rewards teaches nothing, whatever rounding did to them",
    arguments: [
      [0.1, 0.1, 0.1],
      [Double(Float(0.1)), 0.1, Double(Float(0.1).nextUp), Double(Float(0.1).nextDown)],
      [0.1, 0.1 + 1e-9, 0.1 - 1e-9],
      [-7.3, -7.3, -7.3 * (1 + 1e-12)],
      [0, 0, 0, 0],
    ])
  func constantGroup(scores: [Double]) throws {
    for estimator in presets {
      #expect(
        try advantages(scores.map { .value($0) }, by: estimator) == scores.map { _ in 0 })
    }
  }

  @Test("a small spread that is more than rounding does teach")
  func smallSpread() throws {
    let result = try advantages([.value(0.5), .value(0.5001)], by: .drGRPO)
    #expect(abs(result[1] - 0.00005) < 1e-12)
  }

  @Test("a lone rollout is worth nothing, itself or an error, as asked")
  func loneMember() throws {
    var estimator = GroupRelative.drGRPO
    let scores: [Score] = [.value(3), .missing(reason: "crash")]
    #expect(try advantages(scores, by: estimator) == [0, 0])
    estimator.loneMember = .raw
    #expect(try advantages(scores, by: estimator) == [3, 0])
    estimator.loneMember = .refuse
    #expect(throws: AdvantageError.loneMember(group: 0)) { try advantages(scores, by: estimator) }
  }

  @Test("without baseline and scale the advantage is the score, also of a constant group")
  func scoreItself() throws {
    let estimator = GroupRelative(baseline: .none, scale: .none)
    #expect(try advantages([.value(1), .value(1)], by: estimator) == [1, 1])
  }

  @Test("permuting rows permutes advantages, bit for bit", arguments: 0..<40)
  func permutation(seed: Int) throws {
    let batch = RandomBatch(seed: seed)
    var random = RandomStream(seed: UInt64(seed)).child("order")
    let order = random.shuffled(Array(batch.scores.indices))
    for estimator in presets {
      let straight: Ragged<Double> = try estimator.advantages(for: batch.rows())
      let permuted: Ragged<Double> = try estimator.advantages(for: batch.permuted(order).rows())
      #expect(permuted == straight.picking(order))
    }
  }

  @Test("other groups play no part", arguments: 0..<20)
  func groupsAreSeparate(seed: Int) throws {
    let batch = RandomBatch(seed: seed)
    let first = batch.groups.indices.filter { batch.groups[$0] == batch.groups[0] }
    let all: Ragged<Double> = try GroupRelative.grpo.advantages(for: batch.rows())
    let alone: Ragged<Double> = try GroupRelative.grpo.advantages(for: batch.permuted(first).rows())
    #expect(alone == all.picking(first))
  }

  @Test("branches share their rollout's advantage and count once", arguments: 0..<20)
  func branches(seed: Int) throws {
    var batch = RandomBatch(seed: seed, branching: 0)
    let plain: Ragged<Double> = try GroupRelative.grpo.advantages(for: batch.rows())
    batch.scores.append(batch.scores[0])
    batch.groups.append(batch.groups[0])
    batch.rollouts.append(batch.rollouts[0])
    batch.tokenCounts.append(2)
    let branched: Ragged<Double> = try GroupRelative.grpo.advantages(for: batch.rows())
    #expect(Array(branched.values.dropLast(2)) == plain.values)
    if let first = branched[row: 0].first {
      #expect(Array(branched.values.suffix(2)) == [first, first])
    }
  }

  @Test("advantages of a group add up to 0, also leaving one out", arguments: 0..<20)
  func sumsToZero(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let scores = (0..<(2 + random.index(below: 9))).map { _ in Score.value(random.normal()) }
    for estimator in presets {
      #expect(abs(try advantages(scores, by: estimator).reduce(0, +)) < 1e-12)
    }
  }

  @Test("adding a constant to all scores changes nothing, scaling them only unscaled advantages")
  func affineScores() throws {
    let scores = [0.3, 0.9, -0.4, 0.1]
    let moved = scores.map { Score.value(2 * $0 + 5) }
    let exact = GroupRelative(scale: .standardDeviation(correction: 1, epsilon: 0))
    for (estimator, factor) in [(exact, 1.0), (.drGRPO, 2), (.rloo, 2)] {
      let before = try advantages(scores.map { .value($0) }, by: estimator)
      let after = try advantages(moved, by: estimator)
      for (before, after) in zip(before, after) { #expect(abs(after - factor * before) < 1e-12) }
    }
  }

  @Test("finite scores never give NaN", arguments: 0..<60)
  func finite(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let magnitudes = [0, 1e-300, 1e-30, 1e-9, 1, 1e9, 1e100]
    let scores = (0..<(1 + random.index(below: 6))).map { _ in
      Score.value(random.normal() * magnitudes[random.index(below: magnitudes.count)])
    }
    for baseline in GroupRelative.Baseline.allCases {
      for scale in [
        GroupRelative.Scale.none, .standardDeviation(correction: 0, epsilon: 0),
        .standardDeviation(correction: 1, epsilon: 1e-6),
      ] {
        let estimator = GroupRelative(baseline: baseline, scale: scale)
        #expect(try advantages(scores, by: estimator).allSatisfy { !$0.isNaN })
      }
    }
  }

  @Test("single precision is double precision, rounded once")
  func singlePrecision() throws {
    let rows = try RandomBatch(seed: 5).rows()
    let double: Ragged<Double> = try GroupRelative.grpo.advantages(for: rows)
    let single: Ragged<Float> = try GroupRelative.grpo.advantages(for: rows)
    #expect(single.values == double.values.map { Float($0) })
  }
}
