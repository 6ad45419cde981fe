public import Trajectories

/// Levels of demands on one text, of which a lower one that fails gates the higher ones.
///
///     score = sum of weight · score over levels up to the first that fails  /  sum of all weights
///
/// A level fails when its score is below what it needs. It still counts with that score, unless
/// `zeroOnFailure` makes the whole 0. Levels above it aren't judged and count 0, so a text can't
/// make up in style for what it lacks in form, and no judge is asked about a broken text. A missing
/// score makes the whole missing: nobody knows whether the gate is open.
///
/// Components: each level under its reward's name; gated ones are 0 and named in a note.
///
/// - Source: notes about the abstract of RL-Struct (hierarchical constraints); no code is public.
public struct GatedLevels: Reward {
  /// One level.
  public struct Level: Sendable {
    /// What is demanded; in 0…1.
    public let reward: any Reward
    /// What it weighs; not negative.
    public let weight: Double
    /// The score below which it fails.
    public let needed: Double

    /// A level.
    ///
    /// - Precondition: `weight` is finite and not negative, `needed` is a number.
    public init(_ reward: some Reward, weight: Double = 1, needed: Double = 1) {
      precondition(
        weight.isFinite && weight >= 0,
        "the weight of \(reward.name) must not be negative, got \(weight)")
      precondition(!needed.isNaN, "what \(reward.name) needs must be a number")
      self.reward = reward
      self.weight = weight
      self.needed = needed
    }
  }

  /// `levels` unless told otherwise.
  public let name: String
  /// The levels, lowest first.
  public let levels: [Level]
  /// Whether a failure makes the whole 0.
  public let zeroOnFailure: Bool

  /// Gated levels.
  ///
  /// - Precondition: there is a level with a weight, and no two share a name.
  public init(_ levels: [Level], name: String = "levels", zeroOnFailure: Bool = false) {
    precondition(levels.contains { $0.weight > 0 }, "a level must weigh something")
    precondition(
      Set(levels.map(\.reward.name)).count == levels.count,
      "two levels share a name; give one another with named(_:)")
    self.levels = levels
    self.name = name
    self.zeroOnFailure = zeroOnFailure
  }

  /// Those of the levels.
  public var statefulParts: [any StatefulReward] { levels.flatMap(\.reward.statefulParts) }

  /// Judges level after level, up to the first that fails.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    var (sum, failed): (Double, String?) = (0, nil)
    var missing: Score?
    var report = RewardReport(score: .value(0))
    for level in levels {
      let name = level.reward.name
      if failed != nil || missing != nil {
        report.components.append(
          RewardComponent(name: name, score: missing == nil ? .value(0) : Self.unasked))
        if let failed { report.notes.append("\(name): gated by \(failed)") }
        continue
      }
      let one = try await level.reward.report(on: trajectory)
      report.components.append(RewardComponent(name: name, score: one.score))
      report.components += one.components.filter { $0.name != name }
      report.notes += one.notes.map { "\(name): \($0)" }
      switch one.score {
      case .missing(let reason): missing = .missing(reason: "\(name): \(reason)")
      case .value(let value):
        sum += level.weight * value
        if value < level.needed { failed = name }
      }
    }
    let weight = levels.reduce(0) { $0 + $1.weight }
    let total = failed != nil && zeroOnFailure ? 0 : sum / weight
    report.score = missing ?? Score(checking: total, of: name)
    report.components.insert(RewardComponent(name: name, score: report.score), at: 0)
    return report
  }

  private static let unasked = Score.missing(reason: "a lower level could not be judged")
}
