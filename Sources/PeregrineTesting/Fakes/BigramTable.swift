#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Trajectories

/// The logits of each token after each token.
struct BigramTable: Sendable {
  let count: Int
  /// Row after row, one row per last token. `[count · count]`
  var logits: [Double]

  func distribution(after last: Int32, temperature: Float) -> BigramDistribution {
    let row = logits[Int(last) * count..<(Int(last) + 1) * count].map { $0 / Double(temperature) }
    let highest = row.max() ?? 0
    let normalizer = highest + log(row.reduce(0) { $0 + exp($1 - highest) })
    return BigramDistribution(logProbabilities: row.map { $0 - normalizer })
  }
}

/// Natural-log probabilities of every next token; minus infinity for one that can't be drawn.
struct BigramDistribution {
  let logProbabilities: [Double]

  func logProbability(of token: Int32) -> Float {
    min(Float(logProbabilities[Int(token)]), 0)
  }

  /// The distribution over the tokens that settings keep, found by sorting all of them.
  func truncated(by settings: SamplingSettings) -> BigramDistribution {
    var order = logProbabilities.indices.sorted { left, right in
      let (l, r) = (logProbabilities[left], logProbabilities[right])
      return l == r ? left < right : l > r
    }
    order.removeLast(max(order.count - (settings.topK ?? order.count), 0))
    func mass(_ tokens: some Sequence<Int>) -> Double {
      tokens.reduce(0) { $0 + exp(logProbabilities[$1]) }
    }
    if let share = settings.topP, share < 1 {
      let enough = Double(share) * mass(order)
      var kept: [Int] = []
      var sum = 0.0
      for token in order where sum < enough {
        kept.append(token)
        sum += exp(logProbabilities[token])
      }
      order = kept
    }
    if let share = settings.minP, let first = order.first {
      let largest = exp(logProbabilities[first])
      order.removeAll { exp(logProbabilities[$0]) < Double(share) * largest }
    }
    guard order.count < logProbabilities.count else { return self }
    let normalizer = log(mass(order.sorted()))
    var result = [Double](repeating: -.infinity, count: logProbabilities.count)
    for token in order {
      // One token alone is certain, whatever rounding says.
      result[token] = order.count == 1 ? 0 : logProbabilities[token] - normalizer
    }
    return BigramDistribution(logProbabilities: result)
  }

  /// In nats.
  var entropy: Float {
    Float(-logProbabilities.reduce(0) { $0 + exp($1) * $1 })
  }

  /// The likeliest token, the lowest id among equals.
  var likeliest: Int32 {
    let index = logProbabilities.indices.max { left, right in
      let (l, r) = (logProbabilities[left], logProbabilities[right])
      return l == r ? left > right : l < r
    }
    return Int32(index ?? 0)
  }

  /// The token at a share in `[0, 1)` of the probability, by inversion.
  func token(at share: Float) -> Int32 {
    var rest = Double(share)
    var last = 0
    for (token, logarithm) in logProbabilities.enumerated() where logarithm > -.infinity {
      rest -= exp(logarithm)
      last = token
      if rest < 0 { break }
    }
    return Int32(last)
  }
}

/// The exponential function of the platform's mathematics library.
func exponential(_ x: Double) -> Double { exp(x) }
