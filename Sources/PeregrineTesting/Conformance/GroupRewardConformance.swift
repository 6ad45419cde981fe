public import Rewards
public import Trajectories

/// Checks that a reward over groups keeps what ``Rewards/GroupReward`` promises, and returns what it
/// breaks.
///
/// On every group: the reward does not throw, gives one report per member and none for an empty
/// group, its numbers are finite, its credits name spans that exist, its reasons are not empty, the
/// same group is judged the same (again, and whatever scores it carried before), a member without a
/// score does not shift the others, and a cancelled task gets the same reports or
/// `CancellationError`.
///
///     #expect(await checkGroupReward(MyGroupReward()).isEmpty)
///
/// Calls the reward up to five times per group.
///
/// - Parameters:
///   - reward: What is checked.
///   - groups: Groups to judge; the default has empty ones and huge, malformed members.
/// - Returns: One sentence per violation; empty when the reward conforms.
public func checkGroupReward(
  _ reward: some GroupReward, on groups: [TrajectoryGroup] = TrajectoryGroup.unusual
) async -> [String] {
  var violations = Violations()
  for (index, group) in groups.enumerated() {
    let place = "on group \(index)"
    let reports = await violations.value("the reward \(place)") {
      try await reward.reports(on: group)
    }
    guard let reports else { continue }
    guard reports.count == group.members.count else {
      violations.require(
        false, "\(place) of \(group.members.count) members there are \(reports.count) reports")
      continue
    }
    for (member, report) in zip(group.members, reports) {
      check(report, of: member, place, &violations)
    }
    await checkRepetition(of: reports, by: reward, on: group, place, &violations)
    await checkMissing(in: reports, by: reward, on: group, place, &violations)
    await checkCancellation(of: reward, on: group, expecting: reports, place, &violations)
  }
  return violations.all
}

extension TrajectoryGroup {
  /// Groups that rewards meet at night: none, one, and several members of every unusual kind.
  public static let unusual: [TrajectoryGroup] = {
    let task = AgentTask(id: "unusual", question: "who?", answers: ["Ada", "Ada Lovelace"])
    let members = Trajectory.unusual.enumerated().compactMap { index, trajectory in
      var member = Trajectory(
        task: task, rollout: RolloutID(step: 0, group: 0, member: index))
      for span in trajectory.spans { try? member.append(span) }
      for event in trajectory.events { member.append(event) }
      member.status = trajectory.status
      return member
    }
    let unanswered = AgentTask(id: "unanswered", question: "who?", answers: [])
    return [
      TrajectoryGroup(task: task, members: []),
      TrajectoryGroup(task: task, members: Array(members.prefix(1))),
      TrajectoryGroup(task: task, members: members),
      TrajectoryGroup(
        task: unanswered,
        members: [Trajectory(task: unanswered, rollout: RolloutID(step: 0, group: 1, member: 0))]),
    ]
  }()
}

private func check(
  _ report: RewardReport, of trajectory: Trajectory, _ place: String,
  _ violations: inout Violations
) {
  for score in [report.score] + report.components.map(\.score) {
    switch score {
    case .value(let value):
      violations.require(value.isFinite, "\(place) a score is \(value); use a missing score")
    case .missing(let reason):
      violations.require(!reason.isEmpty, "\(place) a score is missing without a reason")
    }
  }
  for credit in report.credits {
    violations.require(
      trajectory.spans.indices.contains(credit.span) && credit.value.isFinite,
      "\(place) span \(credit.span) of \(trajectory.spans.count) is credited \(credit.value)")
  }
}

private func checkRepetition(
  of reports: [RewardReport], by reward: some GroupReward, on group: TrajectoryGroup,
  _ place: String, _ violations: inout Violations
) async {
  let again = await violations.value("the reward \(place), asked again,") {
    try await reward.reports(on: group)
  }
  violations.require(again == reports, "\(place) the second reports differ from the first")

  var scored = group
  for index in scored.members.indices { scored.members[index].score = .value(123) }
  let rescored = await violations.value("the reward \(place), scored before,") { [scored] in
    try await reward.reports(on: scored)
  }
  violations.require(rescored == reports, "\(place) the reports depend on earlier scores")
}

private func checkMissing(
  in reports: [RewardReport], by reward: some GroupReward, on group: TrajectoryGroup,
  _ place: String, _ violations: inout Violations
) async {
  let judged = reports.indices.filter { reports[$0].score.value != nil }
  guard judged.count < reports.count else { return }
  let rest = TrajectoryGroup(task: group.task, members: judged.map { group.members[$0] })
  let alone = await violations.value("the reward \(place), without missing members,") {
    try await reward.reports(on: rest)
  }
  violations.require(
    alone?.map(\.score) == judged.map { reports[$0].score },
    "\(place) members without a score shift the others")
}

private func checkCancellation(
  of reward: some GroupReward, on group: TrajectoryGroup, expecting reports: [RewardReport],
  _ place: String, _ violations: inout Violations
) async {
  let task = Task {
    withUnsafeCurrentTask { $0?.cancel() }
    return try await reward.reports(on: group)
  }
  do {
    let cancelled = try await task.value
    violations.require(cancelled == reports, "\(place) a cancelled task got other reports")
  } catch is CancellationError {
    // As promised.
  } catch {
    violations.require(false, "\(place) a cancelled task got \(error) and no CancellationError")
  }
}
