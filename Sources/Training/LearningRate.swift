#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How the learning rate moves over a run.
public struct LearningRateSchedule: Sendable, Hashable, Codable {
  /// The highest rate.
  public var peak: Float
  /// Steps over which the rate rises linearly from `peak / warmup`; 0 or 1 start at the peak.
  public var warmup: Int
  /// What is left of the peak at the last step, in `[0, 1]`; the way there is half a cosine.
  public var final: Float

  /// A schedule.
  public init(peak: Float, warmup: Int = 0, final: Float = 1) {
    precondition(peak > 0 && warmup >= 0 && (0...1).contains(final), "a rate must be positive")
    self.peak = peak
    self.warmup = warmup
    self.final = final
  }

  /// The rate of a step, counted from 0, of so many.
  public func rate(step: Int, of steps: Int) -> Float {
    if step < warmup { return peak * Float(step + 1) / Float(warmup) }
    let rest = max(steps - warmup, 1)
    let progress = Double(min(step - warmup, rest)) / Double(rest)
    let shape = 0.5 * (1 + cos(Double.pi * progress))
    return peak * (final + (1 - final) * Float(shape))
  }
}
