internal import Environments
internal import Policy
public import RandomStreams
public import Trajectories

extension AgentLoop {
  /// One trajectory per task, side by side, in the order of the tasks.
  ///
  /// - Parameters:
  ///   - tasks: What to work on.
  ///   - step: The run's step, for the rollouts' names and streams.
  ///   - members: Rollouts per task.
  ///   - concurrency: Episodes in progress at most. Changes no number.
  ///   - stream: Rollout `m` of task `g` draws from `stream.child("rollout", step, g, m)`.
  ///   - finished: Called after each finished rollout, in no particular order.
  /// - Returns: One group per task.
  public func groups(
    _ tasks: [AgentTask], step: Int, members: Int, concurrency: Int = 256, stream: RandomStream,
    finished: @escaping @Sendable () -> Void = {}
  ) async throws -> [TrajectoryGroup] {
    precondition(members > 0 && concurrency > 0, "members and concurrency must be positive")
    let total = tasks.count * members
    var trajectories = [Trajectory?](repeating: nil, count: total)
    try await withThrowingTaskGroup(of: (Int, Trajectory).self) { group in
      func start(_ index: Int) {
        let id = RolloutID(step: step, group: index / members, member: index % members)
        group.addTask {
          let trajectory = try await trajectory(
            of: tasks[id.group], as: id,
            stream: stream.child("rollout", step, id.group, id.member))
          return (index, trajectory)
        }
      }
      for index in 0..<min(concurrency, total) { start(index) }
      var next = min(concurrency, total)
      while let (index, trajectory) = try await group.next() {
        trajectories[index] = trajectory
        finished()
        if next < total {
          start(next)
          next += 1
        }
      }
    }
    let finished = trajectories.compactMap(\.self)
    return tasks.indices.map { task in
      TrajectoryGroup(
        task: tasks[task], members: Array(finished[(task * members)..<((task + 1) * members)]))
    }
  }
}
