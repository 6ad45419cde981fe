public import Environments
public import Policy
public import RandomStreams
public import Trajectories

/// Somebody who knows what to do: a script, a person, a stronger model.
public protocol Demonstrator {
  /// The text of the next turn, given what the world answered to the last one; `nil` at first.
  mutating func act(observing observation: String?) -> String
}

/// The record of a demonstrator acting in an environment.
///
/// The tokens stand exactly as an agent's would: prompt, then turns and answers in alternation, each
/// tokenised by itself. The demonstrator's spans have origin `demonstration`, so imitation learns
/// from them and nothing takes them for samples.
///
/// - Parameters:
///   - turns: Turns at most; then the status is `.truncated(by: .turns)`.
/// - Throws: What the environment throws, and ``Trajectories/RecordError``.
public func demonstration(
  by demonstrator: some Demonstrator, of task: AgentTask, in environment: some Environment,
  tokenizer: any Tokenizer, rollout: RolloutID, turns: Int = 16, stream: RandomStream
) async throws -> Trajectory {
  var (demonstrator, environment) = (demonstrator, environment)
  var trajectory = Trajectory(task: task, rollout: rollout)
  func span(_ text: String, _ origin: SpanOrigin, _ role: Role, _ turn: Int) throws -> Span {
    try Span(
      telling: tokenizer.encode(text), origin: origin, role: role, turn: turn, tokenizer)
  }
  let prompt = try await environment.reset(task, stream: stream.child("environment"))
  try trajectory.append(span(prompt.text, .prompt, prompt.role, 0))
  var observation: String?
  for turn in 0..<turns {
    let action = demonstrator.act(observing: observation)
    try trajectory.append(span(action, .demonstration, .assistant, turn))
    let answer = try await environment.step(action)
    for event in answer.events { trajectory.append(event) }
    if let end = answer.end {
      trajectory.status = end.status
      return trajectory
    }
    try trajectory.append(
      span(answer.observation.text, .environment, answer.observation.role, turn))
    observation = answer.observation.text
  }
  trajectory.status = .truncated(by: .turns)
  return trajectory
}
