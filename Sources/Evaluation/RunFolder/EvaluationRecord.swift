public import Rewards
public import Trajectories

/// One question of an evaluation, answered by the likeliest token every time.
public struct EvaluationRecord: RunRecord, Hashable {
  /// When the policy was asked.
  public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Before reinforcement learning: after the warm start, if there was one.
    case before
    /// After the last step.
    case after
  }

  /// When.
  public let phase: Phase
  /// Which questions.
  public let set: EvaluationSet
  /// What happened.
  public let trajectory: Trajectory
  /// How good it was.
  public let report: RewardReport

  /// The record of one question.
  public init(
    phase: Phase, set: EvaluationSet, trajectory: Trajectory, report: RewardReport
  ) {
    self.phase = phase
    self.set = set
    self.trajectory = trajectory
    self.report = report
  }
}

/// A set of questions that a policy is measured on.
public struct EvaluationSet: RawRepresentable, Sendable, Hashable, Codable {
  /// The name in files.
  public let rawValue: String

  /// A set of any name.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Invented worlds that share no names with those of training.
  public static let heldOut = EvaluationSet(rawValue: "heldOut")
  /// Questions about the real world.
  public static let atlas = EvaluationSet(rawValue: "atlas")
  /// The control: held-out questions over an index that returns other questions' pages.
  ///
  /// What is answered here was not found by searching.
  public static let shuffledIndex = EvaluationSet(rawValue: "shuffledIndex")

  /// What people call it.
  public var title: String {
    switch self {
    case .heldOut: "Held-out worlds"
    case .atlas: "Atlas"
    case .shuffledIndex: "Shuffled index (control)"
    default: rawValue
    }
  }
}

extension EvaluationSet: Comparable {
  /// The order of reports: held-out, Atlas, other sets by name, the control last.
  public static func < (left: EvaluationSet, right: EvaluationSet) -> Bool {
    (left.rank, left.rawValue) < (right.rank, right.rawValue)
  }

  private var rank: Int {
    switch self {
    case .heldOut: 0
    case .atlas: 1
    case .shuffledIndex: 3
    default: 2
    }
  }
}
