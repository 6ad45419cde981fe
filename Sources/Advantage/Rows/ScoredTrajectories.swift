public import Trajectories

extension ScoredRows {
  /// The scores of trajectories, one row each, grouped by the step and group that made them;
  /// branches of one rollout share it.
  ///
  /// Their turns become ``steps``, without scores.
  ///
  /// - Parameters:
  ///   - trajectories: One per row.
  ///   - rule: Which tokens count; use the one the batch was packed with.
  /// - Throws: ``AdvantageError`` as ``init(scores:groups:rollouts:tokenCounts:)``, when one group
  ///   mixes tasks, and when one branch of a rollout is given twice.
  public init(
    _ trajectories: [Trajectory], selecting rule: SelectionRule = .policy
  ) throws(AdvantageError) {
    var groupNumbers: [GroupKey: Int] = [:]
    var rolloutNumbers: [RolloutID: Int] = [:]
    var tasks: [String] = []
    var groups: [Int] = []
    var rollouts: [Int] = []
    var rowOfBranch: [BranchKey: Int] = [:]
    for (row, trajectory) in trajectories.enumerated() {
      let branch = BranchKey(rollout: trajectory.rollout, branch: trajectory.branch)
      if let first = rowOfBranch.updateValue(row, forKey: branch) {
        throw .duplicateBranch(firstRow: first, secondRow: row)
      }
      let key = GroupKey(step: trajectory.rollout.step, group: trajectory.rollout.group)
      let group = groupNumbers[key] ?? tasks.count
      if group == tasks.count {
        groupNumbers[key] = group
        tasks.append(trajectory.task.id)
      }
      guard tasks[group] == trajectory.task.id else {
        throw .mixedTasks(group: key.group, first: tasks[group], second: trajectory.task.id)
      }
      groups.append(group)
      let rollout = rolloutNumbers[trajectory.rollout] ?? rolloutNumbers.count
      rolloutNumbers[trajectory.rollout] = rollout
      rollouts.append(rollout)
    }
    try self.init(
      scores: trajectories.map(\.score), groups: groups, rollouts: rollouts,
      tokenCounts: trajectories.map { $0.selection(rule).count })
    steps = AgentStep.steps(of: trajectories, selecting: rule)
  }

  private struct BranchKey: Hashable {
    let rollout: RolloutID
    let branch: Int
  }

  private struct GroupKey: Hashable {
    let step: Int
    let group: Int
  }
}
