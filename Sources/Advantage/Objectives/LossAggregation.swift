internal import Trajectories

/// How losses per token become one number, over a whole optimiser batch.
///
/// Every way is a weighted sum, with one weight for all tokens of a row, so micro-batches and
/// ranks only ever add: compute the weights once for the batch, then cut them with
/// ``RowWeights/rows(_:)``.
///
/// A sequence is a rollout: all its branches together weigh as much as a rollout without any.
/// Rows whose score is missing, rows left out by the caller and rollouts without selected tokens
/// count in no numerator and no denominator. Rows with advantage 0 do count.
///
/// Which names others use: `tokenMean` is verl's `token-mean` and TRL's `dapo`;
/// `sequenceMeanTokenMean` is verl's `seq-mean-token-mean` and TRL's `grpo`, and where a rollout
/// has several rows ``rolloutMean``; `constantLength` is verl's `seq-mean-token-sum-norm` and TRL's
/// `dr_grpo`; `promptMean` is SkyRL's `prompt_mean`.
public enum LossAggregation: Sendable, Hashable, Codable {
  /// The mean over all tokens: long rollouts weigh more.
  case tokenMean
  /// The mean over rollouts of the mean over each one's tokens.
  case sequenceMeanTokenMean
  /// The mean over rollouts of the sum over each one's tokens.
  case sequenceMeanTokenSum
  /// The mean over rollouts of the sum over tokens divided by a length that no batch changes.
  case constantLength(Int)
  /// The mean over groups of the mean over all tokens of each one's rollouts.
  case promptMean
  /// The sum over all tokens: the scale grows with the batch.
  case tokenSum

  /// The mean over rollouts of the mean over the tokens of all their rows, called
  /// `per_rollout_mean` elsewhere: here every sequence is a rollout, so it is
  /// ``sequenceMeanTokenMean``.
  public static let rolloutMean = LossAggregation.sequenceMeanTokenMean

  /// The weight of each row's tokens.
  ///
  /// - Parameters:
  ///   - rows: All rows of the optimiser batch; where ranks share one, this rank's.
  ///   - leftOut: Rows that take no part in the loss, such as truncated ones.
  ///   - counts: What the whole optimiser batch holds, when `rows` are only this rank's part of
  ///     it; a rollout's rows must lie on one rank, with `promptMean` a group's. Counted from
  ///     `rows` when `nil`.
  /// - Returns: One weight per row; all 0 when nothing counts, never NaN.
  /// - Precondition: a constant length is positive; `promptMean` is not given counts without
  ///   ``BatchCounts/prompts``.
  /// - Complexity: O(B).
  public func weights(
    for rows: ScoredRows, leavingOut leftOut: Set<Int> = [], counts: BatchCounts? = nil
  ) -> RowWeights {
    weights(of: rows.prompts(leavingOut: leftOut), lengths: rows.tokenCounts, counts: counts)
  }

  /// The weight of each row's tokens where every row is a sequence of its own and counts, such as
  /// demonstrations.
  ///
  /// - Parameters:
  ///   - tokenCounts: How many tokens of each row are selected, not negative. `[B]`
  ///   - counts: What the whole optimiser batch holds; counted when `nil`.
  public func weights(tokenCounts: [Int], counts: BatchCounts? = nil) -> RowWeights {
    weights(of: tokenCounts.indices.map { [[$0]] }, lengths: tokenCounts, counts: counts)
  }

  /// The weight of each row's tokens on one of several ranks whose gradients are averaged
  /// afterwards, not added: `ranks` times as much.
  ///
  /// - Throws: ``AggregationError/countsMissing(ranks:)`` where there are several ranks and no
  ///   counts: a rank can't know the whole batch from its own rows.
  /// - Precondition: there is at least one rank.
  public func weights(
    tokenCounts: [Int], counts: BatchCounts?, averagedOver ranks: Int
  ) throws(AggregationError) -> RowWeights {
    precondition(ranks > 0, "there must be a rank, got \(ranks)")
    guard ranks == 1 || counts != nil else { throw .countsMissing(ranks: ranks) }
    let weights = weights(tokenCounts: tokenCounts, counts: counts)
    return RowWeights(perToken: weights.perToken.map { $0 * Double(ranks) })
  }

