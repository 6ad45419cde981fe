internal import CKernels

extension GeneralizedAdvantage {
  /// The bare recursion over flat arrays, in their own precision, into arrays that may be reused.
  ///
  /// Every row is terminated, rewards hold its score, and nothing is whitened or checked: numbers
  /// that are not finite spread backwards through their row. For the checked form see
  /// ``credit(for:)``.
  ///
  /// In Float, an advantage with `n` tokens to its row's end differs from the exact one by at most
  ///
  ///     2^-24 (18 + n / 5) sum over k of (gamma lambda)^k (|r[t+k]| + |V[t+k]| + gamma |V[t+k+1]|)
  ///
  /// and sums that leave the range of Float on the way only are as good as others. Other precisions
  /// round once per token. Every machine gives the same bits, and a row's do not depend on the other
  /// rows.
  ///
  /// - Parameters:
  ///   - values: What a critic expected before each token. `[N]`
  ///   - rewards: The reward of each token. `[N]`
  ///   - offsets: `B + 1` row boundaries, ascending from 0.
  ///   - advantages: Becomes `[N]`; keeps its storage if it has that size.
  ///   - returns: Becomes `[N]`; keeps its storage if it has that size.
  /// - Precondition: counts match.
  /// - Complexity: O(N). Float runs in vectors along each row, at the speed of memory.
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
    values.withUnsafeBufferPointer { values in
      rewards.withUnsafeBufferPointer { rewards in
        advantages.withUnsafeMutableBufferPointer { advantages in
          returns.withUnsafeMutableBufferPointer { returns in
            guard let values = values.baseAddress, let rewards = rewards.baseAddress,
              let advantages = advantages.baseAddress, let returns = returns.baseAddress
            else { return }
            fill(
              TemporalDifferenceKernel(
                values: values, rewards: rewards, advantages: advantages, returns: returns,
                discount: Number(discount)), offsets: offsets)
          }
        }
      }
    }
  }

  @inline(__always)
  private func fill<Number>(_ kernel: TemporalDifferenceKernel<Number>, offsets: [Int]) {
    if let kernel = kernel as? TemporalDifferenceKernel<Float> {
      pg_generalized_advantages(
        offsets.count - 1, offsets, discount, discount * lambda, kernel.rewards, kernel.values,
        kernel.advantages, kernel.returns)
      return
    }
    let decay = Number(discount * lambda)
    kernel.run(rowCount: offsets.count - 1) { row, lane in
      lane.left = offsets[row + 1] - offsets[row]
      lane.token = offsets[row + 1] - 1
      lane.decay = decay
      return lane.left > 0
    } finish: { _ in
    }
  }
}
