public import Rewards
public import Trajectories

/// Checks that a reward over groups keeps what ``Rewards/GroupReward`` promises, and returns what it
/// breaks.
///
/// On every group: the reward does not throw, makes one report per member, an empty group none; what
/// `checkReward` asks of a report holds for each; the same group is judged the same again and
/// concurrently, and whatever scores it carried before; members without a score don't shift the
/// others; a group in another order gets the same reports in that order; a cancelled task gets the
/// same reports or `CancellationError`.
///
///     #expect(await checkGroupReward(MyComparison()).isEmpty)
///
/// - Parameters:
///   - reward: What is checked.
///   - groups: Groups to judge; the default has one of each task of `Trajectory.unusual`, members
///     that are equal, and one that is empty.
///   - isOrderFree: Whether the order of the members should make no difference.
/// - Returns: One sentence per violation; empty when the reward conforms.
public func checkGroupReward(
  _ reward: some GroupReward, on groups: [TrajectoryGroup] = TrajectoryGroup.unusual,
  isOrderFree: Bool = true
) async -> [String] {
  var violations = Violations()
  violations.require(
    isLowerCamelCase(reward.name), "the name “\(reward.name)” is not lowerCamelCase")
  for (index, group) in groups.enumerated() {
    let place = "on group \(index)"
    let reports = await violations.value("the reward \(place)") {
      try await reward.reports(on: group)
    }
    guard let reports else { continue }
    violations.require(
      reports.count == group.members.count,
      "\(place) there are \(reports.count) reports on \(group.members.count) members")
    guard reports.count == group.members.count else { continue }
    for (member, report) in zip(group.members, reports) {
      check(report, of: member, place, &violations)
    }
    await checkRepetition(of: reports, by: reward, on: group, place, &violations)
    if isOrderFree {
      let reversed = TrajectoryGroup(task: group.task, members: group.members.reversed())
      let others = await violations.value("the reward \(place), reversed,") {
        try await reward.reports(on: reversed)
      }
      violations.require(
        others.map { $0.reversed() } == reports, "\(place) the order of the members matters")
    }
    await checkMissing(in: reports, by: reward, on: group, place, &violations)
    await checkCancellation(of: reward, on: group, expecting: reports, place, &violations)
  }
  return violations.all
}

private func checkRepetition(
  of reports: [RewardReport], by reward: some GroupReward, on group: TrajectoryGroup,
  _ place: String, _ violations: inout Violations
) async {
  let both = await violations.value("the reward \(place), asked twice at once,") {
    async let left = reward.reports(on: group)
    async let right = reward.reports(on: group)
    return try await [left, right]
  }
  violations.require(both == [reports, reports], "\(place) further reports differ from the first")

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

extension TrajectoryGroup {
  /// Groups that rewards meet at night: empty, of one member, of equal members, of members that ended
  /// in every way.
  public static let unusual: [TrajectoryGroup] = {
    let task = AgentTask(id: "unusual", question: "who?", answers: ["Ada"])
    let members = Trajectory.unusual.enumerated().compactMap { index, trajectory -> Trajectory? in
      var member = Trajectory(
        task: task, rollout: RolloutID(step: 0, group: 0, member: index))
      for span in trajectory.spans { guard (try? member.append(span)) != nil else { return nil } }
      for event in trajectory.events { member.append(event) }
      member.status = trajectory.status
      return member
    }
    let sizes = [
      [], Array(members.prefix(1)), Array(members.prefix(3)) + members.prefix(3), members,
    ]
    return sizes.map { TrajectoryGroup(task: task, members: $0) }
  }()
}