  /// Weights of rows that belong to rollouts that belong to prompts.
  private func weights(
    of prompts: [[[Int]]], lengths: [Int], counts: BatchCounts?
  ) -> RowWeights {
    let counts = counts ?? BatchCounts(prompts, lengths: lengths)
    let tokenCount = Double(max(counts.tokens, 1))
    let sequenceCount = Double(max(counts.sequences, 1))
    var weights = Array(repeating: 0.0, count: lengths.count)
    for prompt in prompts {
      let promptLength = prompt.joined().reduce(0) { $0 + lengths[$1] }
      for rows in prompt {
        let length = rows.reduce(0) { $0 + lengths[$1] }
        if length == 0 { continue }
        let weight =
          switch self {
          case .tokenMean: 1 / tokenCount
          case .sequenceMeanTokenMean: 1 / (sequenceCount * Double(length))
          case .sequenceMeanTokenSum: 1 / sequenceCount
          case .constantLength(let constant): 1 / (sequenceCount * Double(positive(constant)))
          case .promptMean: 1 / (Double(known(counts.prompts)) * Double(promptLength))
          case .tokenSum: 1.0
          }
        for row in rows { weights[row] = weight }
      }
    }
    return RowWeights(perToken: weights)
  }

  private func positive(_ length: Int) -> Int {
    precondition(length > 0, "a constant length must be positive, got \(length)")
    return length
  }

  private func known(_ prompts: Int?) -> Int {
    guard let prompts, prompts > 0 else {
      preconditionFailure("promptMean needs the number of prompts in the whole batch's counts")
    }
    return prompts
  }
}

/// How much of a batch counts.
public struct BatchCounts: Sendable, Hashable, Codable {
  /// Selected tokens of rows that count.
  public var tokens: Int
  /// Rollouts with at least one such token.
  public var sequences: Int
  /// Groups with at least one such token; only `promptMean` asks for them.
  public var prompts: Int?

  /// Counts from elsewhere, such as the sum over ranks.
  public init(tokens: Int, sequences: Int, prompts: Int? = nil) {
    self.tokens = tokens
    self.sequences = sequences
    self.prompts = prompts
  }

  /// Counts the rows with a score that are not left out.
  public init(_ rows: ScoredRows, leavingOut leftOut: Set<Int> = []) {
    self.init(rows.prompts(leavingOut: leftOut), lengths: rows.tokenCounts)
  }

  init(_ prompts: [[[Int]]], lengths: [Int]) {
    self.init(tokens: 0, sequences: 0, prompts: 0)
    for prompt in prompts {
      let before = tokens
      for rows in prompt {
        let length = rows.reduce(0) { $0 + lengths[$1] }
        tokens += length
        if length > 0 { sequences += 1 }
      }
      if tokens > before { self.prompts = (self.prompts ?? 0) + 1 }
    }
  }
}

/// Why weights could not be given.
public enum AggregationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A rank of several was not told what the whole batch holds.
  case countsMissing(ranks: Int)

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .countsMissing(let ranks):
      "One of \(ranks) ranks can't know what the whole batch holds: add the BatchCounts of all ranks and pass the sum."
    }
  }
}

extension ScoredRows {
  /// The rows of each scored rollout of each group, without those left out.
  fileprivate func prompts(leavingOut leftOut: Set<Int>) -> [[[Int]]] {
    grouped.map { group in
      group.members.filter { $0.score.value != nil }
        .map { $0.rows.filter { !leftOut.contains($0) } }
    }
  }

  fileprivate var tokenCounts: [Int] { (0..<rowCount).map { range(ofRow: $0).count } }
}

/// What every token of each row weighs in a loss; 0 for rows that take no part.
public struct RowWeights: Sendable, Hashable, Codable {
  /// One weight per row, not negative. `[B]`
  public let perToken: [Double]

  /// Weights per row.
  ///
  /// - Precondition: every weight is finite and not negative.
  public init(perToken: [Double]) {
    precondition(
      perToken.allSatisfy { $0.isFinite && $0 >= 0 }, "row weights must be finite and not negative")
    self.perToken = perToken
  }

  /// The weights of some rows, in the order given: a micro-batch's share.
  public func rows(_ indices: [Int]) -> RowWeights {
    RowWeights(perToken: indices.map { perToken[$0] })
  }
}
