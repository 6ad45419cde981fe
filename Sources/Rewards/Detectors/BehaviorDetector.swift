public import Trajectories

/// Finds one kind of bad behavior in trajectories.
///
/// A detector is a plain function of the record, so it can cost reward or only raise an alarm:
///
///     let reward = ExactMatch() + InventedCitations().penalty(0.3)
///     let alarm = GuessingWithoutSearch().alarm(above: 0.2)
///
/// What a policy is penalised for it learns to hide; keep some detectors for alarms only.
public protocol BehaviorDetector: Sendable {
  /// What the behavior is called in logs, in lower camel case.
  var name: String { get }

  /// How much of the behavior a trajectory shows.
  func detection(in trajectory: Trajectory) -> Detection
}

/// How much of a behavior a trajectory shows.
public struct Detection: Sendable, Hashable, Codable {
  /// From 0, nothing of it, to 1, nothing but it; missing where it can't be told.
  public let severity: Score
  /// What was found, in sentences; at most ``findingLimit`` of them.
  public let findings: [String]

  /// How many findings are kept.
  public static let findingLimit = 16

  /// A detection; a severity outside of 0…1 is moved to its closer end.
  public init(severity: Score, findings: [String] = []) {
    if case .value(let value) = severity {
      self.severity = Score(checking: min(max(value, 0), 1), of: "severity")
    } else {
      self.severity = severity
    }
    self.findings = Array(findings.prefix(Self.findingLimit))
  }

  /// Nothing was found.
  public static let nothing = Detection(severity: .value(0))

  /// A share of what was looked at; nothing to look at is nothing found.
  init(_ found: Int, of total: Int, findings: [String]) {
    self.init(
      severity: .value(total > 0 ? Double(found) / Double(total) : 0), findings: findings)
  }
}

extension BehaviorDetector {
  /// A reward that takes off up to a weight.
  ///
  /// - Precondition: `weight` is finite and not negative.
  public func penalty(_ weight: Double = 1) -> BehaviorPenalty {
    BehaviorPenalty(self, weight: weight)
  }

  /// An alarm that is raised when the mean severity passes a level.
  ///
  /// - Precondition: `level` is in 0…1.
  public func alarm(above level: Double) -> BehaviorAlarm {
    BehaviorAlarm(self, level: level)
  }
}

/// What a behavior costs.
///
///     score = −weight · severity
///
/// A severity that can't be told is a missing score. Findings become notes.
public struct BehaviorPenalty: Reward {
  /// The detector's name.
  public var name: String { detector.name }
  /// What the full severity costs.
  public let weight: Double
  private let detector: any BehaviorDetector

  init(_ detector: any BehaviorDetector, weight: Double) {
    precondition(
      weight.isFinite && weight >= 0, "a penalty's weight must not be negative, got \(weight)")
    self.detector = detector
    self.weight = weight
  }

  /// Judges one trajectory.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let detection = detector.detection(in: trajectory)
    let score = detection.severity.value.map { Score.value(-weight * $0) } ?? detection.severity
    return .single(name, score, notes: detection.findings)
  }
}

/// Watches a behavior without touching the reward.
public struct BehaviorAlarm: Sendable {
  /// What an alarm saw.
  public struct Report: Sendable, Hashable, Codable {
    /// The behavior.
    public let name: String
    /// The mean severity over what could be judged; missing if nothing could.
    public let severity: Score
    /// How many trajectories could be judged.
    public let judged: Int
    /// Indices of the trajectories that show any of it, worst first; equals in order.
    public let affected: [Int]
    /// Whether the mean severity is above the level.
    public let isRaised: Bool
  }

  /// The mean severity above which the alarm is raised.
  public let level: Double
  private let detector: any BehaviorDetector

  init(_ detector: any BehaviorDetector, level: Double) {
    precondition((0...1).contains(level), "an alarm's level must be in 0...1, got \(level)")
    self.detector = detector
    self.level = level
  }

  /// Looks at trajectories, such as those of a step.
  public func report(on trajectories: [Trajectory]) -> Report {
    let severities = trajectories.map { detector.detection(in: $0).severity.value }
    let judged = severities.compactMap(\.self)
    let mean = judged.isEmpty ? nil : judged.reduce(0, +) / Double(judged.count)
    let affected = severities.indices.filter { severities[$0] ?? 0 > 0 }
      .sorted { (severities[$1] ?? 0, $0) < (severities[$0] ?? 0, $1) }
    return Report(
      name: detector.name,
      severity: mean.map { .value($0) } ?? .missing(reason: "no trajectory could be judged"),
      judged: judged.count, affected: affected, isRaised: mean.map { $0 > level } ?? false)
  }
}
