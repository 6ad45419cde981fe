public import Trajectories

/// What becomes of the score of a response that was cut off.
///
/// - Source: ProRL and OpenRLHF (`stop_properly_penalty_coef`) for `scale` and `replace`; TRL
///   (`mask_truncated_completions`) and rLLM (compact filtering) for leaving rows out.
public enum TruncationRule: Sendable, Hashable, Codable {
  /// It stays.
  case keep
  /// It is multiplied, in `0...1`.
  case scale(Double)
  /// It becomes this.
  case replace(Double)

  /// The score of a response; one that is missing stays missing.
  public func score(_ score: Score, isTruncated: Bool) -> Score {
    guard isTruncated, case .value(let value) = score else { return score }
    switch self {
    case .keep: return score
    case .scale(let factor): return Score(checking: value * factor, of: "scaling a truncated score")
    case .replace(let value): return Score(checking: value, of: "replacing a truncated score")
    }
  }

  /// The rule of a coefficient as OpenRLHF reads it: at 0 and above it scales, below 0 it replaces.
  public init(openRLHF coefficient: Double) {
    self = coefficient >= 0 ? .scale(coefficient) : .replace(coefficient)
  }
}

/// Which ends keep a trajectory out of the loss.
///
/// Its score still counts in its group; leave it out there too by making the score missing.
///
///     let weights = LossAggregation.tokenMean.weights(
///       for: rows, leavingOut: EndMask.unfinished.rows(of: trajectories))
public struct EndMask: OptionSet, Sendable, Hashable, Codable {
  /// One bit per kind of end.
  public let rawValue: Int

  /// A mask from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The turns ran out.
  public static let turns = EndMask(rawValue: 1 << 0)
  /// The tokens of a turn ran out.
  public static let turnTokens = EndMask(rawValue: 1 << 1)
  /// The context ran out.
  public static let context = EndMask(rawValue: 1 << 2)
  /// The time ran out.
  public static let time = EndMask(rawValue: 1 << 3)
  /// It repeated itself.
  public static let looped = EndMask(rawValue: 1 << 4)
  /// Somebody cancelled it.
  public static let aborted = EndMask(rawValue: 1 << 5)
  /// It broke.
  public static let failed = EndMask(rawValue: 1 << 6)

  /// Anything ran out.
  public static let truncated: EndMask = [.turns, .turnTokens, .context, .time]
  /// Everything but an end of the agent's own.
  public static let unfinished: EndMask = [.truncated, .looped, .aborted, .failed]

  /// Whether the mask leaves out what ended so.
  public func leavesOut(_ status: TrajectoryStatus) -> Bool {
    switch status {
    case .completed: false
    case .truncated(by: .turns): contains(.turns)
    case .truncated(by: .turnTokens): contains(.turnTokens)
    case .truncated(by: .context): contains(.context)
    case .truncated(by: .time): contains(.time)
    case .looped: contains(.looped)
    case .aborted: contains(.aborted)
    case .failed: contains(.failed)
    }
  }

  /// The rows to leave out of a loss.
  public func rows(of trajectories: [Trajectory]) -> Set<Int> {
    Set(trajectories.indices.filter { leavesOut(trajectories[$0].status) })
  }
}
