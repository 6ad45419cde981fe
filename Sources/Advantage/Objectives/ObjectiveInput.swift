public import Trajectories

/// Numbers per selected token that an objective reads, of one micro-batch.
///
/// All of them have the same rows. Log-probabilities are natural.
public struct ObjectiveInput<Number: BinaryFloatingPoint & Sendable>: Sendable {
  /// Log-probabilities under the weights being trained. `[N]`
  public let current: Ragged<Number>
  /// What each token of a row weighs, from ``LossAggregation`` over the whole optimiser batch. `[B]`
  public let weights: RowWeights
  /// Log-probabilities before the first update on this data. `[N]`
  public let old: Ragged<Number>?
  /// Log-probabilities under the reference weights. `[N]`
  public let reference: Ragged<Number>?
  /// Log-probabilities the tokens were drawn with, among the tokens that top-k, top-p and min-p
  /// left. `[N]`
  public let sampler: Ragged<Number>?
  /// What each token deserves. `[N]`
  public internal(set) var advantages: Ragged<Number>?
  /// Entropies in nats under the weights being trained. `[N]`
  public let entropies: Ragged<Number>?
  /// Values under the weights being trained. `[N]`
  public let values: Ragged<Number>?
  /// Values before the first update on this data. `[N]`
  public let oldValues: Ragged<Number>?
  /// What the values should have been. `[N]`
  public let returns: Ragged<Number>?
  /// Tokens picked out of the whole optimiser batch. `[N]`
  public let chosen: TokenChoice?
  /// Tokens that the environment wrote, in rows of their own. `[M]`
  public let observations: ObservedTokens<Number>?

  /// Numbers of a micro-batch.
  ///
  /// - Precondition: there is one weight per row of `current`, and everything but observations has
  ///   its rows.
  public init(
    current: Ragged<Number>, weights: RowWeights, old: Ragged<Number>? = nil,
    reference: Ragged<Number>? = nil, sampler: Ragged<Number>? = nil,
    advantages: Ragged<Number>? = nil, entropies: Ragged<Number>? = nil,
    values: Ragged<Number>? = nil, oldValues: Ragged<Number>? = nil,
    returns: Ragged<Number>? = nil, chosen: TokenChoice? = nil,
    observations: ObservedTokens<Number>? = nil
  ) {
    precondition(
      weights.perToken.count == current.rowCount,
      "\(current.rowCount) rows came with \(weights.perToken.count) weights")
    self.current = current
    self.weights = weights
    self.old = old
    self.reference = reference
    self.sampler = sampler
    self.advantages = advantages
    self.entropies = entropies
    self.values = values
    self.oldValues = oldValues
    self.returns = returns
    self.chosen = chosen
    self.observations = observations
    precondition(
      chosen.map { $0.offsets == current.offsets } ?? true,
      "a choice in \((chosen?.offsets.count ?? 1) - 1) rows came with log-probabilities in \(current.rowCount) rows"
    )
    for (need, numbers) in named {
      precondition(
        numbers.offsets == current.offsets,
        "\(need) of \(numbers.values.count) tokens in \(numbers.rowCount) rows came with log-probabilities of \(current.values.count) tokens in \(current.rowCount) rows"
      )
    }
  }

  /// The numbers that are there, with the need each one meets.
  var named: [(ObjectiveNeeds, Ragged<Number>)] {
    [
      (ObjectiveNeeds.old, old), (.reference, reference), (.sampler, sampler),
      (.advantages, advantages), (.entropies, entropies), (.values, values),
      (.oldValues, oldValues), (.returns, returns),
    ].compactMap { need, numbers in numbers.map { (need, $0) } }
  }

  /// The needs that these numbers meet.
  public var offers: ObjectiveNeeds {
    var offers = ObjectiveNeeds(named.map(\.0))
    if chosen != nil { offers.insert(.chosenTokens) }
    if observations != nil { offers.insert(.observations) }
    return offers
  }

  /// The numbers that are needed, in Double.
  func widened(_ needs: ObjectiveNeeds) -> ObjectiveInput<Double> {
    func widened(_ need: ObjectiveNeeds, _ numbers: Ragged<Number>?) -> Ragged<Double>? {
      needs.contains(need) ? numbers?.widened : nil
    }
    return ObjectiveInput<Double>(
      current: current.widened, weights: weights, old: widened(.old, old),
      reference: widened(.reference, reference), sampler: widened(.sampler, sampler),
      advantages: widened(.advantages, advantages), entropies: widened(.entropies, entropies),
      values: widened(.values, values), oldValues: widened(.oldValues, oldValues),
      returns: widened(.returns, returns),
      chosen: needs.contains(.chosenTokens) ? chosen : nil,
      observations: needs.contains(.observations) ? observations?.widened : nil)
  }

