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
