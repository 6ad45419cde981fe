internal import Trajectories

/// The backward recursion of generalised advantage estimation over scored rows.
struct TemporalDifference {
  let discount: Double
  /// The trace of each row. `[B]`
  let lambda: (Int) -> Double

  /// Advantages before any normalisation, and advantages plus values; 0 for rows without a score.
  func callAsFunction(
    _ rows: ScoredRows, for estimator: String
  ) throws(AdvantageError) -> (advantages: [Double], returns: [Double]) {
    guard let values = rows.values else {
      throw .missingInput(estimator: estimator, input: "values")
    }
    for row in 0..<rows.rowCount {
      if case .truncated(let bootstrap) = rows.ends[row], !bootstrap.isFinite {
        throw .nonFiniteInput(
          input: "bootstrap values", row: row, token: rows.range(ofRow: row).count)
      }
    }
    let count = rows.tokenCount
    if count == 0 { return ([], []) }
    var troubled: [Int] = []
    var returns: [Double] = []
    var advantages = [Double](unsafeUninitializedCapacity: count) { advantages, filled in
      returns = [Double](unsafeUninitializedCapacity: count) { returns, filled in
        values.values.withUnsafeBufferPointer { values in
          (rows.tokenRewards?.values ?? []).withUnsafeBufferPointer { rewards in
            if let values = values.baseAddress, let advantages = advantages.baseAddress,
              let returns = returns.baseAddress
            {
              let kernel = TemporalDifferenceKernel(
                values: values, rewards: rewards.isEmpty ? nil : rewards.baseAddress,
                advantages: advantages, returns: returns, discount: discount)
              troubled = run(kernel, over: rows)
            }
          }
        }
        filled = count
      }
      filled = count
    }
    for row in troubled { try repair(row, of: rows, &advantages, &returns) }
    return (advantages, returns)
  }

  /// Runs over all rows; answers which of them met a number that is not finite.
  private func run(_ kernel: TemporalDifferenceKernel<Double>, over rows: ScoredRows) -> [Int] {
    var troubled: [Int] = []
    kernel.run(rowCount: rows.rowCount) { row, lane in
      let range = rows.range(ofRow: row)
      guard let last = range.last else { return false }
      guard let score = rows.scores[row].value else {
        (kernel.advantages + range.lowerBound).initialize(repeating: 0, count: range.count)
        (kernel.returns + range.lowerBound).initialize(repeating: 0, count: range.count)
        return false
      }
      // The last token by itself: the score falls on it.
      let value = kernel.values[last]
      let next: Double =
        if case .truncated(let bootstrap) = rows.ends[row] { bootstrap } else { 0 }
      lane.advantage = score + (kernel.rewards.map { $0[last] } ?? 0) + discount * next - value
      lane.trouble = lane.advantage * 0
      lane.nextValue = value
      lane.decay = discount * lambda(row)
      lane.token = last - 1
      lane.left = range.count - 1
      kernel.advantages[last] = lane.advantage
      kernel.returns[last] = lane.advantage + value
      return true
    } finish: { lane in
      if lane.trouble != 0 || lane.trouble.isNaN { troubled.append(lane.row) }
    }
    return troubled
  }

  /// Computes a row again whose sums overflowed, or names the number that is not finite.
  ///
  /// Small numbers do not overflow; what is too large to be told stops at the largest number there
  /// is.
  private func repair(
    _ row: Int, of rows: ScoredRows, _ advantages: inout [Double], _ returns: inout [Double]
  ) throws(AdvantageError) {
    let range = rows.range(ofRow: row)
    let small = 0x1p-100
    let decay = discount * lambda(row)
    var next: Double =
      if case .truncated(let bootstrap) = rows.ends[row] { bootstrap * small } else { 0 }
    var outcome = (rows.scores[row].value ?? 0) * small
    var advantage = 0.0
    for token in range.reversed() {
      let value = (rows.values?.values[token] ?? 0) * small
      let reward = (rows.tokenRewards?.values[token] ?? 0) * small
      guard value.isFinite && reward.isFinite else {
        throw .nonFiniteInput(
          input: value.isFinite ? "token rewards" : "values", row: row,
          token: token - range.lowerBound)
      }
      advantage = outcome + reward + discount * next - value + decay * advantage
      outcome = 0
      next = value
      advantages[token] = (advantage / small).clamped(to: .finite)
      returns[token] = ((advantage + value) / small).clamped(to: .finite)
    }
  }
}
