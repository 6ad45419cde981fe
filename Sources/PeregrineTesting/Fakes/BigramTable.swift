#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

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

/// Natural-log probabilities of every next token.
struct BigramDistribution {
  let logProbabilities: [Double]

  func logProbability(of token: Int32) -> Float {
    min(Float(logProbabilities[Int(token)]), 0)
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
    for (token, logarithm) in logProbabilities.enumerated() {
      rest -= exp(logarithm)
      if rest < 0 { return Int32(token) }
    }
    return Int32(logProbabilities.count - 1)
  }
}

/// The exponential function of the platform's mathematics library.
func exponential(_ x: Double) -> Double { exp(x) }
