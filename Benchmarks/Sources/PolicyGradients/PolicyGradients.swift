internal import Advantage
internal import Measuring
internal import RandomStreams
internal import Trajectories

/// The arithmetic of policy gradients against numpy and PyTorch on one thread.
///
/// The peers are `Peers/advantage.py`; both sides take turns.
@main enum PolicyGradientsBenchmark {
  static let rows = 1024
  static let tokens = 2048
  static let scores = 65_536
  static let lossTokens = 4_194_304

  static func main() throws {
    printHeading("Advantages and objectives on one thread")
    let peer = try PeerProcess(script: "advantage.py")
    print("Peer: \(peer.versions)\n")
    var table = Table("work", "peer", "peer ms", "ours ms", "ratio", "middle half")
    func compare(
      _ work: String, _ workload: String, _ peerName: String, _ ours: () throws -> Void
    ) throws {
      let result = try Comparison {
        do { try ours() } catch { preconditionFailure("\(work): \(error)") }
      } peer: {
        try peer.seconds(workload)
      }
      table.add(
        work, peerName, fixed(result.peer * 1000, 3), fixed(result.ours * 1000, 3),
        fixed(result.speedup, 1),
        "\(fixed(result.spread.lowerBound, 1))–\(fixed(result.spread.upperBound, 1))")
    }
    try generalizedAdvantage(compare)
    try groups(compare)
    try objective(compare)
    print(table.text)
    print("\nA ratio is the peer's time over ours, the median of pairs measured in turns.")
  }

  typealias Compare = (String, String, String, () throws -> Void) throws -> Void

  /// γ = 1, λ = 0.95, advantages and returns, not whitened.
  static func generalizedAdvantage(_ compare: Compare) throws {
    let stream = RandomStream(seed: 1).child("gae")
    let offsets = (0...rows).map { $0 * tokens }
    let rewards = normal(rows * tokens, stream.child("rewards"))
    let values = normal(rows * tokens, stream.child("values"))
    let estimator = GeneralizedAdvantage(lambda: 0.95, whitening: nil)
    var advantages = [Float](repeating: 0, count: rewards.count)
    var returns = advantages
    try compare("GAE 1024 × 2048, fp32", "gae", "numpy, loop over time") {
      estimator.fill(
        values: values, rewards: rewards, offsets: offsets, advantages: &advantages,
        returns: &returns)
    }
    var batch = try ScoredRows(
      scores: Array(repeating: .value(0), count: rows), groups: Array(repeating: 0, count: rows),
      offsets: offsets)
    batch.tokenRewards = Ragged(values: rewards.map(Double.init), offsets: offsets)
    batch.values = Ragged(values: values.map(Double.init), offsets: offsets)
    try compare("the same, fp64, checked rows", "gae", "numpy, loop over time") {
      _ = try estimator.credit(for: batch)
    }
  }

  /// Distance to the mean over deviation plus 1e-6.
  static func groups(_ compare: Compare) throws {
    let stream = RandomStream(seed: 1).child("groups")
    let scores = normal(scores, stream.child("scores"))
    try compare("65,536 scores, groups of 8, fp32", "equal groups", "numpy") {
      _ = try GroupRelative.grpo.advantages(ofScores: scores, groupSize: 8)
    }
    var (owner, draw) = ([Int](), stream.child("sizes"))
    while owner.count < scores.count {
      let group = owner.count
      owner += Array(repeating: group, count: 4 + draw.index(below: 9))
    }
    owner.removeLast(owner.count - scores.count)
    let wide = scores.map(Double.init)
    try compare("65,536 scores, groups of 4 to 12, fp64", "ragged groups", "dictionary loop") {
      _ = try GroupRelative.grpo.advantages(ofScores: wide, groups: owner)
    }
  }

  /// The clipped surrogate and 0.001 k3, mean over tokens, with gradient.
  static func objective(_ compare: Compare) throws {
    let stream = RandomStream(seed: 1).child("objective")
    let count = lossTokens
    func near(_ name: String, _ other: [Float], _ scale: Float) -> [Float] {
      zip(other, normal(count, stream.child(name))).map { $0 + scale * $1 }
    }
    let current = near("current", Array(repeating: -2, count: count), 0.3)
    let tokensPerRow = 4096
    let offsets = (0...count / tokensPerRow).map { $0 * tokensPerRow }
    func ragged(_ values: [Float]) -> Ragged<Float> { Ragged(values: values, offsets: offsets) }
    let input = ObjectiveInput(
      current: ragged(current),
      weights: LossAggregation.tokenMean.weights(
        tokenCounts: Array(repeating: tokensPerRow, count: offsets.count - 1)),
      old: ragged(near("old", current, 0.1)), reference: ragged(near("reference", current, 0.1)),
      advantages: ragged(normal(count, stream.child("advantages"))))
    let surrogate = ClippedSurrogate() + 0.001 * KLPenalty(.k3)
    try compare(
      "clipped surrogate + k3, 4,194,304 tokens, loss and gradient, fp32", "clipped objective",
      "PyTorch, forward and backward"
    ) {
      _ = try surrogate.evaluate(input)
    }
  }

  static func normal(_ count: Int, _ stream: RandomStream) -> [Float] {
    var stream = stream
    return (0..<count).map { _ in Float(stream.normal()) }
  }
}
