/// Two ways to do the same, timed in turns so that a busy machine slows both alike.
public struct Comparison: Sendable {
  /// Median seconds of one call of each.
  public let ours, peer: Double
  /// Median over the pairs of the peer's time divided by ours: above 1 we are faster.
  public let speedup: Double
  /// The lower and the upper quartile of the same.
  public let spread: ClosedRange<Double>

  /// Times `pairs` pairs, each half lasting about `duration` seconds; who goes first alternates.
  public init(
    pairs: Int = 15, duration: Double = 0.01, ours: () -> Void, peer: () -> Void
  ) {
    let (ourCount, peerCount) = (
      repetitions(lasting: duration, ours), repetitions(lasting: duration, peer)
    )
    func timeOurs() -> Double {
      seconds { for _ in 0..<ourCount { ours() } } / Double(ourCount)
    }
    func timePeer() -> Double {
      seconds { for _ in 0..<peerCount { peer() } } / Double(peerCount)
    }
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for pair in 0..<max(pairs, 1) {
      if pair.isMultiple(of: 2) {
        ourTimes.append(timeOurs())
        peerTimes.append(timePeer())
      } else {
        peerTimes.append(timePeer())
        ourTimes.append(timeOurs())
      }
    }
    let ratios = zip(peerTimes, ourTimes).map { $0 / $1 }.sorted()
    self.ours = median(ourTimes)
    self.peer = median(peerTimes)
    speedup = median(ratios)
    spread = ratios[ratios.count / 4]...ratios[ratios.count * 3 / 4]
  }
}

extension Comparison {
  /// Times pairs of our call and the peer's, which times itself; who goes first alternates.
  ///
  /// Each half of a pair is the best of `tries` calls.
  public init(
    pairs: Int = 7, tries: Int = 3, ours: () -> Void, peer: () throws -> Double
  ) rethrows {
    ours()
    _ = try peer()
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for pair in 0..<max(pairs, 1) {
      func timeOurs() {
        ourTimes.append((0..<tries).map { _ in seconds(ours) }.min() ?? .nan)
      }
      if pair.isMultiple(of: 2) { timeOurs() }
      peerTimes.append(try (0..<tries).map { _ in try peer() }.min() ?? .nan)
      if !pair.isMultiple(of: 2) { timeOurs() }
    }
    let ratios = zip(peerTimes, ourTimes).map { $0 / $1 }.sorted()
    self.ours = median(ourTimes)
    self.peer = median(peerTimes)
    speedup = median(ratios)
    spread = ratios[ratios.count / 4]...ratios[ratios.count * 3 / 4]
  }
}
