internal import Measuring
internal import PeregrineTesting
internal import Rewards
internal import Trajectories

/// How the time that every reward takes on a hostile text grows with the text.
struct HostileGrowth {
  /// Bytes of the text, doubled three times; the record holds it seven times.
  let sizes: [Int]

  init(from size: Int) { sizes = (0..<4).map { size << $0 } }

  /// What was measured of one text.
  struct Row {
    /// Seconds of all rewards together, one number per size.
    let total: [Double]
    /// The reward whose time per byte grew most, of those that take a millisecond at all.
    let steepest: (name: String, growth: Double)
    /// The reward that took longest at the largest size.
    let slowest: (name: String, seconds: Double)
  }

  /// A row of the table: time per byte at the largest size over that at the smallest; 1 is linear, 8
  /// would be a square.
  static func growth(_ times: [Double]) -> Double {
    guard let first = times.first, let last = times.last, first > 0 else { return 0 }
    return last / first / Double(1 << (times.count - 1))
  }

  /// Times every reward on a text.
  func row(_ hostile: HostileText) async throws -> Row {
    try await row(sizes.map { try hostile.trajectory(bytes: $0) })
  }

  /// Times every reward on records of which each is twice as large as the one before.
  func row(_ records: [Trajectory]) async throws -> Row {
    var total = [Double](repeating: 0, count: sizes.count)
    var (steepest, slowest) = (("–", 0.0), ("–", 0.0))
    for index in Self.names.indices {
      var times: [Double] = []
      for record in records { times.append(try await Self.time(index, on: record)) }
      for (place, time) in times.enumerated() { total[place] += time }
      let last = times[times.count - 1]
      if last > slowest.1 { slowest = (Self.names[index], last) }
      if last > 0.002, Self.growth(times) > steepest.1 {
        steepest = (Self.names[index], Self.growth(times))
      }
    }
    return Row(total: total, steepest: steepest, slowest: slowest)
  }

  private static let names = EveryReward.all().map { ranged in
    String("\(type(of: ranged.reward))".prefix { $0 != "<" }) + " \(ranged.reward.name)"
  }

  /// The best of three calls, or one that takes long; nothing is remembered between them.
  private static func time(_ index: Int, on record: Trajectory) async throws -> Double {
    var best = Double.infinity
    for _ in 0..<3 {
      let settings = JudgeSettings(deadline: nil, tries: 1, cachedReplies: 0)
      let ranged = EveryReward.all(judge: JudgeService(FixedJudge(), settings: settings))[index]
      let time = try await seconds { _ = try await ranged.score(of: record) }
      best = min(best, time)
      if best > 0.05 { break }
    }
    return best
  }
}
