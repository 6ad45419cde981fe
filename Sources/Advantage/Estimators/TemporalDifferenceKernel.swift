/// The recursion of generalised advantage estimation over flat rows.
///
/// Each token waits for the one after it, so four rows run side by side; a row that is done makes
/// room for the next.
struct TemporalDifferenceKernel<Number: BinaryFloatingPoint> {
  let values: UnsafePointer<Number>
  /// `nil` for none.
  let rewards: UnsafePointer<Number>?
  let advantages: UnsafeMutablePointer<Number>
  let returns: UnsafeMutablePointer<Number>
  let discount: Number

  /// One row on its way to its first token.
  struct Lane {
    var row = -1
    /// The next token, and how many there are left.
    var token = 0
    var left = 0
    var decay: Number = 0
    var nextValue: Number = 0
    var advantage: Number = 0
    /// 0 as long as all numbers were finite.
    var trouble: Number = 0
  }

  /// Fills the advantages and returns of rows.
  ///
  /// - Parameters:
  ///   - rowCount: How many rows there are.
  ///   - start: Puts a row's last token and its other facts into a lane; `false` to pass it over.
  ///   - finish: Hears of each row that is done.
  @inline(__always)
  func run(
    rowCount: Int, start: (Int, inout Lane) -> Bool, finish: (Lane) -> Void
  ) {
    var next = 0
    func refill(_ lane: inout Lane) {
      while lane.left == 0 {
        if lane.row >= 0 { finish(lane) }
        lane = Lane()
        if next == rowCount { return }
        lane.row = next
        next += 1
        if !start(lane.row, &lane) { lane = Lane() }
      }
    }
    var (first, second, third, fourth) = (Lane(), Lane(), Lane(), Lane())
    while true {
      refill(&first)
      refill(&second)
      refill(&third)
      refill(&fourth)
      let steps = min(min(first.left, second.left), min(third.left, fourth.left))
      if steps == 0 { break }
      for _ in 0..<steps {
        step(&first)
        step(&second)
        step(&third)
        step(&fourth)
      }
    }
    // Fewer rows than lanes are left.
    for var lane in [first, second, third, fourth] where lane.left > 0 {
      while lane.left > 0 { step(&lane) }
      finish(lane)
    }
  }

  @inline(__always)
  private func step(_ lane: inout Lane) {
    let token = lane.token
    let value = values[token]
    var surprise = discount * lane.nextValue - value
    if let rewards { surprise += rewards[token] }
    lane.advantage = surprise + lane.decay * lane.advantage
    lane.nextValue = value
    lane.trouble += lane.advantage * 0
    advantages[token] = lane.advantage
    returns[token] = lane.advantage + value
    lane.token = token &- 1
    lane.left &-= 1
  }
}

extension GeneralizedAdvantage {
  /// The bare recursion over flat arrays, in their own precision, into arrays that may be reused.
  ///
  /// Every row is terminated, rewards hold its score, and nothing is whitened or checked: numbers
  /// that are not finite spread backwards through their row. For the checked form see
  /// ``credit(for:)``; in Float the result differs from that by the rounding of the recursion, at
  /// most about `1.2e-7 / (1 - discount * lambda)`, or `1.2e-7` times a row's length, of the largest
  /// sum on the way.
  ///
  /// - Parameters:
  ///   - values: What a critic expected before each token. `[N]`
  ///   - rewards: The reward of each token. `[N]`
  ///   - offsets: `B + 1` row boundaries, ascending from 0.
  ///   - advantages: Becomes `[N]`; keeps its storage if it has that size.
  ///   - returns: Becomes `[N]`; keeps its storage if it has that size.
  /// - Precondition: counts match.
  /// - Complexity: O(N).
  @specialized(where Number == Float)
  @specialized(where Number == Double)
  public func fill<Number: BinaryFloatingPoint>(
    values: [Number], rewards: [Number], offsets: [Int], advantages: inout [Number],
    returns: inout [Number]
  ) {
    let count = values.count
    precondition(
      rewards.count == count && offsets.first == 0 && offsets.last == count
        && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 },
      "\(count) values came with \(rewards.count) rewards and rows up to \(offsets.last ?? -1)")
    if advantages.count != count { advantages = Array(repeating: 0, count: count) }
    if returns.count != count { returns = Array(repeating: 0, count: count) }
    let decay = Number(discount * lambda)
    values.withUnsafeBufferPointer { values in
      rewards.withUnsafeBufferPointer { rewards in
        advantages.withUnsafeMutableBufferPointer { advantages in
          returns.withUnsafeMutableBufferPointer { returns in
            guard let values = values.baseAddress, let rewards = rewards.baseAddress,
              let advantages = advantages.baseAddress, let returns = returns.baseAddress
            else { return }
            TemporalDifferenceKernel(
              values: values, rewards: rewards, advantages: advantages, returns: returns,
              discount: Number(discount)
            ).run(rowCount: offsets.count - 1) { row, lane in
              lane.left = offsets[row + 1] - offsets[row]
              lane.token = offsets[row + 1] - 1
              lane.decay = decay
              return lane.left > 0
            } finish: { _ in
            }
          }
        }
      }
    }
  }
}
