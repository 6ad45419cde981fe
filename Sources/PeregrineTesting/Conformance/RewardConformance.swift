public import Rewards
public import Trajectories

/// Checks that a reward keeps what ``Rewards/Reward`` promises, and returns what it breaks.
///
/// On every trajectory: the reward does not throw, its numbers are finite, its credits name spans
/// that exist, its reasons are not empty, the same record is judged the same (again, concurrently,
/// and whatever score it carried before), and a cancelled task gets the same report or
/// `CancellationError`. On every trajectory that can't be judged: the score is missing and not 0.
///
///     #expect(await checkReward(MyReward()).isEmpty)
///
/// Calls the reward six times per trajectory.
///
/// - Parameters:
///   - reward: What is checked.
///   - trajectories: Records to judge; the default has empty, huge and malformed ones.
///   - unjudgeable: Records for which the score has to be missing.
/// - Returns: One sentence per violation; empty when the reward conforms.
public func checkReward(
  _ reward: some Reward, on trajectories: [Trajectory] = Trajectory.unusual,
  unjudgeable: [Trajectory] = []
) async -> [String] {
  var violations = Violations()
  violations.require(
    isLowerCamelCase(reward.name), "the name “\(reward.name)” is not lowerCamelCase")
  for (index, trajectory) in (trajectories + unjudgeable).enumerated() {
    let place = "on trajectory \(index)"
    let report = await violations.value("the reward \(place)") {
      try await reward.report(on: trajectory)
    }
    guard let report else { continue }
    check(report, of: trajectory, place, &violations)
    await checkRepetition(of: report, by: reward, on: trajectory, place, &violations)
    await checkCancellation(of: reward, on: trajectory, expecting: report, place, &violations)
    if index >= trajectories.count {
      violations.require(
        report.score.value == nil, "\(place), which can't be judged, the score is \(report.score)")
    }
  }
  return violations.all
}

func isLowerCamelCase(_ name: String) -> Bool {
  guard let first = name.unicodeScalars.first else { return false }
  return first.properties.isLowercase
    && name.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
}

func check(
  _ report: RewardReport, of trajectory: Trajectory, _ place: String,
  _ violations: inout Violations
) {
  for (name, score) in [("score", report.score)] + report.components.map({ ($0.name, $0.score) }) {
    switch score {
    case .value(let value):
      violations.require(value.isFinite, "\(place) \(name) is \(value); use a missing score")
    case .missing(let reason):
      violations.require(!reason.isEmpty, "\(place) \(name) is missing without a reason")
    }
  }
  for credit in report.credits {
    violations.require(
      trajectory.spans.indices.contains(credit.span),
      "\(place) a credit names span \(credit.span) of \(trajectory.spans.count)")
    violations.require(
      credit.value.isFinite, "\(place) the credit of span \(credit.span) is \(credit.value)")
    if let tokens = credit.tokens, trajectory.spans.indices.contains(credit.span) {
      let count = trajectory.spans[credit.span].count
      violations.require(
        tokens.lowerBound >= 0 && tokens.upperBound <= count,
        "\(place) a credit names tokens \(tokens) of span \(credit.span), which has \(count)")
    }
  }
}

private func checkRepetition(
  of report: RewardReport, by reward: some Reward, on trajectory: Trajectory, _ place: String,
  _ violations: inout Violations
) async {
  let again = await violations.value("the reward \(place), asked again,") {
    try await reward.report(on: trajectory)
  }
  violations.require(again == report, "\(place) a second report differs from the first")

  let both = await violations.value("the reward \(place), asked twice at once,") {
    async let left = reward.report(on: trajectory)
    async let right = reward.report(on: trajectory)
    return try await [left, right]
  }
  violations.require(both == [report, report], "\(place) concurrent reports differ")

  var scored = trajectory
  scored.score = .value(123)
  let rescored = await violations.value("the reward \(place), scored before,") { [scored] in
    try await reward.report(on: scored)
  }
  violations.require(rescored == report, "\(place) the report depends on an earlier score")
}

private func checkCancellation(
  of reward: some Reward, on trajectory: Trajectory, expecting report: RewardReport,
  _ place: String, _ violations: inout Violations
) async {
  let task = Task {
    withUnsafeCurrentTask { $0?.cancel() }
    return try await reward.report(on: trajectory)
  }
  do {
    let cancelled = try await task.value
    violations.require(cancelled == report, "\(place) a cancelled task got another report")
  } catch is CancellationError {
    // As promised.
  } catch {
    violations.require(false, "\(place) a cancelled task got \(error) and no CancellationError")
  }
}
