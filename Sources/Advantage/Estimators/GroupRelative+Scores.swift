extension GroupRelative {
  /// The advantages of plain scores, one rollout each, without tokens. `[B]`
  ///
  /// - Parameters:
  ///   - scores: Finite scores. `[B]`
  ///   - groups: The group of each, any numbers. `[B]`
  /// - Throws: ``AdvantageError/nonFiniteScore(row:value:)`` or
  ///   ``AdvantageError/loneMember(group:)``.
  /// - Precondition: counts match; the baseline is not ``Baseline/lengthWeightedMean``.
  /// - Complexity: O(B).
  public func advantages(
    ofScores scores: [Double], groups: [Int]
  ) throws(AdvantageError) -> [Double] {
    precondition(
      scores.count == groups.count, "\(scores.count) scores came with \(groups.count) groups")
    if let row = scores.firstNonFinite { throw .nonFiniteScore(row: row, value: scores[row]) }
    let numbering = Numbering(groups)
    let order = CountingSort(numbering)
    if loneMember == .refuse {
      for (group, label) in numbering.labels.enumerated()
      where order.offsets[group + 1] - order.offsets[group] == 1 {
        throw .loneMember(group: label)
      }
    }
    return order.unsorted(
      advantages(of: order.sorted(scores), groupOffsets: order.offsets, lengths: []))
  }

  /// The advantages of scores that stand group by group.
  ///
  /// - Parameter lengths: As many as scores, if the baseline weighs by them.
  func advantages(of scores: [Double], groupOffsets: [Int], lengths: [Double]) -> [Double] {
    precondition(
      baseline != .lengthWeightedMean || lengths.count == scores.count,
      "a length-weighted baseline needs the length of each rollout")
    return [Double](unsafeUninitializedCapacity: scores.count) { result, count in
      scores.withUnsafeBufferPointer { scores in
        lengths.withUnsafeBufferPointer { lengths in
          let batch = batchStandardisation(scores)
          for group in 0..<groupOffsets.count - 1 {
            let range = groupOffsets[group]..<groupOffsets[group + 1]
            fill(
              UnsafeMutableBufferPointer(rebasing: result[range]),
              from: UnsafeBufferPointer(rebasing: scores[range]),
              lengths: lengths.isEmpty ? lengths : UnsafeBufferPointer(rebasing: lengths[range]),
              batch: batch)
          }
        }
      }
      count = scores.count
    }
  }

  private func batchStandardisation(_ scores: UnsafeBufferPointer<Double>) -> Standardisation? {
    guard case .batchStandardDeviation(let correction, let epsilon) = scale else { return nil }
    let moments = Moments(scores)
    if moments.isConstant(within: tolerance) { return nil }
    return moments.standardisation(correction: correction, damping: .besideRoot(epsilon))
  }

  /// The advantages of one group.
  private func fill(
    _ result: UnsafeMutableBufferPointer<Double>, from scores: UnsafeBufferPointer<Double>,
    lengths: UnsafeBufferPointer<Double>, batch: Standardisation?
  ) {
    if baseline == .none && scale == .none {
      _ = result.initialize(fromContentsOf: scores)
      return
    }
    if scores.count == 1 {
      result.initializeElement(at: 0, to: loneMember == .raw ? rawAdvantage(of: scores[0]) : 0)
      return
    }
    let moments = Moments(scores)
    guard !moments.isConstant(within: tolerance),
      let standardised = standardisation(of: moments, batch: batch)
    else { return result.initialize(repeating: 0) }
    let centre =
      switch baseline {
      case .mean, .leaveOneOut: moments.mean
      case .lengthWeightedMean: moments.weightedMean(of: scores, by: lengths)
      case .none: 0.0
      }
    let factor =
      baseline == .leaveOneOut ? Double(scores.count) / Double(scores.count - 1) : 1.0
    let offset =
      baseline == .mean && batch == nil ? standardised.offset : centre * standardised.factor
    for member in scores.indices {
      let distance = scores[member] * standardised.factor - offset
      result.initializeElement(at: member, to: distance * standardised.scale * factor)
    }
  }

  /// How distances are divided; `nil` where nothing can be learned.
  private func standardisation(of moments: Moments, batch: Standardisation?) -> Standardisation? {
    switch scale {
    case .none: Standardisation(factor: 1, offset: moments.mean, scale: 1)
    case .standardDeviation(let correction, let epsilon):
      moments.standardisation(correction: correction, damping: .besideRoot(epsilon))
    case .batchStandardDeviation: batch
    case .mean(let epsilon):
      moments.mean > 0
        ? Standardisation(factor: 1, offset: moments.mean, scale: 1 / (moments.mean + epsilon))
        : nil
    }
  }

  /// The advantage of a lone score that counts as if the group had mean 0 and deviation 1.
  private func rawAdvantage(of score: Double) -> Double {
    switch scale {
    case .none, .batchStandardDeviation, .mean: score
    case .standardDeviation(_, let epsilon): score / (1 + epsilon)
    }
  }
}

extension ScoredRows {
  /// How many selected tokens each scored rollout has, in the order of the index.
  var scoredLengths: [Double] {
    index.scored.map { member in
      Double(index.rows(ofMember: member).reduce(0) { $0 + range(ofRow: $1).count })
    }
  }
}
