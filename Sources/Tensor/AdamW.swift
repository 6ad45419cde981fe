internal import CKernels
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Adam with decoupled weight decay over one flat array of parameters.
///
///     m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
///     w ← w − η (m̂ / (√v̂ + ε) + λ w)      m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// Clipping, both moments and the weights are updated in a single pass.
///
/// - Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
public struct AdamW: Sendable {
  /// β₁, in `[0, 1)`.
  public var firstDecay: Float
  /// β₂, in `[0, 1)`.
  public var secondDecay: Float
  /// ε, positive.
  public var epsilon: Float
  /// λ, not negative.
  public var weightDecay: Float
  /// Steps taken.
  public var step: Int
  /// `m`, one element per parameter.
  public var firstMoment: Tensor {
    get { moments?.first ?? Tensor(zeros: [count]) }
    set { moments = (newValue, secondMoment) }
  }
  /// `v`, one element per parameter.
  public var secondMoment: Tensor {
    get { moments?.second ?? Tensor(zeros: [count]) }
    set { moments = (firstMoment, newValue) }
  }

  /// What a thread takes from the parameters at a time: whole vectors, and long enough that nobody
  /// waits for the next.
  private static let elementsAtOnce = 1 << 17

  private let count: Int
  /// Made by the first step, so that what never learns takes no memory.
  private var moments: (first: Tensor, second: Tensor)?

  /// An optimiser for `count` parameters, with zero moments.
  public init(
    count: Int, firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0
  ) {
    precondition((0..<1).contains(firstDecay), "firstDecay must be in 0..<1, got \(firstDecay)")
    precondition((0..<1).contains(secondDecay), "secondDecay must be in 0..<1, got \(secondDecay)")
    precondition(epsilon > 0, "epsilon must be positive, got \(epsilon)")
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    step = 0
    self.count = count
  }

  /// Takes one step along a gradient.
  ///
  /// - Parameters:
  ///   - parameters: Flat, as many elements as moments.
  ///   - gradient: Flat, likewise.
  ///   - learningRate: η of this step.
  ///   - gradientScale: Multiplies the gradient first, for clipping.
  ///   - threads: How many take part, at least 1; changes no number.
  public mutating func update(
    _ parameters: inout Tensor, along gradient: Tensor, learningRate: Float,
    gradientScale: Float = 1, threads: Int = 1
  ) {
    parameters.withUnsafeMutableBufferPointer { w in
      update(
        UnsafeBufferPointer(w), along: gradient.count, gradient.pointer, into: w.baseAddress,
        learningRate: learningRate, gradientScale: gradientScale, threads: threads)
    }
  }

  /// Takes one step from parameters that somebody else goes on using: what comes out takes the place
  /// of the gradient.
  ///
  /// The numbers are those of ``update(_:along:learningRate:gradientScale:threads:)``, without a
  /// second array.
  ///
  /// - Parameters:
  ///   - parameters: Flat, as many elements as moments.
  ///   - gradient: Flat, likewise; the new parameters afterwards. Its memory is reused if nobody
  ///     shares it.
  ///   - learningRate: η of this step.
  ///   - gradientScale: Multiplies the gradient first, for clipping.
  ///   - threads: How many take part, at least 1; changes no number.
  /// - Precondition: equal counts.
  /// - Complexity: O(*count*)
  public mutating func update(
    from parameters: Tensor, replacing gradient: inout Tensor, learningRate: Float,
    gradientScale: Float = 1, threads: Int = 1
  ) {
    parameters.withUnsafeBufferPointer { w in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let base = gradient.baseAddress else { return }
        update(
          w, along: gradient.count, base, into: base, learningRate: learningRate,
          gradientScale: gradientScale, threads: threads)
      }
    }
  }

  private mutating func update(
    _ parameters: UnsafeBufferPointer<Float>, along gradientCount: Int,
    _ gradient: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>?,
    learningRate: Float, gradientScale: Float, threads: Int
  ) {
    var (first, second) = moments ?? (Tensor(zeros: [count]), Tensor(zeros: [count]))
    let count = parameters.count
    precondition(
      gradientCount == count && first.count == count && second.count == count,
      "\(count) parameters came with \(gradientCount) gradients and \(first.count) moments")
    // Held by nobody else, so that changing them copies nothing.
    moments = nil
    step += 1
    let correction1 = Float(1 - pow(Double(firstDecay), Double(step)))
    let correction2 = Float(1 - pow(Double(secondDecay), Double(step)))
    first.withUnsafeMutableBufferPointer { m in
      second.withUnsafeMutableBufferPointer { v in
        guard let w = parameters.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
          let target
        else { return }
        let (decay1, decay2) = (firstDecay, secondDecay)
        let (epsilon, weightDecay) = (epsilon, weightDecay)
        // Safe to share: each index has elements of its own.
        nonisolated(unsafe) let arrays = (w: w, gradient: gradient, m: m, v: v, target: target)
        let size = Self.elementsAtOnce
        parallelFor((count + size - 1) / size, threads: threads) { index in
          let start = index * size
          pg_adamw(
            min(size, count - start), arrays.w + start, arrays.gradient + start, arrays.m + start,
            arrays.v + start, learningRate, decay1, decay2, epsilon, weightDecay, correction1,
            correction2, gradientScale, arrays.target + start)
        }
      }
    }
    moments = (first, second)
  }
}

/// The Euclidean norm of all elements, summed in `Double` in a fixed order.
public func euclideanNorm(_ tensor: Tensor) -> Double {
  tensor.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return 0 }
    return pg_sum_of_squares(buffer.count, base).squareRoot()
  }
}
