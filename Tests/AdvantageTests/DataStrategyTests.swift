import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("What is trained on")
struct DataStrategyTests {
  private func rows(_ groups: [[Double?]]) throws -> ScoredRows {
    try ScoredRows(
      scores: groups.joined().map { $0.map { .value($0) } ?? .missing(reason: "silence") },
      groups: groups.enumerated().flatMap { Array(repeating: $0 * 10, count: $1.count) },
      tokenCounts: Array(repeating: 1, count: groups.joined().count))
  }

  @Test("groups that can't teach are dropped with the reason")
  func filter() throws {
    let rows = try rows([[0, 1], [1, 1], [0.3, nil], [nil], [0.1, 0.1 + 1e-9], [0, nil, 1]])
    let selection = GroupFilter().selection(of: rows)
    #expect(selection.kept == [0, 50])
    #expect(selection.rows == [0, 1, 9, 10, 11])
    #expect(selection.dropped.map(\.group) == [10, 20, 30, 40])
    #expect(selection.dropped[0].reason == .alike(1))
    #expect(selection.dropped[1].reason == .tooFewScores)
    #expect(selection.dropped[2].reason == .tooFewScores)
    #expect(abs(selection.keptFraction - 1.0 / 3) < 1e-15)
    let keeping = GroupFilter(.spread(above: 0), keepsLoneMembers: true).selection(of: rows)
    #expect(keeping.kept == [0, 20, 30, 40, 50])
  }

  @Test("a window of means drops what is always and never solved, and its own ends")
  func means() throws {
    let rows = try rows([[0, 0], [1, 0], [1, 1], [0.2, 0.2]])
    let filter = GroupFilter(.mean(above: 0, below: 1))
    #expect(filter.selection(of: rows).kept == [10, 30])
    #expect(filter.selection(of: rows).dropped.map(\.reason) == [.mean(0), .mean(1)])
  }

  @Test("an empty batch has no groups to keep")
  func empty() throws {
    let selection = GroupFilter().selection(of: try rows([]))
    #expect(selection.keptFraction == 0)
    var random = RandomStream(seed: 1)
    #expect(selection.replacingDropped(using: &random) == nil)
  }

  @Test("dropped groups are replaced by copies, each kept one once before any twice")
  func replacement() throws {
    let rows = try rows([[1, 1], [0, 1], [0, 0], [1, 0], [0, 0], [0, 0]])
    let selection = GroupFilter().selection(of: rows)
    for seed in 0..<20 {
      var random = RandomStream(seed: UInt64(seed))
      let batch = try #require(selection.replacingDropped(using: &random))
      #expect(batch.count == 6)
      #expect(batch[1] == 10)
      #expect(batch[3] == 30)
      #expect(batch.filter { $0 == 10 }.count == 3)
      #expect(batch.filter { $0 == 30 }.count == 3)
    }
    var random = RandomStream(seed: 1)
    #expect(selection.replacingDropped(keepingAtLeast: 0.34, using: &random) == nil)
  }

  @Test("groups are collected until there are enough or rounds run out")
  func collector() {
    var collector = GroupCollector<Int>(target: 3, maximumRounds: 3)
    #expect(collector.wantsMore)
    collector.add([1])
    #expect(collector.missing == 2)
    collector.add([2, 3, 4])
    #expect(!collector.wantsMore)
    #expect(Array(collector.batch) == [1, 2, 3])
    #expect(Array(collector.surplus) == [4])
    var unlucky = GroupCollector<Int>(target: 3, maximumRounds: 2)
    unlucky.add([])
    #expect(unlucky.wantsMore)
    unlucky.add([7])
    #expect(!unlucky.wantsMore)
    #expect(Array(unlucky.batch) == [7])
    #expect(unlucky.surplus.isEmpty)
  }

  @Test("resampling keeps the cleanest right answers and always as many as asked for")
  func resampling() throws {
    let rows = try rows([[1, 1, 0, 1, 0, 1], [1, 0], [1, 1, 0, 0]])
    let penalties = [0.5, 0, 0.9, 0.5, 0, 0.1, 0, 0, 1, 1, 1, 1]
    let resample = ResampleOnCorrect(keeping: 4)
    #expect(resample.rows(of: rows, penalties: penalties) == [0, 1, 2, 5, 8, 9, 10, 11])
    for seed in 0..<100 {
      var random = RandomStream(seed: UInt64(seed)).child("scores")
      let scores: [Double?] = (0..<(4 + random.index(below: 8))).map { _ in
        Double(random.index(below: 2))
      }
      let group = try self.rows([scores])
      let least = (wrong: random.index(below: 3), right: random.index(below: 3))
      let kept = ResampleOnCorrect(keeping: 4, leastWrong: least.wrong, leastRight: least.right)
        .rows(of: group, penalties: scores.map { _ in Double(random.uniform()) })
      let right = kept.filter { scores[$0] == 1 }.count
      #expect(kept.count == 4)
      #expect(right >= min(least.right, scores.filter { $0 == 1 }.count))
      #expect(4 - right >= min(least.wrong, scores.filter { $0 == 0 }.count))
    }
  }

