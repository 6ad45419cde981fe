public import Policy
public import RandomStreams
internal import Trajectories

/// Checks that a sampling policy keeps what ``Policy/SamplingPolicy`` promises, and returns what it
/// breaks.
///
/// One log-probability per token, finite and not positive, a second one where top-k, top-p or min-p
/// leave tokens out, and what those keep at their ends; the same stream draws the same tokens;
/// contexts and forks don't disturb each other; what was sampled and what was told are the same to
/// what follows, however it was cut into pieces; every stop condition ends a generation where it
/// should; and what can't be done throws and leaves the context as it was.
///
///     #expect(await checkSamplingPolicy(policy, prompt: [1, 2, 3]).isEmpty)
///
/// - Parameters:
///   - policy: What is checked.
///   - prompt: Two tokens or more that the policy can continue, with room for 50 more.
///   - tokenizer: Where given, stop texts are checked too.
///   - stream: Where draws come from.
/// - Returns: One sentence per violation; empty when the policy conforms.
public func checkSamplingPolicy(
  _ policy: some SamplingPolicy, prompt: [Int32], tokenizer: (any Tokenizer)? = nil,
  stream: RandomStream = RandomStream(seed: 1)
) async -> [String] {
  precondition(prompt.count >= 2, "the prompt needs at least 2 tokens, got \(prompt.count)")
  let check = SamplingCheck(policy: policy, prompt: prompt, tokenizer: tokenizer, stream: stream)
  return await Violations.found(by: [
    check.numbers, check.truncation, check.repetition, check.independence, check.forks,
    check.pieces, check.stops,
    check.refusals,
  ])
}

private struct SamplingCheck<Sampler: SamplingPolicy> {
  let policy: Sampler
  let prompt: [Int32]
  let tokenizer: (any Tokenizer)?
  let stream: RandomStream

  func context(_ tokens: [Int32]? = nil) async throws -> Sampler.Context {
    let context = try await policy.makeContext()
    try await context.append(tokens ?? prompt)
    return context
  }

  func request(
    _ count: Int = 8, use: String = "check", temperature: Float = 1, texts: [String] = [],
    tokens: Set<Int32> = [], settings: SamplingSettings? = nil
  ) -> GenerationRequest {
    GenerationRequest(
      settings: settings ?? SamplingSettings(temperature: temperature),
      stop: StopConditions(maximumTokens: count, texts: texts, tokens: tokens),
      stream: stream.child(use))
  }

  func numbers(_ violations: inout Violations) async throws {
    for temperature in [Float(0), 0.5, 1, 2] {
      let context = try await context()
      let drawn = try await context.generate(request(temperature: temperature))
      violations.require(!drawn.tokens.isEmpty, "a generation at \(temperature) is empty")
      violations.require(
        drawn.record.logProbabilities.allSatisfy { $0.isFinite && $0 <= 0 },
        "log-probabilities at temperature \(temperature) are not all finite and at most 0")
      violations.require(
        drawn.record.settings == SamplingSettings(temperature: temperature),
        "the record of a draw at \(temperature) names other settings")
      violations.require(
        context.tokens == prompt + drawn.tokens, "the context does not end in what it sampled")
    }
  }

  func truncation(_ violations: inout Violations) async throws {
    func drawn(_ settings: SamplingSettings, _ count: Int = 8) async throws -> Generation {
      try await context().generate(request(count, settings: settings))
    }
    // All tokens may be drawn: as if there were no limit.
    let free = try await drawn(SamplingSettings())
    let all = try await drawn(SamplingSettings(topK: Int.max))
    violations.require(
      all.tokens == free.tokens && all.record.logProbabilities == free.record.logProbabilities
        && all.record.drawnLogProbabilities == free.record.logProbabilities,
      "a top-k that keeps all tokens draws otherwise than none")
    // One token may be drawn: the likeliest, with certainty.
    let greedy = try await drawn(.greedy)
    for settings in [SamplingSettings(topK: 1), SamplingSettings(topP: .leastNormalMagnitude)] {
      let one = try await drawn(settings)
      violations.require(
        one.tokens == greedy.tokens
          && one.record.logProbabilities == greedy.record.logProbabilities,
        "\(settings) draws otherwise than the likeliest token")
      violations.require(
        one.record.drawnLogProbabilities.allSatisfy { $0 == 0 },
        "\(settings) records that its only token was not certain")
    }
    for settings in [
      SamplingSettings(temperature: 2, topK: 3), SamplingSettings(temperature: 2, topP: 0.6),
      SamplingSettings(temperature: 2, minP: 0.2),
      SamplingSettings(temperature: 2, topK: 9, topP: 0.8, minP: 0.1),
    ] {
      let some = try await drawn(settings)
      violations.require(
        some.record.settings == settings, "the record of a draw by \(settings) names others")
      guard let truncated = some.record.truncatedLogProbabilities else {
        violations.require(false, "the record of a draw by \(settings) has no truncated numbers")
        continue
      }
      violations.require(
        truncated.count == some.tokens.count && truncated.allSatisfy { $0.isFinite && $0 <= 0 },
        "truncated log-probabilities are not one per token, finite and at most 0")
      violations.require(
        zip(some.record.logProbabilities, truncated).allSatisfy { $0 <= $1 + 1e-4 },
        "a token is less likely among some than among all")
    }
  }

