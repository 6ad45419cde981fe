internal import Measuring
internal import PeregrineTesting
internal import Rewards
internal import Trajectories

/// Rewards: answers against Python, connectivity, whole trajectories, and hostile texts.
///
/// Runs all parts, or those that are named: `answers`, `rubrics`, `trajectories`, `hostile`, `turns`,
/// `bombs`. Names of hostile texts behind `hostile` choose among these.
@main enum ScoringBenchmark {
  static func main() async throws {
    printHeading("Rewards")
    let wanted = Array(CommandLine.arguments.dropFirst())
    func runs(_ part: String) -> Bool { wanted.isEmpty || wanted.contains(part) }
    if runs("answers") { try answers() }
    if runs("rubrics") { connectivity() }
    if runs("trajectories") { try await trajectories() }
    if runs("hostile") {
      let named = HostileText.all.filter { wanted.contains($0.description) }
      try await hostile(named.isEmpty ? HostileText.all : named, from: 32_768)
    }
    if runs("turns") { try await turns() }
    if runs("bombs") {
      let bombs: Set = ["opening tags", "nested tags", "half tags", "angle brackets"]
      try await hostile(
        HostileText.all.filter { bombs.contains($0.description) }, from: 1_250_000)
    }
  }

  /// EM and F1 of 100,000 pairs on one thread.
  private static func answers() throws {
    let peer = try PeerProcess(script: "answers.py")
    let pairs = AnswerPairs(count: 100_000)
    let (exact, overlap) = pairs.normalizedOnce()
    print("Peer: \(peer.versions)\nOurs: exact \(exact), F1 \(fixed(overlap, 6))\n")
    var table = Table("100,000 pairs, EM and F1", "Python ms", "ours ms", "ratio", "middle half")
    func compare(
      _ work: String, _ ours: () -> (exact: Int, overlap: Double)
    ) throws {
      let result = try Comparison(pairs: 5, tries: 1) {
        precondition(ours().exact == exact, "\(work) counts otherwise")
      } peer: {
        try peer.seconds(work)
      }
      table.add(
        work, fixed(result.peer * 1000), fixed(result.ours * 1000, 2), fixed(result.speedup),
        "\(fixed(result.spread.lowerBound))–\(fixed(result.spread.upperBound))")
    }
    try compare("score by score", pairs.scoreByScore)
    try compare("normalized once", pairs.normalizedOnce)
    print(table.text + "\n")
  }

  /// CaRR's walk over 10,000 rubrics that name 1,000 entities.
  private static func connectivity() {
    var state: UInt64 = 3
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Int(state >> 33) % bound
    }
    let rubrics = RubricSet(
      (0..<10_000).map { _ in
        "<E\(below(1000))> was founded by <E\(below(1000))> in <E\(below(1000))>."
      })
    let supported = rubrics.rubrics.map { _ in below(10) < 7 }
    let graph = rubrics.graph
    let reached = graph.connected(supported: supported).count { $0 }
    var table = Table("10,000 rubrics, 1,000 entities", "ms")
    func add(_ work: String, _ body: () -> Void) {
      table.add(work, fixed(1000 * ((0..<15).map { _ in seconds(body) }.min() ?? .nan), 2))
    }
    add("entities read from the rubrics' text") { _ = rubrics.graph }
    add("walk from the answer, \(reached) reached") { _ = graph.connected(supported: supported) }
    print(table.text + "\n")
  }

  /// The whole of CaRR's reward with a scripted judge.
  private static func trajectories() async throws {
    let groups = try BrowsingRecords.groups(of: 1000)
    let size = BrowsingRecords.size(of: groups) / 1_000_000
    var table = Table("1,000 trajectories of 100 turns, \(size) MB", "s", "mean score")
    func reward() -> CitationAwareMix {
      let judge = JudgeService(FixedJudge(), settings: JudgeSettings(deadline: nil))
      return CitationAwareMix(
        outcome: JudgedOutcome(judge: judge),
        rubrics: CitationRubrics(judge: judge) { _ in BrowsingRecords.rubrics })
    }
    var best = (seconds: Double.infinity, score: 0.0)
    for _ in 0..<5 {
      let reward = reward()
      var sum = 0.0
      let time = try await seconds {
        for group in groups {
          for report in try await reward.reports(on: group) { sum += report.score.value ?? 0 }
        }
      }
      if time < best.seconds { best = (time, sum / 1000) }
    }
    table.add("group after group", fixed(best.seconds, 3), fixed(best.score, 3))
    print(table.text + "\n")
  }

  /// Every reward on records of many short turns.
  private static func turns() async throws {
    let growth = HostileGrowth(from: 500)
    var table = growthTable(of: "turns", growth.sizes.map { "\($0)" })
    for kind in ManyTurns.allCases {
      let records = try growth.sizes.map { try kind.record(turns: $0) }
      add(try await growth.row(records), named: kind.rawValue, to: &table)
    }
    print(table.text + "\n")
  }

  /// Every reward on every hostile text at four sizes.
  private static func hostile(_ texts: [HostileText], from size: Int) async throws {
    let growth = HostileGrowth(from: size)
    let names = growth.sizes.map {
      $0 >= 1_000_000 ? "\(fixed(Double($0) / 1e6, 2)) MB" : "\($0 / 1024) kB"
    }
    var table = growthTable(of: "text", names)
    for text in texts {
      add(try await growth.row(text), named: text.description, to: &table)
    }
    print(table.text + "\n")
  }

  private static func growthTable(of subject: String, _ sizes: [String]) -> Table {
    print(
      """
      Milliseconds of \(EveryReward.all().count) rewards together. Growth is time per unit at the last
      size over that at the first: 1 is linear, 8 a square.

      """)
    return Table(
      subject, sizes[0], sizes[1], sizes[2], sizes[3], "growth", "steepest reward",
      "slowest reward")
  }

  private static func add(_ row: HostileGrowth.Row, named name: String, to table: inout Table) {
    table.add(
      name, fixed(row.total[0] * 1000), fixed(row.total[1] * 1000), fixed(row.total[2] * 1000),
      fixed(row.total[3] * 1000), fixed(HostileGrowth.growth(row.total)),
      "\(row.steepest.name) \(fixed(row.steepest.growth))",
      "\(row.slowest.name) \(fixed(row.slowest.seconds * 1000, 0)) ms")
  }
}
