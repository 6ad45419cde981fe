internal import CKernels
internal import Synchronization

/// The gradient of one flat array of parameters, summed over parts of a batch that go backward side
/// by side.
///
///     sum = ((before + part 0) + part 1) + …
///
/// in this order for every element, whichever part is ahead, so repeating a computation repeats its
/// bits. Part 0 adds in place. What another part has for a range of parameters stands in memory of its
/// own until the parts before it have finished that range; then it is added and let go. Parts that
/// keep pace thus need little more than one gradient together.
///
/// Ranges are equal or disjoint.
package final class GradientSum: Sendable {
  private struct Arrivals {
    let range: Range<Int>
    /// Parts whose share of the range is in the sum: those below.
    var added = 0
    /// Parts above that have finished the range, with what they have for it, if anything.
    var finished: [Int: TensorStorage?] = [:]
  }

  private struct State {
    var ranges: [Int: Arrivals] = [:]
    var hasEnded: [Bool]
  }

  /// Changed by part 0 in ranges that it has not finished, and under the lock in ranges that it has.
  private let total: Tensor
  private let state: Mutex<State>

  /// A sum that goes on from one before it, or begins with zeros.
  ///
  /// - Parameters:
  ///   - before: A sum that nobody else holds; another is copied.
  ///   - count: How many parameters there are.
  ///   - parts: How many parts there will be; each gets its ``Part`` once.
  package init(from before: consuming Tensor?, count: Int, parts: Int) {
    var sum = before ?? Tensor(zeros: [count])
    precondition(sum.count == count, "\(count) parameters got a gradient of shape \(sum.shape)")
    // Copies what is shared: from here on it is written to through its address.
    sum.withUnsafeMutableBufferPointer { _ in }
    total = sum
    state = Mutex(State(hasEnded: Array(repeating: false, count: parts)))
  }

  /// The sum, once all parts have ended.
  package func finished() -> Tensor {
    state.withLock { state in
      precondition(state.hasEnded.allSatisfy(\.self), "a part still goes backward")
    }
    return total
  }

  private func place(_ range: Range<Int>) -> UnsafeMutablePointer<Float> {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= total.count,
      "parameters \(range) lie outside the gradient's \(total.count)")
    return total.storage.base + total.offset + range.lowerBound
  }

  private func finish(_ range: Range<Int>, part: Int, with share: TensorStorage?) {
    state.withLock { state in
      var arrivals = state.ranges[range.lowerBound] ?? Arrivals(range: range)
      precondition(
        arrivals.range == range, "parameters \(range) and \(arrivals.range) overlap")
      arrivals.finished.updateValue(share, forKey: part)
      advance(&arrivals, state.hasEnded)
      state.ranges[range.lowerBound] = arrivals
    }
  }

  private func end(part: Int) {
    state.withLock { state in
      state.hasEnded[part] = true
      for key in state.ranges.keys {
        guard var arrivals = state.ranges[key] else { continue }
        advance(&arrivals, state.hasEnded)
        state.ranges[key] = arrivals
      }
    }
  }

  /// Adds what has no unfinished part before it.
  private func advance(_ arrivals: inout Arrivals, _ hasEnded: [Bool]) {
    while arrivals.added < hasEnded.count {
      let arrival = arrivals.finished.removeValue(forKey: arrivals.added)
      guard arrival != nil || hasEnded[arrivals.added] else { return }
      if case .some(.some(let share)) = arrival {
        let target = place(arrivals.range)
        pg_add(arrivals.range.count, target, share.base, target)
        withExtendedLifetime(share) {}
      }
      arrivals.added += 1
    }
  }

  /// What one part adds; for one thread.
  package final class Part {
    private let sum: GradientSum
    private let index: Int
    private var shares: [Range<Int>: TensorStorage] = [:]

    /// The part of some index, from 0 on.
    package init(_ index: Int, of sum: GradientSum) {
      (self.sum, self.index) = (sum, index)
    }

    /// Where the part's gradient of a range is added up.
    func place(_ range: Range<Int>) -> UnsafeMutablePointer<Float> {
      if index == 0 { return sum.place(range) }
      let share = shares[range] ?? TensorStorage(repeating: 0, count: range.count)
      shares[range] = share
      return share.base
    }

    /// Tells that the part has nothing more for a range.
    func finish(_ range: Range<Int>) {
      sum.finish(range, part: index, with: shares.removeValue(forKey: range))
    }

    /// Tells that the part has nothing more at all.
    package func end() {
      for range in shares.keys { finish(range) }
      sum.end(part: index)
    }
  }
}
