internal import Trajectories

/// The backward recursion of generalised advantage estimation, over selected tokens only.
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
    var unusable: Int?
    var returns: [Double] = []
    let advantages = [Double](unsafeUninitializedCapacity: count) { advantages, filled in
      returns = [Double](unsafeUninitializedCapacity: count) { returns, filled in
        values.values.withUnsafeBufferPointer { values in
          (rows.tokenRewards?.values ?? []).withUnsafeBufferPointer { rewards in
            for row in 0..<rows.rowCount {
              let range = rows.range(ofRow: row)
              let advantages = UnsafeMutableBufferPointer(rebasing: advantages[range])
              let returns = UnsafeMutableBufferPointer(rebasing: returns[range])
              guard let score = rows.scores[row].value else {
                advantages.initialize(repeating: 0)
                returns.initialize(repeating: 0)
                continue
              }
              let last: Double =
                if case .truncated(let bootstrap) = rows.ends[row] { bootstrap } else { 0 }
              let isUsable = recur(
                values: UnsafeBufferPointer(rebasing: values[range]),
                rewards: rewards.isEmpty ? nil : UnsafeBufferPointer(rebasing: rewards[range]),
                score: score, bootstrap: last, lambda: lambda(row), advantages, returns)
              if !isUsable && unusable == nil { unusable = row }
            }
          }
        }
        filled = count
      }
      filled = count
    }
    if let row = unusable { throw culprit(in: rows, row: row) }
    return (advantages, returns)
  }

  /// One row; `false` if a value or a reward is not finite.
  private func recur(
    values: UnsafeBufferPointer<Double>, rewards: UnsafeBufferPointer<Double>?, score: Double,
    bootstrap: Double, lambda: Double, _ advantages: UnsafeMutableBufferPointer<Double>,
    _ returns: UnsafeMutableBufferPointer<Double>, scale: Double = 1
  ) -> Bool {
    let decay = discount * lambda
    var advantage = 0.0
    var next = bootstrap * scale
    var outcome = score * scale
    // Sums up to a NaN as soon as one number is not finite.
    var trouble = 0.0
    for token in (0..<values.count).reversed() {
      let value = values[token] * scale
      let reward = outcome + (rewards.map { $0[token] * scale } ?? 0)
      outcome = 0
      advantage = (reward + discount * next - value) + decay * advantage
      next = value
      trouble += advantage * 0
      advantages.initializeElement(at: token, to: advantage)
      returns.initializeElement(at: token, to: advantage + value)
    }
    if trouble == 0 { return true }
    if scale != 1 { return false }
    guard values.allSatisfy(\.isFinite), rewards?.allSatisfy(\.isFinite) ?? true else {
      return false
    }
    // Finite numbers so large that their sums overflowed: small ones don't, and what is too large
    // to be told stops at the largest number there is.
    let small = 0x1p-100
    let isUsable = recur(
      values: values, rewards: rewards, score: score, bootstrap: bootstrap, lambda: lambda,
      advantages, returns, scale: small)
    for token in advantages.indices {
      advantages[token] = (advantages[token] / small).clamped(to: .finite)
      returns[token] = (returns[token] / small).clamped(to: .finite)
    }
    return isUsable
  }

  private func culprit(in rows: ScoredRows, row: Int) -> AdvantageError {
    let range = rows.range(ofRow: row)
    if let token = range.last(where: { rows.values?.values[$0].isFinite == false }) {
      return .nonFiniteInput(input: "values", row: row, token: token - range.lowerBound)
    }
    let token = range.last { rows.tokenRewards?.values[$0].isFinite == false }
    return .nonFiniteInput(
      input: "token rewards", row: row, token: (token ?? range.lowerBound) - range.lowerBound)
  }
}
