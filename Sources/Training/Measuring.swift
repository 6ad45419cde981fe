public import Agents
internal import Environments
public import Evaluation
internal import Policy
public import RandomStreams
public import Rewards
public import Trajectories

extension AgentLoop {
  /// What the agent makes of every task, greedily, one attempt each, in the order of the tasks.
  ///
  /// - Parameters:
  ///   - tasks: All of them are asked; none is dropped or reordered.
  ///   - reward: Judges the answers.
  ///   - phase: Before or after training, for the record.
  ///   - set: Which questions these are.
  ///   - stream: Randomness of the environments; greedy sampling needs none.
  ///   - finished: Called after each answered question.
  public func measured(
    on tasks: [AgentTask], by reward: some Reward, phase: EvaluationRecord.Phase,
    set: EvaluationSet, stream: RandomStream, finished: @escaping @Sendable () -> Void = {}
  ) async throws -> [EvaluationRecord] {
    var greedy = self
    greedy.settings = .greedy
    let groups = try await greedy.groups(
      tasks, step: 0, members: 1, stream: stream.child("measuring"), finished: finished)
    var records: [EvaluationRecord] = []
    for var trajectory in groups.flatMap(\.members) {
      let report = try await reward.report(on: trajectory)
      trajectory.score = report.score
      records.append(
        EvaluationRecord(phase: phase, set: set, trajectory: trajectory, report: report))
    }
    return records
  }
}
