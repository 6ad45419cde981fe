/// One row of the results.
struct Row: Codable {
  let workload: String
  let threads: Int
  /// Medians, in `unit`.
  let ours, peer: Double
  let peerName, unit: String
  /// How many times faster or leaner than the peer, the median over pairs.
  let ratio: Double
  let floor, goal: Double
  /// The ratio that nobody can exceed on this machine by its arithmetic and memory.
  let bound: Double?

  /// How it was measured.
  let run: Run

  enum CodingKeys: CodingKey {
    case workload, threads, ours, peer, peerName, unit, ratio, floor, goal, bound, run
  }

  /// The circumstances, which the table needs again when the row is kept.
  struct Run: Codable {
    /// Where and when, as the heading of the table says it.
    let machine, date: String
    let peerVersions: String
    /// The ratios' lower and upper quartile.
    let spread: ClosedRange<Double>
    let pairs: Int
    /// Processors that others kept busy; `nil` where the system doesn't tell.
    let others: Double?
    let isDisturbed: Bool
    /// What was checked, in words.
    let verification: String
  }

  /// Writes `null` for a bound that is unknown.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(workload, forKey: .workload)
    try container.encode(threads, forKey: .threads)
    try container.encode(ours, forKey: .ours)
    try container.encode(peer, forKey: .peer)
    try container.encode(peerName, forKey: .peerName)
    try container.encode(unit, forKey: .unit)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(floor, forKey: .floor)
    try container.encode(goal, forKey: .goal)
    try container.encode(bound, forKey: .bound)
    try container.encode(run, forKey: .run)
  }

  /// Where the ratio stands.
  var verdict: String { ratio >= goal ? "goal" : ratio >= floor ? "floor" : "below" }
}

extension Workload.Unit {
  var name: String {
    switch self {
    case .milliseconds: "ms"
    case .gigaflops: "GFLOP/s"
    case .tokens: "tokens/s"
    case .megabytes, .additionalMegabytes: "MB"
    }
  }

  /// What the table shows for seconds, or for bytes.
  func shown(_ value: Double) -> Double {
    switch self {
    case .milliseconds: 1000 * value
    case .gigaflops(let operations): operations / value / 1e9
    case .tokens(let count): count / value
    case .megabytes, .additionalMegabytes: value / 1e6
    }
  }
}
