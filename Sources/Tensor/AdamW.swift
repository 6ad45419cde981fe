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
  public mutating func update(
    _ parameters: inout Tensor, along gradient: Tensor, learningRate: Float,
    gradientScale: Float = 1
  ) {
    parameters.withUnsafeMutableBufferPointer { w in
      update(
        UnsafeBufferPointer(w), along: gradient.count, gradient.pointer, into: w.baseAddress,
        learningRate: learningRate, gradientScale: gradientScale)
    }
  }

  /// Takes one step from parameters that somebody else goes on using: what comes out takes the place
  /// of the gradient.
  ///
  /// The numbers are those of ``update(_:along:learningRate:gradientScale:)``, without a second array.
  ///
  /// - Parameters:
  ///   - parameters: Flat, as many elements as moments.
  ///   - gradient: Flat, likewise; the new parameters afterwards. Its memory is reused if nobody
  ///     shares it.
  ///   - learningRate: η of this step.
  ///   - gradientScale: Multiplies the gradient first, for clipping.
  /// - Precondition: equal counts.
  /// - Complexity: O(*count*)
  public mutating func update(
    from parameters: Tensor, replacing gradient: inout Tensor, learningRate: Float,
    gradientScale: Float = 1
  ) {
    parameters.withUnsafeBufferPointer { w in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let base = gradient.baseAddress else { return }
        update(
          w, along: gradient.count, base, into: base, learningRate: learningRate,
          gradientScale: gradientScale)
      }
    }
  }

  private mutating func update(
    _ parameters: UnsafeBufferPointer<Float>, along gradientCount: Int,
    _ gradient: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>?,
    learningRate: Float, gradientScale: Float
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
        pg_adamw(
          count, w, gradient, m, v, learningRate, firstDecay, secondDecay, epsilon, weightDecay,
          correction1, correction2, gradientScale, target)
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
