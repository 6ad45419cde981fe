import Advantage
import OrderedJSON
import Trajectories

/// What the originals were given, in the shape our estimators read.
///
/// Matrices are rows of positions with a mask; ours are rows of the selected ones.
struct EstimatorsInput {
  let golden: GoldenCase
  let mask: [[Bool]]

  init(_ golden: GoldenCase, mask key: String = "response_mask") throws {
    self.golden = golden
    mask = try golden.input.matrix(key).map { $0.map { $0 != 0 } }
  }

  var tokenCounts: [Int] { mask.map { $0.count { $0 } } }

  /// The entries of a matrix where the mask is set.
  func selected(_ matrix: [[Double]]) -> Ragged<Double> {
    Ragged(zip(matrix, mask).map { row, mask in zip(row, mask).filter(\.1).map(\.0) })
  }

  func selected(_ key: String) throws -> Ragged<Double> { selected(try golden.input.matrix(key)) }

  func expected(_ key: String) throws -> [Double] {
    selected(try golden.expected.matrix(key)).values
  }

  var positions: Ragged<Int> {
    Ragged(mask.map { mask in mask.indices.filter { mask[$0] } })
  }

  /// Rows whose scores are the sums of all of a row's rewards, masked ones too, as in verl.
  func rows(groups: String? = "index", rollouts: String? = nil) throws -> ScoredRows {
    try rows(
      scores: golden.input.matrix("token_level_rewards").map { $0.reduce(0, +) }, groups: groups,
      rollouts: rollouts)
  }

  func rows(
    scores: [Double], groups: String? = "index", rollouts: String? = nil
  ) throws -> ScoredRows {
    try ScoredRows(
      scores: scores.map { .value($0) },
      groups: groups.map { try estimatorsNumbers(golden.input.strings($0)) }
        ?? Array(scores.indices),
      rollouts: rollouts.map { try estimatorsNumbers(golden.input.strings($0)) },
      tokenCounts: tokenCounts)
  }

  /// Rows of score 0 whose rewards stand on tokens; rewards on masked tokens are lost, as in verl.
  func tokenRewardedRows(groups: String? = nil) throws -> ScoredRows {
    var rows = try rows(scores: mask.map { _ in 0 }, groups: groups)
    rows.tokenRewards = try selected("token_level_rewards")
    rows.positions = positions
    return rows
  }
}

/// Labels as numbers in order of first appearance.
func estimatorsNumbers(_ labels: [String]) -> [Int] {
  var numbers: [String: Int] = [:]
  return labels.map { label in
    let number = numbers[label] ?? numbers.count
    numbers[label] = number
    return number
  }
}

extension Findings {
  /// Compares an estimator's advantages with an expected matrix at the selected positions.
  mutating func expect(
    _ estimator: any AdvantageEstimator, on rows: ScoredRows, of input: EstimatorsInput,
    _ key: String = "advantages", returns: String? = nil
  ) throws {
    let credit = try estimator.credit(for: rows)
    expect(credit.advantages.values, try input.expected(key), key)
    if let returns {
      expect(credit.returns?.values ?? [], try input.expected(returns), returns)
    }
  }
}
