internal import Retrieval

/// How much format and correctness of tool calls can be worth over the steps of a run.
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py (switches `MAX1STEP30MAX3`, `SCHEDULEREWARD`,
///   `CORRECTMAX1`).
public struct ToolRLSchedule: Sendable, Hashable, Codable {
  /// What a message can earn for its shape and for its calls.
  public struct Bounds: Sendable, Hashable, Codable {
    /// Ill-formed to well-formed.
    public let format: ClosedRange<Double>
    /// Unreadable to equal.
    public let correctness: ClosedRange<Double>

    /// Bounds.
    public init(format: ClosedRange<Double>, correctness: ClosedRange<Double>) {
      self.format = format
      self.correctness = correctness
    }
  }

  private enum Course: Sendable, Hashable, Codable {
    case constant
    case switched(step: Int)
    case linear(steps: Int)
  }

  /// What the schedule starts from.
  public let bounds: Bounds
  private let course: Course

  private init(_ course: Course, _ bounds: Bounds) {
    self.course = course
    self.bounds = bounds
  }

  private static let full = Bounds(format: 0...1, correctness: -3...3)

  /// Format 0…1, correctness -3…3, all along.
  public static let constant = ToolRLSchedule(.constant, full)
  /// Format 0…1, correctness -1…1, all along.
  public static let equal = ToolRLSchedule(.constant, Bounds(format: 0...1, correctness: -1...1))

  /// Bounds of your own, all along.
  public static func constant(_ bounds: Bounds) -> ToolRLSchedule {
    ToolRLSchedule(.constant, bounds)
  }

  /// Format first: a third of the correctness before a step, half of the format from it on.
  ///
  /// - Precondition: `step` is not negative.
  public static func switched(at step: Int = 30) -> ToolRLSchedule {
    precondition(step >= 0, "a schedule can't switch at step \(step)")
    return ToolRLSchedule(.switched(step: step), full)
  }

  /// Format fades from -2…2 to -1…1 while correctness grows from -2…2 to -3…3, step by step.
  ///
  ///     format upper = max(1, 2 - t),          lower = min(-1, -2 + 2 t)
  ///     correctness upper = min(3, 2 + t),     lower = -upper,     t = step / steps
  ///
  /// The lower format bound arrives halfway.
  ///
  /// - Precondition: `steps` is positive.
  public static func linear(over steps: Int = 150) -> ToolRLSchedule {
    precondition(steps > 0, "a linear schedule needs steps, got \(steps)")
    return ToolRLSchedule(.linear(steps: steps), full)
  }

  /// The bounds at a step, from 0.
  public func bounds(atStep step: Int) -> Bounds {
    switch course {
    case .constant: return bounds
    case .switched(let change):
      return step < change
        ? Bounds(format: bounds.format, correctness: scaled(bounds.correctness, by: 1.0 / 3))
        : Bounds(format: scaled(bounds.format, by: 0.5), correctness: bounds.correctness)
    case .linear(let steps):
      let time = Double(max(step, 0)) / Double(steps)
      let upper = min(3, 2 + time)
      return Bounds(
        format: min(-1, -2 + 2 * time)...max(1, 2 - time), correctness: -upper...upper)
    }
  }

  private func scaled(_ range: ClosedRange<Double>, by factor: Double) -> ClosedRange<Double> {
    range.lowerBound * factor...range.upperBound * factor
  }
}

/// Pay for long thinking.
///
///     score = min(1, words between the last `<think>` and the next `</think>` / words paid in full)
///
/// The quotient is rounded to two decimals. 0 without both tags.
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py (switches `WITHLENGTH`, `SCHEDULELENGTH`).
public struct ToolRLLength: Sendable, Hashable, Codable {
  /// At so many words pay ends, at step 0.
  public let words: Double
  /// By how many words that rises each step.
  public let growth: Double

  /// Pay up to a number of words that can rise with the steps.
  ///
  /// - Precondition: `words` is positive and finite, `growth` finite and not negative.
  public init(words: Double = 512, growth: Double = 0) {
    precondition(words > 0 && words.isFinite, "thinking is paid up to \(words) words")
    precondition(growth >= 0 && growth.isFinite, "the paid length can't grow by \(growth)")
    self.words = words
    self.growth = growth
  }

  /// From 384 words at step 0 to 640 at step 105, and on.
  public static let growing = ToolRLLength(words: 384, growth: (640.0 - 384) / 105)

  /// What a message earns at a step, in 0…1.
  public func score(_ message: String, atStep step: Int) -> Double {
    let text = MarkedText(message)
    guard text.contains("<think>"), text.contains("</think>"),
      let last = text.pieces(between: "<think>").last
    else { return 0 }
    let count = Double(MarkedText(last).before("</think>").splitAtBlanks.count)
    let share = count / (words + growth * Double(max(step, 0)))
    return min(1, (share * 100).rounded(.toNearestOrEven) / 100)
  }
}
