/// Unnormalised log-probabilities of every token of a vocabulary at some positions, and what follows
/// from them: log-probabilities, entropies, collision probabilities, divergences, each with its
/// gradient.
///
/// With `p = softmax(z)` over the vocabulary, computed in Double after the largest logit was
/// subtracted. A logit of -∞ is a token that can't occur.
public struct CategoricalLogits<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// The logits, position after position. `[N × V]`
  public let values: [Number]
  /// How many tokens the vocabulary has: V.
  public let vocabularySize: Int
  /// Per position the logarithm of the sum of exponentials, above the largest logit. `[N]`
  private let normalisers: [Normaliser]

  private struct Normaliser: Sendable, Hashable {
    let largest: Double
    let logarithm: Double
  }

  /// Logits of some positions.
  ///
  /// - Parameters:
  ///   - values: Position after position. `[N × V]`
  ///   - vocabularySize: V, positive.
  /// - Throws: ``LogitError/notADistribution(position:)`` for a position with a NaN, with +∞, or
  ///   with nothing but -∞.
  /// - Precondition: the count is a multiple of the vocabulary's size.
  /// - Complexity: O(N V).
  public init(_ values: [Number], vocabularySize: Int) throws(LogitError) {
    precondition(
      vocabularySize > 0 && values.count.isMultiple(of: vocabularySize),
      "\(values.count) logits don't fill rows of \(vocabularySize)")
    self.values = values
    self.vocabularySize = vocabularySize
    var normalisers: [Normaliser] = []
    for start in stride(from: 0, to: values.count, by: vocabularySize) {
      let row = values[start..<start + vocabularySize]
      let largest = row.reduce(-Double.infinity) { max($0, Double($1)) }
      guard largest.isFinite, !row.contains(where: \.isNaN) else {
        throw .notADistribution(position: start / vocabularySize)
      }
      let sum = row.reduce(0) { $0 + exponential(Double($1) - largest) }
      normalisers.append(Normaliser(largest: largest, logarithm: Logistic.logarithm(sum)))
    }
    self.normalisers = normalisers
  }

  /// How many positions there are: N.
  public var count: Int { normalisers.count }

  /// The log-probability of a token at a position: -∞ where it can't occur.
  ///
  ///     log p[t] = z[t] - log Σ exp(z)
  ///
  /// - Precondition: both exist.
  public func logProbability(of token: Int, at position: Int) -> Double {
    precondition(
      (0..<vocabularySize).contains(token), "token \(token) is outside of 0..<\(vocabularySize)")
    let normaliser = normalisers[position]
    let logit = Double(values[position * vocabularySize + token])
    return (logit - normaliser.largest) - normaliser.logarithm
  }

  /// The log-probability of one token per position. `[N]`
  ///
  /// - Precondition: there is one token per position, inside of the vocabulary.
  public func logProbabilities(of tokens: [Int]) -> [Double] {
    precondition(tokens.count == count, "\(count) positions came with \(tokens.count) tokens")
    return tokens.enumerated().map { logProbability(of: $1, at: $0) }
  }

  /// The entropy of each position in nats, in `0...log V`. `[N]`
  ///
  ///     H = -Σ p log p
  public func entropies() -> [Double] {
    (0..<count).map { position in
      max(0, -sum(at: position) { p, logP in p * logP })
    }
  }

  /// The probability that two draws agree at each position, in `1 / V...1`. `[N]`
  ///
  ///     Σ p²
  public func collisionProbabilities() -> [Double] {
    (0..<count).map { position in sum(at: position) { p, _ in p * p } }
  }

  /// The exact divergence of each position from a reference in nats, never negative. `[N]`
  ///
  ///     KL(p ‖ q) = Σ p (log p - log q)
  ///
  /// - Throws: ``LogitError/unsupported(position:token:)`` where the reference rules out a token that
  ///   can occur here: the divergence is infinite.
  /// - Precondition: both have the same shape.
  public func divergences(from reference: Self) throws(LogitError) -> [Double] {
    try checkSupport(reference)
    return (0..<count).map { position in
      var total = 0.0
      for token in 0..<vocabularySize {
        let logP = logProbability(of: token, at: position)
        if logP == -.infinity { continue }
        total += exponential(logP) * (logP - reference.logProbability(of: token, at: position))
      }
      return max(0, total)
    }
  }

  /// The gradient of `Σ scale[n] log p[n, token[n]]` with respect to each logit. `[N × V]`
  ///
  ///     scale (1{v = token} - p[v])
  public func logProbabilityGradient(of tokens: [Int], scaledBy scale: [Double]) -> [Number] {
    precondition(tokens.count == count, "\(count) positions came with \(tokens.count) tokens")
    return gradient(scaledBy: scale) { position, token, logP in
      (token == tokens[position] ? 1 : 0) - exponential(logP)
    }
  }

  /// The gradient of `Σ scale[n] H[n]` with respect to each logit. `[N × V]`
  ///
  ///     -scale p (log p + H)
  public func entropyGradient(scaledBy scale: [Double]) -> [Number] {
    let entropies = entropies()
    return gradient(scaledBy: scale) { position, _, logP in
      logP == -.infinity ? 0 : -exponential(logP) * (logP + entropies[position])
    }
  }

  /// The gradient of `Σ scale[n] KL(p[n] ‖ q[n])` with respect to each logit. `[N × V]`
  ///
  ///     scale p (log p - log q - KL)
  ///
  /// - Throws: as ``divergences(from:)``.
  public func divergenceGradient(
    from reference: Self, scaledBy scale: [Double]
  ) throws(LogitError) -> [Number] {
    let divergences = try divergences(from: reference)
    return gradient(scaledBy: scale) { position, token, logP in
      if logP == -.infinity { return 0 }
      let logQ = reference.logProbability(of: token, at: position)
      return exponential(logP) * (logP - logQ - divergences[position])
    }
  }

  /// Adds up a function of the probabilities that are not 0.
  private func sum(at position: Int, _ term: (Double, Double) -> Double) -> Double {
    var total = 0.0
    for token in 0..<vocabularySize {
      let logP = logProbability(of: token, at: position)
      if logP > -.infinity { total += term(exponential(logP), logP) }
    }
    return total
  }

  private func gradient(
    scaledBy scale: [Double], _ derivative: (_ position: Int, _ token: Int, Double) -> Double
  ) -> [Number] {
    precondition(scale.count == count, "\(count) positions came with \(scale.count) scales")
    var result: [Number] = []
    result.reserveCapacity(values.count)
    for position in 0..<count {
      for token in 0..<vocabularySize {
        let logP = logProbability(of: token, at: position)
        result.append(Number(scale[position] * derivative(position, token, logP)))
      }
    }
    return result
  }

  private func checkSupport(_ reference: Self) throws(LogitError) {
    precondition(
      reference.count == count && reference.vocabularySize == vocabularySize,
      "logits of \(count) × \(vocabularySize) came with \(reference.count) × \(reference.vocabularySize)"
    )
    for index in values.indices where reference.values[index] == -.infinity {
      if values[index] > -.infinity {
        throw .unsupported(position: index / vocabularySize, token: index % vocabularySize)
      }
    }
  }
}

/// Why logits were refused.
public enum LogitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The logits of a position make no distribution.
  case notADistribution(position: Int)
  /// The reference rules out a token that can occur.
  case unsupported(position: Int, token: Int)

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .notADistribution(let position):
      "The logits of position \(position) make no distribution: look for a NaN, for +∞, or for nothing but -∞."
    case .unsupported(let position, let token):
      "The reference rules out token \(token) at position \(position), so the divergence is infinite: mask both distributions alike."
    }
  }
}
