public import Trajectories

/// A reward that counts only where another one, its gate, is passed.
///
///     score = base        if gate ≥ threshold
///             otherwise   if gate < threshold
///
/// Missing if the gate is. Gates nest: in `style.gated(by: content.gated(by: format))` a broken
/// format takes the content with it and the content the style. Where the gate is not passed a base
/// that judges single trajectories isn't asked, which saves its judge's time; it stands in the
/// report as missing with the reason.
public struct GatedReward<Base: GroupReward, Gate: GroupReward>: GroupReward {
  /// The base's.
  public var name: String { base.name }
  /// What counts behind the gate.
  public let base: Base
  /// What has to be passed.
  public let gate: Gate
  /// The least score that passes.
  public let threshold: Double
  /// The score where the gate is not passed.
  public let otherwise: Double

  init(_ base: Base, gate: Gate, threshold: Double, otherwise: Double) {
    precondition(!threshold.isNaN, "a gate's threshold can't be NaN")
    precondition(otherwise.isFinite, "the score behind a closed gate must be finite")
    self.base = base
    self.gate = gate
    self.threshold = threshold
    self.otherwise = otherwise
  }

  /// Those of base and gate.
  public var statefulParts: [any StatefulReward] { base.statefulParts + gate.statefulParts }

  /// Judges gate and base of all members.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    async let gates = gate.memberReports(on: group)
    async let bases = base.memberReports(on: group)
    return zip(try await gates, try await bases).map { gated($1, by: $0) }
  }

  private func gated(_ base: RewardReport?, by gate: RewardReport) -> RewardReport {
    var result = RewardReport(score: .value(otherwise))
    result.explain(with: gate, of: self.gate.name, factor: 0)
    if case .missing(let reason) = gate.score {
      result.score = .missing(reason: "\(self.gate.name): \(reason)")
    }
    let isOpen = isOpen(gate)
    if let base {
      result.explain(with: base, of: self.base.name, factor: isOpen ? 1 : 0)
      if isOpen { result.score = base.score }
    } else {
      let reason = "not judged: \(self.gate.name) was not passed"
      result.components.append(
        RewardComponent(name: self.base.name, score: .missing(reason: reason)))
    }
    return result
  }

  private func isOpen(_ gate: RewardReport) -> Bool {
    gate.score.value.map { $0 >= threshold } ?? false
  }
}

extension GatedReward: Reward where Base: Reward, Gate: Reward {
  /// Judges the gate, and the base if it is passed.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let gate = try await gate.report(on: trajectory)
    return gated(isOpen(gate) ? try await base.report(on: trajectory) : nil, by: gate)
  }
}

extension GroupReward {
  /// This reward where the gate reaches a threshold, another number where it does not.
  ///
  /// - Parameters:
  ///   - gate: What has to be passed.
  ///   - threshold: The least score that passes.
  ///   - otherwise: The score where it is not passed; finite.
  public func gated<Gate: GroupReward>(
    by gate: Gate, atLeast threshold: Double = 1, otherwise: Double = 0
  ) -> GatedReward<Self, Gate> {
    GatedReward(self, gate: gate, threshold: threshold, otherwise: otherwise)
  }

  /// This reward for right answers and 0 for others: a bonus that can't be had without being right.
  ///
  /// - Parameters:
  ///   - outcome: What tells whether the answer is right.
  ///   - threshold: The least score that is right.
  public func onlyIfCorrect<Outcome: GroupReward>(
    _ outcome: Outcome, atLeast threshold: Double = 1
  ) -> GatedReward<Self, Outcome> {
    gated(by: outcome, atLeast: threshold)
  }
}
