import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

/// Same tokens, same numbers: whoever computes them, with whom, and on how many threads.
@Suite struct SameNumbersTests {
  /// Several turns in one context, the world's tokens between them, as one trajectory.
  func episode(_ policy: TransformerPolicy, member: Int, turns: Int = 3) async throws -> Trajectory
  {
    let task = AgentTask(id: "t", question: "", answers: [])
    var trajectory = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: member))
    let context = try await policy.makeContext()
    func tell(_ text: String, _ origin: SpanOrigin, _ turn: Int) async throws {
      let ids = policy.tokenizer.encode(text)
      try await context.append(ids)
      let (bytes, offsets) = policy.tokenizer.text(of: ids)
      try trajectory.append(
        Span(origin: origin, role: .user, turn: turn, tokens: ids, text: bytes, offsets: offsets))
    }
    try await tell("a prompt of member \(member)", .prompt, 0)
    for turn in 0..<turns {
      let generation = try await context.generate(
        request(
          7 + 5 * member % 11, stream: RandomStream(seed: 2).child("g", member, turn),
          temperature: turn == 1 ? 0.7 : 1))
      let (bytes, offsets) = policy.tokenizer.text(of: generation.tokens)
      try trajectory.append(
        Span(
          origin: .policy, role: .assistant, turn: turn, tokens: generation.tokens, text: bytes,
          offsets: offsets, sampling: generation.record))
      try await tell(
        String(repeating: "the world answers ", count: 1 + member % 9), .environment, turn)
    }
    return trajectory
  }

  @Test("the sampler's log-probabilities are the learner's, bit for bit")
  func samplerIsLearner() async throws {
    let policy = try tinyPolicy(context: 1024)
    let trajectories = try await withThrowingTaskGroup(of: Trajectory.self) { group in
      for member in 0..<12 { group.addTask { try await episode(policy, member: member) } }
      var result: [Trajectory] = []
      for try await trajectory in group { result.append(trajectory) }
      return result
    }
    let batch = PackedBatch(trajectories)
    let pass = try await policy.forward(batch)
    let sampled = try trajectories.flatMap { try $0.samplerLogProbabilities() }
    #expect(!sampled.isEmpty)
    #expect(pass.logProbabilities == sampled)
  }

  @Test("what a context samples does not depend on who else is decoding")
  func independentOfNeighbours() async throws {
    let policy = try tinyPolicy(context: 1024)
    let alone = try await episode(policy, member: 4)
    let together = try await withThrowingTaskGroup(of: Trajectory.self) { group in
      for member in 0..<20 { group.addTask { try await episode(policy, member: member) } }
      var result: [Int: Trajectory] = [:]
      for try await trajectory in group { result[trajectory.rollout.member] = trajectory }
      return result
    }
    #expect(together[4] == alone)
    #expect(Set(together.values.map(\.tokens)).count == 20)
  }

  @Test("one thread and two give the same weights after three steps, bit for bit")
  func threads() async throws {
    var results: [[Float]] = []
    for threads in [1, 2] {
      let policy = try tinyPolicy(execution: .init(threads: threads, shards: 2))
      for step in 0..<3 {
        let pass = try await policy.forward(randomBatch(rows: 9, seed: UInt64(step)))
        try await policy.backward(
          pass,
          PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
        _ = try await policy.step(OptimizerStep(learningRate: 1e-3))
      }
      results.append(policy.state.withLock { $0.weights.parameters.values })
    }
    #expect(results[0] == results[1])
  }

  @Test("micro-batches and what is kept change no log-probability and hardly a gradient")
  func microBatches() async throws {
    let batch = randomBatch(rows: 12)
    var passes: [[Float]] = []
    var gradients: [[Float]] = []
    for execution in [
      TransformerPolicy.Execution(microBatchTokens: 100_000),
      TransformerPolicy.Execution(microBatchTokens: 1),
      TransformerPolicy.Execution(microBatchTokens: 100_000, retainedTokens: 0),
      TransformerPolicy.Execution(microBatchTokens: 100_000, retainedLogits: 0),
    ] {
      let policy = try tinyPolicy(execution: execution)
      let pass = try await policy.forward(batch)
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { $0 * 0.1 }))
      passes.append(pass.logProbabilities)
      gradients.append(policy.state.withLock { $0.gradient?.values ?? [] })
    }
    #expect(passes[0] == passes[1])
    #expect(passes[0] == passes[2])
    #expect(passes[0] == passes[3])
    #expect(gradients[0] == gradients[2])
    #expect(gradients[0] == gradients[3])
    let scale = gradients[0].map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(zip(gradients[0], gradients[1]).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
  }

  @Test("tokens behind a row's last selected one change nothing")
  func tokensBehind() async throws {
    let policy = try tinyPolicy()
    let short = PackedBatch(rows: [[1, 2, 3, 4]], selections: [[1, 3]])
    let long = PackedBatch(rows: [[1, 2, 3, 4, 250, 251]], selections: [[1, 3]])
    let a = try await policy.forward(short)
    let b = try await policy.forward(long)
    #expect(a.logProbabilities == b.logProbabilities)
  }

  @Test("a fork shares its tokens and goes its own way")
  func fork() async throws {
    let policy = try tinyPolicy()
    let context = try await policy.makeContext()
    try await context.append([1, 2, 3])
    _ = try await context.generate(request(5))
    let fork = try await context.fork()
    #expect(fork.tokens == context.tokens)
    let same = request(20, stream: RandomStream(seed: 1))
    let a = try await context.generate(same)
    let b = try await fork.generate(same)
    #expect(a == b)
    let other = try await context.fork()
    let c = try await context.generate(request(20, stream: RandomStream(seed: 2)))
    let d = try await other.generate(request(20, stream: RandomStream(seed: 3)))
    #expect(c.tokens != d.tokens)
  }
}