  @Test("rollouts without a score are not resampled, and branches stay together")
  func branches() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(1), .missing(reason: "judge"), .value(0), .value(1)],
      groups: [0, 0, 0, 0, 0], rollouts: [1, 1, 2, 3, 4], tokenCounts: [1, 1, 1, 1, 1])
    let kept = ResampleOnCorrect(keeping: 2).rows(of: rows, penalties: [0, 9, 0, 0, 1])
    #expect(kept == [0, 1, 3])
    #expect(AcceptedRollouts().rows(of: rows) == [0, 1, 4])
    #expect(AcceptedRollouts(limit: 1).rows(of: rows) == [4])
    #expect(AcceptedRollouts(atLeast: 0.5, limit: 9).rows(of: rows) == [0, 1, 4])
    #expect(AcceptedRollouts(atLeast: 2).rows(of: rows).isEmpty)
  }

  @Test("a transcript is clean with one answer, paired tags and no failing tool")
  func transcripts() {
    let turn = "<|im_start|>assistant\n<answer>x</answer><|im_end|>"
    #expect(RStarSelection.answerPenalty(of: turn) == 0)
    #expect(RStarSelection.answerPenalty(of: turn + turn) == 0.5)
    #expect(RStarSelection.answerPenalty(of: turn + "</answer>") == 1)
    #expect(RStarSelection.answerPenalty(of: "<answer>x</answer>") == 1)
    #expect(RStarSelection.answerPenalty(of: "") == 1)
    #expect(RStarSelection.errorPenalty(of: "") == 0.5)
    let tools =
      "<tool_response>An ERROR</tool_response><tool_response>fine</tool_response> error"
    #expect(RStarSelection.errorPenalty(of: tools) == 0.5)
    #expect(RStarSelection.toolResponses(in: tools) == (1, 2))
    #expect(RStarSelection.toolResponses(in: "<tool_response>error") == (0, 0))
  }

  @Test("length costs nothing before the buffer, and all of the factor at the limit")
  func overlong() {
    let shaping = OverlongShaping(limit: 100, buffer: 20, factor: 0.5)
    #expect([0, 80, 90, 100, 500].map(shaping.penalty) == [0, 0, 0.25, 0.5, 0.5])
    let open = OverlongShaping(limit: 100, buffer: 20, factor: 0.5, isCapped: false)
    #expect(open.penalty(length: 120) == 1)
  }

  @Test("a truncated score is kept, scaled or replaced, and a missing one stays missing")
  func truncation() {
    let missing = Score.missing(reason: "judge")
    for rule in [TruncationRule.keep, .scale(0.5), .replace(-1)] {
      #expect(rule.score(missing, isTruncated: true) == missing)
      #expect(rule.score(.value(2), isTruncated: false) == .value(2))
    }
    #expect(TruncationRule.keep.score(.value(2), isTruncated: true) == .value(2))
    #expect(TruncationRule.scale(0.5).score(.value(2), isTruncated: true) == .value(1))
    #expect(TruncationRule.replace(-1).score(.value(2), isTruncated: true) == .value(-1))
    #expect(TruncationRule(openRLHF: 0) == .scale(0))
    #expect(TruncationRule(openRLHF: -0.5) == .replace(-0.5))
  }

  @Test("ends are left out one by one or together")
  func ends() {
    let ends: [TrajectoryStatus] = [
      .completed, .truncated(by: .turns), .truncated(by: .turnTokens), .truncated(by: .context),
      .truncated(by: .time), .looped, .aborted, .failed(.model("NaN")),
    ]
    func out(_ mask: EndMask) -> [Bool] { ends.map(mask.leavesOut) }
    #expect(out([]) == Array(repeating: false, count: 8))
    #expect(out(.truncated) == [false, true, true, true, true, false, false, false])
    #expect(out(.unfinished) == [false] + Array(repeating: true, count: 7))
    for (index, mask) in [
      EndMask.turns, .turnTokens, .context, .time, .looped, .aborted, .failed,
    ].enumerated() {
      #expect(out(mask).indices.filter { out(mask)[$0] } == [index + 1])
    }
  }

  @Test("tasks stay while they are sometimes solved, or hardly tried")
  func passRates() {
    let window = PassRateWindow.sometimes(attempts: 4)
    #expect((0...4).map { window.keeps(passes: $0, of: 4) } == [false, true, true, true, false])
    #expect(window.keeps(passes: 3, of: 3))
    var rates = PassRates(memory: 4)
    #expect(rates.keeps("new", in: window))
    for passed in [false, true, true, true, true] { rates.observe(task: "a", passed: passed) }
    #expect(rates.rate(of: "a") == (4, 4))
    #expect(!rates.keeps("a", in: window))
  }

  @Test("the last success goes into groups in which everybody failed")
  func replay() throws {
    var replay = SuccessReplay<String>(right: 1, maximumAge: 5)
    replay.observe(task: "a", "early", score: .value(1), step: 1)
    replay.observe(task: "a", "late", score: .value(1), step: 3)
    replay.observe(task: "a", "earliest", score: .value(1), step: 0)
    replay.observe(task: "a", "bad", score: .value(0.5), step: 4)
    replay.observe(task: "a", "unjudged", score: .missing(reason: "judge"), step: 4)
    #expect(replay.count == 1)
    #expect(replay.success(at: "a", step: 8)?.rollout == "late")
    #expect(replay.success(at: "a", step: 9) == nil)
    var random = RandomStream(seed: 2)
    let missing = Score.missing(reason: "judge")
    let replays = replay.replays(
      into: [
        ("a", [.value(0), .value(1)]), ("a", [.value(0), missing]), ("b", [.value(0)]),
        ("a", [missing]), ("a", []),
      ], step: 4, using: &random)
    #expect(replays.map(\.group) == [1])
    let only = try #require(replays.first)
    #expect((0..<2).contains(only.member))
    #expect(only.success.rollout == "late")
  }

  @Test("a rollout forks where its entropy rose, and groups never outgrow their size")
  func branching() {
    let planner = BranchingPlanner(total: 6, initial: 2, beam: 3)
    func plan(_ changes: [Double], rollouts: Int, draws: [Double]) -> BranchingPlanner.Plan {
      var next = draws[...]
      return planner.plan(
        for: changes.enumerated().map {
          BranchingPlanner.Candidate(rollout: $0, initialEntropy: 1, entropy: 1 + $1)
        }, rollouts: rollouts, uniform: { next.popFirst() ?? .nan })
    }
    // Two chances each; a rise of 1 makes a draw of 0.7 enough.
    #expect(plan([0, 1], rollouts: 2, draws: [0.4, 0.6, 0.69, 0.71]).forks == [0, 1])
    #expect(plan([0, 0], rollouts: 4, draws: [0, 0, 0, 0]).forks == [0, 0])
    #expect(plan([0], rollouts: 6, draws: []) == BranchingPlanner.Plan(forks: [], fresh: 0))
    #expect(plan([], rollouts: 3, draws: []) == BranchingPlanner.Plan(forks: [], fresh: 1))
    #expect(plan([.nan], rollouts: 2, draws: [0.5, 0.6]).forks == [0])
    let candidate = BranchingPlanner.Candidate(rollout: 0, initialEntropy: 1, entropy: 2)
    #expect(planner.forkProbability(candidate) == 0.7)
    #expect(BranchingPlanner(probability: 1).forkProbability(candidate) == 1)
  }

  @Test("as many rollouts fork as the probability says", arguments: [-3.0, 0, 2])
  func forkFrequency(change: Double) {
    let planner = BranchingPlanner(total: 16, initial: 1, beam: 2)
    let candidate = BranchingPlanner.Candidate(rollout: 0, initialEntropy: 1, entropy: 1 + change)
    var random = RandomStream(seed: 5).child("forks")
    let count = 20_000
    let forks = (0..<count).reduce(0) { total, _ in
      total + planner.plan(for: [candidate], rollouts: 1) { Double(random.uniform()) }.forks.count
    }
    #expect(abs(Double(forks) / Double(count) - planner.forkProbability(candidate)) < 0.015)
  }

  @Test("a uniform token has entropy 1, and certain ones none")
  func normalisedEntropy() {
    let uniform = Array(repeating: -2.0794415416798357, count: 8)
    let one = BranchingPlanner.normalisedEntropy(of: [uniform], vocabularySize: 8)
    #expect(abs(one - 1) < 1e-12)
    #expect(
      BranchingPlanner.normalisedEntropy(of: [[0, -.infinity]], vocabularySize: 8) == 0)
    #expect(BranchingPlanner.normalisedEntropy(of: [], vocabularySize: 8) == 0)
  }
}
