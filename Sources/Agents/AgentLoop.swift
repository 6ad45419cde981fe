public import Environments
public import Policy
public import RandomStreams
public import Trajectories

/// The loop that puts a policy into a world and writes down what happens.
///
/// Turn by turn: the policy samples until one of the environment's turn ends, the environment reads
/// the sampled text and answers, the answer's tokens follow in the same context. Sampled ids go into
/// the record as they were drawn; nothing is ever decoded and encoded again.
///
///     let loop = AgentLoop(policy: policy, tokenizer: policy.tokenizer, limits: limits) {
///       SearchR1Environment(retriever: index)
///     }
///     let trajectory = try await loop.trajectory(of: task, as: id, stream: stream)
public struct AgentLoop<Sampler: SamplingPolicy, World: Environment>: Sendable {
  /// Who acts.
  public let policy: Sampler
  /// Text to ids and back; the one the policy was trained with.
  public let tokenizer: any Tokenizer
  /// What the agent may use.
  public var limits: AgentLimits
  /// How tokens are drawn.
  public var settings: SamplingSettings
  /// Tokens that end a turn besides the environment's texts.
  public var stopTokens: Set<Int32>
  private let makeEnvironment: @Sendable () -> World

  /// A loop over environments made by a closure, one per episode.
  public init(
    policy: Sampler, tokenizer: any Tokenizer, limits: AgentLimits = AgentLimits(),
    settings: SamplingSettings = SamplingSettings(), stopTokens: Set<Int32> = [],
    environment: @escaping @Sendable () -> World
  ) {
    self.policy = policy
    self.tokenizer = tokenizer
    self.limits = limits
    self.settings = settings
    self.stopTokens = stopTokens
    makeEnvironment = environment
  }

  /// What happens when the agent works on a task.
  ///
  /// Whatever goes wrong is the trajectory's status, and what happened until then is kept: an
  /// environment that throws gives `.failed(.environment)`, a policy that can't go on
  /// `.failed(.model)`, a prompt or an observation too long for the context
  /// `.truncated(by: .context)`.
  ///
  /// - Throws: `CancellationError` only.
  public func trajectory(
    of task: AgentTask, as rollout: RolloutID, stream: RandomStream
  ) async throws -> Trajectory {
    var trajectory = Trajectory(task: task, rollout: rollout)
    do {
      try await run(&trajectory, stream: stream)
    } catch let failure as EnvironmentFailure {
      trajectory.status = .failed(.environment("\(failure.error)"))
    } catch PolicyError.contextOverflow, PolicyError.contextFull {
      trajectory.status = .truncated(by: .context)
    } catch {
      trajectory.status = .failed(.model("\(error)"))
    }
    // Only our own cancellation ends the run; a world's cancelled request is a failure of the world.
    try Task.checkCancellation()
    return trajectory
  }

  private func run(_ trajectory: inout Trajectory, stream: RandomStream) async throws {
    var environment = makeEnvironment()
    let context = try await policy.makeContext()
    let prompt: Observation
    do {
      prompt = try await environment.reset(
        trajectory.task, stream: stream.child("environment"))
    } catch {
      throw EnvironmentFailure(error: error)
    }
    try await tell(prompt, as: .prompt, turn: 0, in: context, &trajectory)

    for turn in 0..<limits.turns {
      let held = context.tokens.count
      guard held < limits.contextTokens else {
        throw PolicyError.contextFull(limit: limits.contextTokens)
      }
      let generation = try await context.generate(
        GenerationRequest(
          settings: settings,
          stop: StopConditions(
            maximumTokens: min(limits.tokensPerTurn, limits.contextTokens - held),
            texts: environment.turnEnds, tokens: stopTokens),
          stream: stream.child("turn", turn)))
      let text = tokenizer.text(of: generation.tokens)
      try trajectory.append(
        Span(
          origin: .policy, role: .assistant, turn: turn, tokens: generation.tokens,
          text: text.bytes, offsets: text.offsets, sampling: generation.record))

      let answer: EnvironmentStep
      do {
        answer = try await environment.step(String(decoding: text.bytes, as: UTF8.self))
      } catch {
        throw EnvironmentFailure(error: error)
      }
      for event in answer.events { trajectory.append(event) }
      if let end = answer.end {
        trajectory.status = end.status
        return
      }
      if generation.stopReason == .contextFull {
        trajectory.status = .truncated(by: .context)
        return
      }
      try await tell(answer.observation, as: .environment, turn: turn, in: context, &trajectory)
    }
    trajectory.status = .truncated(by: .turns)
  }

  /// Records what the agent reads, then puts it into the context.
  private func tell(
    _ observation: Observation, as origin: SpanOrigin, turn: Int, in context: Sampler.Context,
    _ trajectory: inout Trajectory
  ) async throws {
    var tokens = tokenizer.encode(observation.text)
    if origin == .environment, tokens.count > limits.observationTokens {
      tokens.removeLast(tokens.count - limits.observationTokens)
    }
    let held = context.tokens.count
    guard held + tokens.count <= limits.contextTokens else {
      throw PolicyError.contextOverflow(
        held: held, adding: tokens.count, limit: limits.contextTokens)
    }
    try await context.append(tokens)
    try trajectory.append(
      Span(telling: tokens, origin: origin, role: observation.role, turn: turn, tokenizer))
  }
}

/// An error that an environment threw, told apart from those of the policy.
private struct EnvironmentFailure: Error {
  let error: any Error
}

extension EpisodeEnd {
  /// The trajectory's status.
  var status: TrajectoryStatus {
    switch self {
    case .terminated: .completed
    case .truncated(let cause): .truncated(by: cause)
    case .looped: .looped
    }
  }
}

extension Span {
  /// A span of tokens nobody sampled.
  init(
    telling tokens: [Int32], origin: SpanOrigin, role: Role, turn: Int, _ tokenizer: any Tokenizer
  ) throws(RecordError) {
    let text = tokenizer.text(of: tokens)
    try self.init(
      origin: origin, role: role, turn: turn, tokens: tokens, text: text.bytes,
      offsets: text.offsets)
  }
}
