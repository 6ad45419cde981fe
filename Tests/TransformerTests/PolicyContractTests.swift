import Foundation
import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

@Suite struct PolicyContractTests {
  @Test("text that doesn't fit is refused and the context stays as it was")
  func overflow() async throws {
    let policy = try tinyPolicy(context: 16)
    let context = try await policy.makeContext()
    try await context.append([1, 2, 3])
    await #expect(throws: PolicyError.contextOverflow(held: 3, adding: 10_000, limit: 16)) {
      try await context.append([Int32](repeating: 7, count: 10_000))
    }
    await #expect(throws: PolicyError.unknownToken(id: 256, vocabularyCount: 256)) {
      try await context.append([256])
    }
    #expect(context.tokens == [1, 2, 3])
    let rest = try await context.generate(request(100))
    #expect(rest.tokens.count == 13)
    #expect(rest.stopReason == .contextFull)
    await #expect(throws: PolicyError.contextFull(limit: 16)) {
      try await context.generate(request(1))
    }
  }

  @Test("a released reference traps until weights are frozen again; nothing else misses it")
  func releasedReference() async throws {
    let policy = try tinyPolicy()
    let batch = randomBatch(rows: 2)
    let before = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    policy.releaseReference()
    #expect(try await policy.forward(batch).logProbabilities == before.logProbabilities)
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.releaseReference()
      _ = try? await policy.forward(
        randomBatch(rows: 2), weights: .reference, outputs: [], gradient: false)
    }
    policy.freezeReference()
    let after = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    #expect(after.logProbabilities == before.logProbabilities)
  }

  @Test("a context that generates can't be forked")
  func forkWhileGenerating() async {
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy(), let context = try? await policy.makeContext() else {
        return
      }
      try? await context.append([1, 2])
      guard (try? await context.fork()) != nil else { return }
      context.state.withLock { $0.isGenerating = true }
      _ = try? await context.fork()
    }
  }

  @Test("while a step is under way its policy can't be saved, restored, reset or go backward")
  func underWay() async {
    // Each ends well but for the trap.
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.isStepping = true }
      policy.resetOptimizer()
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.isStepping = true }
      try? await policy.saveState(to: "/no/such/folder")
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.isStepping = true }
      try? await policy.restoreState(from: "/no/such/folder")
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy(),
        let pass = try? await policy.forward(randomBatch(rows: 2))
      else { return }
      policy.state.withLock { $0.isStepping = true }
      try? await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in 0.01 }))
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.isStepping = true }
      _ = try? await policy.step(OptimizerStep(learningRate: 1e-3))
    }
  }

  @Test("while a pass goes backward its policy can't be restored, stepped or go backward again")
  func wayBack() async {
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.goesBackward = true }
      try? await policy.restoreState(from: "/no/such/folder")
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy() else { return }
      policy.state.withLock { $0.goesBackward = true }
      _ = try? await policy.step(OptimizerStep(learningRate: 1e-3))
    }
    await #expect(processExitsWith: .failure) {
      guard let policy = try? tinyPolicy(),
        let pass = try? await policy.forward(randomBatch(rows: 2))
      else { return }
      policy.state.withLock { $0.goesBackward = true }
      try? await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in 0.01 }))
    }
  }

  @Test("a pass that a step overtakes keeps nothing for the way back")
  func overtaken() async throws {
    // One thread, so that the step finds another one to go on.
    let policy = try tinyPolicy(execution: .init(threads: 1))
    let batch = randomBatch(rows: 1000)
    async let pass = policy.forward(batch)
    while policy.state.withLock({ $0.nextPass }) == 0 { await Task.yield() }
    _ = try await policy.step(OptimizerStep(learningRate: 0.1))
    // The numbers are those of the weights it began with.
    #expect(try await pass.logProbabilities.count == batch.selectedCount)
    #expect(policy.state.withLock { $0.passes.isEmpty })
  }

  @Test("impossible sizes are refused before a weight is drawn")
  func impossibleSizes() {
    for (width, heads) in [(16, 0), (0, 2), (-16, 2), (1 << 60, 2)] {
      let configuration = DecoderConfiguration(
        vocabularyCount: 256, width: width, feedForwardWidth: 24, layerCount: 1, headCount: heads,
        keyValueHeadCount: 1, contextLength: 32)
      #expect(throws: ModelError.self) {
        try TransformerPolicy(
          configuration, tokenizer: Bytes(), stream: RandomStream(seed: 1))
      }
    }
  }

  @Test("settings without a thread or a shard can't be read")
  func impossibleExecution() throws {
    let settings = TransformerPolicy.Execution(threads: 3, shards: 5)
    let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    func read(_ text: String) throws -> TransformerPolicy.Execution {
      try JSONDecoder().decode(TransformerPolicy.Execution.self, from: Data(text.utf8))
    }
    #expect(try read(text) == settings)
    for (name, value) in [("threads", 3), ("shards", 5)] {
      let changed = text.replacing("\"\(name)\":\(value)", with: "\"\(name)\":0")
      #expect(changed != text)
      let error = #expect(throws: DecodingError.self) { try read(changed) }
      #expect("\(error as Any)".contains("\(name) is 0"))
    }
  }

  @Test("an empty context can't be continued")
  func empty() async throws {
    let context = try await tinyPolicy().makeContext()
    await #expect(throws: PolicyError.emptyContext) { try await context.generate(request(1)) }
  }

  @Test("sampling stops behind the token that completes a stop text, or at a stop token")
  func stops() async throws {
    let policy = try tinyPolicy()
    let free = try await policy.makeContext()
    try await free.append([65])
    let words = try await free.generate(request(40))
    let stop = String(decoding: words.tokens[10...12].map { UInt8($0) }, as: UTF8.self)
    let context = try await policy.makeContext()
    try await context.append([65])
    var stopping = request(40)
    stopping.stop = StopConditions(maximumTokens: 40, tokens: [words.tokens[10]])
    let cut = try await context.generate(stopping)
    let first = try #require(words.tokens.firstIndex(of: words.tokens[10]))
    #expect(cut.tokens == Array(words.tokens[...first]))
    #expect(cut.stopReason == .token(words.tokens[10]))
    if Array(stop.utf8).count == 3 {
      let other = try await policy.makeContext()
      try await other.append([65])
      var texts = request(40)
      texts.stop = StopConditions(maximumTokens: 40, texts: [stop])
      #expect(try await other.generate(texts).stopReason == .text(stop))
    }
  }

  @Test("a cancelled generation throws and the context can go on")
  func cancellation() async throws {
    let policy = try tinyPolicy(context: 4096)
    let context = try await policy.makeContext()
    try await context.append([1, 2, 3])
    let task = Task { try await context.generate(request(4000)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(context.tokens == [1, 2, 3])
    let after = try await context.generate(request(5))
    let fresh = try await policy.makeContext()
    try await fresh.append([1, 2, 3])
    #expect(try await fresh.generate(request(5)) == after)
  }

  @Test("a gradient that is not finite is refused by name and nothing moves")
  func nonFinite() async throws {
    let policy = try tinyPolicy()
    let before = policy.state.withLock { $0.weights.parameters }
    let pass = try await policy.forward(randomBatch(rows: 3))
    var gradient = [Float](repeating: 0.1, count: pass.logProbabilities.count)
    gradient[2] = .nan
    await #expect(throws: PolicyError.nonFinite("the log-probability gradient of selected token 2"))
    {
      try await policy.backward(pass, PolicyGradients(logProbabilities: gradient))
    }
    #expect(policy.state.withLock { $0.weights.parameters } == before)
    #expect(policy.weightVersion == 0)
  }

  @Test("a step raises the weight version, clips, and leaves open contexts on their weights")
  func stepping() async throws {
    let policy = try tinyPolicy()
    let context = try await policy.makeContext()
    try await context.append([1])
    let twin = try await context.fork()
    let before = try await context.generate(request(10))
    let pass = try await policy.forward(randomBatch(rows: 3))
    try await policy.backward(
      pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -1 }))
    let report = try await policy.step(
      OptimizerStep(learningRate: 0.1, maximumGradientNorm: 0.5))
    #expect(report.applied && report.weightVersion == 1 && policy.weightVersion == 1)
    #expect(abs(report.clipScale * report.gradientNorm - 0.5) < 1e-6)
    #expect(try await twin.generate(request(10)) == before)
    let fresh = try await policy.makeContext()
    try await fresh.append([1])
    let after = try await fresh.generate(request(10))
    #expect(after.record.weightVersion == 1)
    #expect(after.record.logProbabilities != before.record.logProbabilities)
  }

  @Test("a policy without a value head says so instead of inventing values")
  func capabilities() async throws {
    let policy = try tinyPolicy()
    await #expect(throws: PolicyError.missingCapability("values")) {
      try await policy.forward(
        randomBatch(rows: 1), weights: .current, outputs: .values, gradient: false)
    }
    let critic = try tinyPolicy(valueHead: true)
    let pass = try await critic.forward(
      randomBatch(rows: 2), weights: .current, outputs: [.values, .entropies], gradient: false)
    #expect(pass.values?.allSatisfy { $0 == 0 } == true)
    #expect(pass.entropies?.allSatisfy { $0 > 0 && $0 <= 5.6 } == true)
  }

  @Test("a decoder's gradient follows its loss downhill")
  func descends() async throws {
    let policy = try tinyPolicy()
    let batch = randomBatch(rows: 4, longest: 20)
    var losses: [Float] = []
    for _ in 0..<30 {
      let pass = try await policy.forward(batch)
      let count = Float(pass.logProbabilities.count)
      losses.append(-pass.logProbabilities.reduce(0, +) / count)
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -1 / count }))
      _ = try await policy.step(OptimizerStep(learningRate: 1e-2))
    }
    #expect(losses[0] > 5)
    #expect(losses[29] < 1)
  }
}