  /// The same numbers with some tokens picked out.
  ///
  /// - Precondition: the choice has the rows of ``current``.
  public func choosing(_ chosen: TokenChoice) -> ObjectiveInput {
    ObjectiveInput(
      current: current, weights: weights, old: old, reference: reference, sampler: sampler,
      advantages: advantages, entropies: entropies, values: values, oldValues: oldValues,
      returns: returns, chosen: chosen, observations: observations)
  }

  /// Some of the rows, in the order given: a micro-batch.
  ///
  /// Weights and choices are those of the whole batch, so losses and gradients of micro-batches add
  /// up to the batch's. Observations are cut alike.
  ///
  /// - Precondition: observations, if any, have one row per row of ``current``.
  /// - Complexity: O(tokens of these rows).
  public func rows(_ indices: [Int]) -> ObjectiveInput {
    func cut(_ numbers: Ragged<Number>?) -> Ragged<Number>? { numbers?.picking(rows: indices) }
    return ObjectiveInput(
      current: current.picking(rows: indices), weights: weights.rows(indices), old: cut(old),
      reference: cut(reference), sampler: cut(sampler), advantages: cut(advantages),
      entropies: cut(entropies), values: cut(values), oldValues: cut(oldValues),
      returns: cut(returns), chosen: chosen?.rows(indices),
      observations: observations?.rows(indices))
  }

  /// Calls `body` with each token of the rows that count and what it weighs.
  @inlinable
  public func forEachToken(_ body: (_ token: Int, _ weight: Double) -> Void) {
    for (row, weight) in weights.perToken.enumerated() where weight > 0 {
      for token in current.range(ofRow: row) { body(token, weight) }
    }
  }

  /// Calls `body` with each row that counts and has tokens, and what each of its tokens weighs.
  @inlinable
  public func forEachRow(_ body: (_ row: Int, _ weight: Double) -> Void) {
    for (row, weight) in weights.perToken.enumerated() where weight > 0 {
      if !current.range(ofRow: row).isEmpty { body(row, weight) }
    }
  }
}

/// What an objective needs besides log-probabilities under the current weights.
public struct ObjectiveNeeds: OptionSet, Sendable, Hashable, CustomStringConvertible {
  /// One bit per need.
  public let rawValue: Int

  /// Needs from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Log-probabilities before the first update on this data.
  public static let old = ObjectiveNeeds(rawValue: 1 << 0)
  /// Log-probabilities under the reference weights.
  public static let reference = ObjectiveNeeds(rawValue: 1 << 1)
  /// Log-probabilities the tokens were drawn with.
  public static let sampler = ObjectiveNeeds(rawValue: 1 << 2)
  /// Advantages.
  public static let advantages = ObjectiveNeeds(rawValue: 1 << 3)
  /// Entropies of the current policy.
  public static let entropies = ObjectiveNeeds(rawValue: 1 << 4)
  /// Values of the current critic.
  public static let values = ObjectiveNeeds(rawValue: 1 << 5)
  /// Values before the first update on this data.
  public static let oldValues = ObjectiveNeeds(rawValue: 1 << 6)
  /// Targets of the critic.
  public static let returns = ObjectiveNeeds(rawValue: 1 << 7)
  /// Tokens picked out of the whole batch.
  public static let chosenTokens = ObjectiveNeeds(rawValue: 1 << 8)
  /// Tokens that the environment wrote.
  public static let observations = ObjectiveNeeds(rawValue: 1 << 9)

  /// The names of the needs, joined by commas.
  public var description: String {
    let names: [(ObjectiveNeeds, String)] = [
      (.old, "old log-probabilities"), (.reference, "reference log-probabilities"),
      (.sampler, "sampler log-probabilities"), (.advantages, "advantages"),
      (.entropies, "entropies"), (.values, "values"), (.oldValues, "old values"),
      (.returns, "returns"), (.chosenTokens, "chosen tokens"),
      (.observations, "the environment's tokens"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}

extension Ragged {
  /// Some rows, in the order given.
  func picking(rows: [Int]) -> Ragged { Ragged(rows.map { Array(self[row: $0]) }) }
}