  func repetition(_ violations: inout Violations) async throws {
    let first = try await context().generate(request())
    let second = try await context().generate(request())
    violations.require(first == second, "the same stream drew other tokens or numbers")
    let greedy = try await context().generate(request(temperature: 0))
    let other = try await context().generate(request(use: "other", temperature: 0))
    violations.require(greedy == other, "a greedy generation depends on the stream")
  }

  func independence(_ violations: inout Violations) async throws {
    let alone = try await context().generate(request())
    let left = try await context()
    let right = try await context(Array(prompt.reversed()))
    async let leftDrawn = left.generate(request())
    async let rightDrawn = right.generate(request(use: "other"))
    let (beside, _) = try await (leftDrawn, rightDrawn)
    violations.require(beside == alone, "a generation depends on who else is decoding")
    violations.require(
      left.tokens == prompt + alone.tokens, "a context's tokens depend on who else is decoding")
  }

  func forks(_ violations: inout Violations) async throws {
    let context = try await context()
    let fork = try await context.fork()
    violations.require(fork.tokens == prompt, "a fork starts with other tokens")
    let drawn = try await fork.generate(request())
    violations.require(context.tokens == prompt, "generating in a fork changed the original")
    let original = try await context.generate(request())
    violations.require(original == drawn, "a fork and its original continue differently")
    try await fork.append(prompt)
    violations.require(
      context.tokens == prompt + original.tokens, "appending to a fork changed the original")
    let late = try await context.fork()
    let next = request(use: "next")
    let (left, right) = try await (late.generate(next), context.generate(next))
    violations.require(left == right, "a fork after a generation continues differently")
  }

  func pieces(_ violations: inout Violations) async throws {
    let whole = try await context().generate(request())
    let grown = try await policy.makeContext()
    for token in prompt { try await grown.append([token]) }
    try await grown.append([])
    let pieced = try await grown.generate(request())
    violations.require(pieced == whole, "tokens told one by one are continued differently")

    let told = try await context(prompt + whole.tokens)
    let next = request(use: "next")
    let (afterSampling, afterTelling) = try await (grown.generate(next), told.generate(next))
    violations.require(
      afterSampling == afterTelling, "sampled tokens are continued differently from told ones")

    let greedy = try await context().generate(request(6, temperature: 0))
    let halves = try await context()
    let first = try await halves.generate(request(3, temperature: 0))
    let second = try await halves.generate(request(3, temperature: 0))
    if greedy.tokens.count == 6, first.tokens.count == 3 {
      violations.require(
        first.tokens + second.tokens == greedy.tokens
          && first.record.logProbabilities + second.record.logProbabilities
            == greedy.record.logProbabilities,
        "a greedy generation in two halves differs from the whole")
    }
  }

  func stops(_ violations: inout Violations) async throws {
    let free = try await context().generate(request(12))
    for count in [1, 5] {
      let short = try await context().generate(request(count))
      violations.require(
        short.tokens == Array(free.tokens.prefix(count)) && short.stopReason == .maximumTokens,
        "a limit of \(count) gave \(short.tokens.count) tokens and stopped by \(short.stopReason)")
    }
    if let token = free.tokens.dropFirst(2).first,
      let index = free.tokens.firstIndex(of: token)
    {
      let stopped = try await context().generate(request(12, tokens: [token]))
      violations.require(
        stopped.tokens == Array(free.tokens[...index]) && stopped.stopReason == .token(token),
        "the stop token \(token) at offset \(index) stopped by \(stopped.stopReason) "
          + "after \(stopped.tokens.count) tokens")
    }
    guard let tokenizer else { return }
    for token in free.tokens.dropFirst(1) {
      guard let text = String(validating: tokenizer.bytes(of: token), as: UTF8.self),
        !text.isEmpty
      else { continue }
      let count = tokensUntil(text, in: free.tokens, tokenizer)
      let stopped = try await context().generate(request(12, texts: [text]))
      violations.require(
        stopped.tokens == Array(free.tokens.prefix(count)) && stopped.stopReason == .text(text),
        "the stop text “\(text)” after \(count) tokens stopped by \(stopped.stopReason) after "
          + "\(stopped.tokens.count)")
      return
    }
  }

  /// How many tokens it takes until their joined bytes hold a text.
  private func tokensUntil(
    _ text: String, in tokens: [Int32], _ tokenizer: some Tokenizer
  ) -> Int {
    var bytes: [UInt8] = []
    for (index, token) in tokens.enumerated() {
      bytes += tokenizer.bytes(of: token)
      if bytes.indices.contains(where: { bytes[$0...].starts(with: text.utf8) }) {
        return index + 1
      }
    }
    return tokens.count
  }

  func refusals(_ violations: inout Violations) async throws {
    let empty = try await policy.makeContext()
    do {
      _ = try await empty.generate(request())
      violations.require(false, "an empty context was continued")
    } catch {
      violations.require(
        error as? PolicyError == .emptyContext,
        "continuing an empty context threw \(error) and not PolicyError.emptyContext")
    }
    for token in [Int32.max, -1] {
      let context = try await context()
      do {
        try await context.append([prompt[0], token])
        violations.require(false, "the token id \(token) was accepted")
      } catch {
        violations.require(
          error is PolicyError, "the token id \(token) threw \(error), which is no PolicyError")
      }
      violations.require(
        context.tokens == prompt, "a refused append of token id \(token) changed the context")
    }
  }
}
