internal import CKernels

extension GroupRelative {
  /// The advantages of plain scores in groups of one size, in single precision. `[B]`
  ///
  /// The same as ``advantages(ofScores:groups:)`` within `1e-6 (1 + m / d)` for a group of mean
  /// magnitude `m` and deviation `d`: a rounding of the mean, seen against the deviation. A group is
  /// of equal scores where its deviation is at most ``tolerance`` times the magnitude of its mean.
  ///
  /// - Parameters:
  ///   - scores: Finite scores, group after group. `[B]`
  ///   - groupSize: How many each group has.
  /// - Throws: ``AdvantageError/nonFiniteScore(row:value:)`` or
  ///   ``AdvantageError/loneMember(group:)``, groups counted from 0.
  /// - Precondition: `groupSize` is positive and divides the count; the baseline is not
  ///   ``Baseline/lengthWeightedMean``.
  /// - Complexity: O(B). Baselines of mean or leave-one-out without a batch statistic run in one
  ///   vectorised pass, groups of 2, 4, 8 and 16 side by side.
  public func advantages(
    ofScores scores: [Float], groupSize: Int
  ) throws(AdvantageError) -> [Float] {
    precondition(
      groupSize > 0 && scores.count.isMultiple(of: groupSize),
      "\(scores.count) scores don't make groups of \(groupSize)")
    if let settings = settings(groupSize: groupSize) {
      var isFinite = false
      let result = [Float](unsafeUninitializedCapacity: scores.count) { result, count in
        scores.withUnsafeBufferPointer { scores in
          isFinite = withUnsafePointer(to: settings) { settings in
            pg_group_advantages(
              scores.count / groupSize, groupSize, settings, scores.baseAddress,
              result.baseAddress) != 0
          }
        }
        count = scores.count
      }
      if isFinite { return result }
    }
    // Other choices, and sums beyond single precision.
    let wide = try advantages(
      ofScores: scores.map(Double.init), groups: scores.indices.map { $0 / groupSize })
    return wide.map { Float($0) }
  }

  /// What the kernel needs to know, or `nil` where it doesn't apply.
  private func settings(groupSize: Int) -> pg_group_settings? {
    guard (2...Int(PG_GROUP_LIMIT)).contains(groupSize) else { return nil }
    var settings = pg_group_settings(
      divisor: Float(groupSize), epsilon: 0, multiplier: 1, tolerance: Float(tolerance), scaled: 0)
    switch baseline {
    case .mean: break
    case .leaveOneOut: settings.multiplier = Float(groupSize) / Float(groupSize - 1)
    case .lengthWeightedMean, .none: return nil
    }
    switch scale {
    case .none: break
    case .standardDeviation(let correction, let epsilon):
      settings.divisor = Float(groupSize - correction)
      settings.epsilon = Float(epsilon)
      settings.scaled = 1
    case .batchStandardDeviation, .mean: return nil
    }
    return settings
  }
}
