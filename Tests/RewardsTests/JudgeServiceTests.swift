import PeregrineTesting
import RandomStreams
import Rewards
import Synchronization
import Testing

/// A clock whose sleeps are over at once; it remembers how long they should have been.
///
/// A deadline passes as soon as its task gets a thread, so judges that reply are asked without one.
final class ImpatientClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  let sleeps = Mutex<[Duration]>([])
  var now: Instant { Instant(offset: .zero) }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    sleeps.withLock { $0.append(deadline.offset) }
  }
}

/// Asks for the one word yes or no.
struct YesOrNo: JudgeQuestion {
  var prompt = "Is it?"
  var contract = "test.yesOrNo.1"

  func answer(in reply: String) throws(UnusableReply) -> Bool {
    switch reply {
    case "yes": true
    case "no": false
    default: throw UnusableReply("“\(reply)” is neither yes nor no")
    }
  }
}

@Suite("Asking a judge")
struct JudgeServiceTests {
  struct Broken: Error {}

  func service(
    _ judge: some Judge, _ settings: JudgeSettings, clock: ImpatientClock = ImpatientClock()
  ) -> JudgeService {
    JudgeService(judge, settings: settings, clock: clock, stream: RandomStream(seed: 1))
  }

  @Test("a reply that can't be read is asked for again, at once, and then the verdict is missing")
  func unusable() async throws {
    let clock = ImpatientClock()
    let judge = ScriptedJudge(["maybe", "perhaps", "yes"])
    let patient = service(judge, JudgeSettings(deadline: nil, tries: 3), clock: clock)
    #expect(try await patient.ask(YesOrNo()) == .answered(true))
    #expect(clock.sleeps.withLock { $0 } == [])
    #expect(patient.statistics.unusable == 2)

    let hasty = service(ScriptedJudge(["maybe", "yes"]), JudgeSettings(deadline: nil, tries: 1))
    guard case .missing(let reason) = try await hasty.ask(YesOrNo()) else {
      Issue.record("an unusable reply gave a verdict")
      return
    }
    #expect(reason.contains("“maybe” is neither yes nor no"))
  }

  @Test("a judge that fails is waited for, twice as long each time, less at most half")
  func retries() async throws {
    let clock = ImpatientClock()
    let judge = ScriptedJudge { _, call in
      if call < 3 { throw Broken() }
      return "yes"
    }
    let settings = JudgeSettings(
      deadline: nil, tries: 4, firstWait: .seconds(1), longestWait: .seconds(3))
    #expect(try await service(judge, settings, clock: clock).ask(YesOrNo()) == .answered(true))
    let sleeps = clock.sleeps.withLock { $0 }
    #expect(sleeps.count == 3)
    for (sleep, full) in zip(sleeps, [1.0, 2, 3]) {
      #expect(sleep <= .seconds(full) && sleep >= .seconds(full / 2))
    }
    #expect(Set(sleeps).count == 3)
  }

  @Test("a judge that never replies is late, and missing")
  func late() async throws {
    struct Silent: Judge {
      let identity = "silent"
      func reply(to question: some JudgeQuestion, stream: RandomStream) async throws -> String {
        try await Task.sleep(for: .seconds(1_000_000))
        return "yes"
      }
    }
    let service = service(Silent(), JudgeSettings(deadline: .seconds(5), tries: 2))
    #expect(try await service.ask(YesOrNo()).answer == nil)
    #expect(service.statistics.late == 2)
    #expect(service.statistics.missing == 1)
  }

  @Test("a dead judge is missing with its error, one that refuses is not asked again")
  func dead() async throws {
    let dead = ScriptedJudge { _, _ in throw Broken() }
    let verdict = try await service(dead, JudgeSettings(deadline: nil, tries: 2)).ask(YesOrNo())
    #expect(
      verdict
        == .missing(reason: "the judge was asked 2 times; it failed: Broken()"))
    let lexical = service(LexicalJudge(), JudgeSettings(deadline: nil, tries: 5))
    #expect(try await lexical.ask(YesOrNo()).answer == nil)
    #expect(lexical.statistics.tries == 1)
  }

  @Test(
    "the same question is not asked twice; another prompt, contract or vote is another question")
  func cache() async throws {
    let judge = ScriptedJudge(["yes"])
    let service = service(judge, JudgeSettings(deadline: nil))
    for _ in 0..<3 { #expect(try await service.ask(YesOrNo()).answer == true) }
    #expect(judge.callCount == 1)
    _ = try await service.ask(YesOrNo(prompt: "Is it e\u{301}?"))
    _ = try await service.ask(YesOrNo(prompt: "Is it \u{e9}?"))
    _ = try await service.ask(YesOrNo(contract: "test.yesOrNo.2"))
    #expect(judge.callCount == 4)
    #expect(service.statistics.cacheHits == 2)
  }

  @Test("failures are not kept, and old replies make room")
  func eviction() async throws {
    let judge = ScriptedJudge(["maybe", "yes"])
    let forgetful = service(judge, JudgeSettings(deadline: nil, tries: 1, cachedReplies: 1))
    #expect(try await forgetful.ask(YesOrNo()).answer == nil)
    #expect(try await forgetful.ask(YesOrNo()).answer == true)
    #expect(try await forgetful.ask(YesOrNo(prompt: "Other?")).answer == true)
    #expect(try await forgetful.ask(YesOrNo()).answer == true)
    #expect(judge.callCount == 4)
  }

  @Test("votes decide, a split and a lack of readable votes are missing")
  func votes() async throws {
    let two = JudgeSettings(deadline: nil, tries: 1, votes: 3)
    func verdict(_ replies: [String], _ settings: JudgeSettings) async throws -> Bool? {
      try await service(ScriptedJudge(replies), settings).ask(YesOrNo()).answer
    }
    #expect(try await verdict(["yes", "no", "yes"], two) == true)
    #expect(try await verdict(["no", "yes", "no"], two) == false)
    #expect(try await verdict(["no", "yes", "?"], two) == nil)
    #expect(try await verdict(["yes", "?", "?"], two) == nil)
    let any = JudgeSettings(deadline: nil, tries: 1, votes: 3, quorum: 1)
    #expect(try await verdict(["yes", "?", "?"], any) == true)
  }

  @Test("no more questions are with the judge than allowed, and none is lost")
  func limit() async throws {
    let state = Mutex((now: 0, most: 0))
    let judge = ClosureJudge(identity: "slow") { _, _ in
      state.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for _ in 0..<20 { await Task.yield() }
      state.withLock { $0.now -= 1 }
      return "yes"
    }
    let service = service(judge, JudgeSettings(deadline: nil, concurrentQuestions: 3))
    let answers = try await withThrowingTaskGroup(of: Bool?.self) { group in
      for number in 0..<200 {
        group.addTask { try await service.ask(YesOrNo(prompt: "Is it \(number)?")).answer }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count { $0 == true } == 200)
    #expect(state.withLock { $0.most } <= 3)
  }

  @Test("a cancelled question throws, also while it waits for its turn")
  func cancellation() async throws {
    let judge = ClosureJudge(identity: "stuck") { _, _ in
      try await Task.sleep(for: .seconds(1_000_000))
      return "yes"
    }
    let service = service(judge, JudgeSettings(deadline: nil, concurrentQuestions: 1))
    let tasks = (0..<4).map { number in
      Task { try await service.ask(YesOrNo(prompt: "Is it \(number)?")) }
    }
    while service.statistics.questions < 4 { await Task.yield() }
    for task in tasks { task.cancel() }
    for task in tasks {
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test("what a judge draws depends on the question, not on who asked first")
  func streams() async throws {
    @Sendable func draws(_ prompts: [String]) async throws -> [String: UInt64] {
      let seen = Mutex<[String: UInt64]>([:])
      let judge = ClosureJudge(identity: "dice") { prompt, stream in
        seen.withLock { $0[prompt] = stream.word(at: 0) }
        return "yes"
      }
      let service = JudgeService(judge, stream: RandomStream(seed: 7))
      for prompt in prompts { _ = try await service.ask(YesOrNo(prompt: prompt)) }
      return seen.withLock { $0 }
    }
    let forth = try await draws(["a", "b", "c"])
    #expect(try await draws(["c", "b", "a"]) == forth)
    #expect(Set(forth.values).count == 3)
  }
}

@Suite("Reading a judge's fenced verdict")
struct FencedJSONTests {
  func reads(_ reply: String) -> Bool { (try? FencedJSON.onlyBlock(in: reply)) != nil }

  @Test("one block at the end is read, anything else is not")
  func blocks() {
    #expect(reads("Because.\n```json\n{\"S1\": true}\n```\n"))
    #expect(!reads("{\"S1\": true}"))
    #expect(!reads("```json\n{\"S1\": true}"))
    #expect(!reads("```\n{\"S1\": true}\n```"))
    #expect(!reads("```json\n{\"S1\": true}\n``` and more"))
    #expect(!reads("It says ```json {\"S1\": true}``` but\n```json\n{\"S1\": false}\n```"))
    #expect(!reads("```json\n{\"S1\": true, \"S1\": false}\n```"))
    #expect(!reads("```json\n{\"S1\": \"\\ud800\"}\n```"))
    #expect(!reads("```json```"))
    #expect(!reads("````json\n{}\n```"))
    #expect(!reads(""))
  }

  @Test("a million fences are no trouble")
  func bomb() {
    #expect(!reads(String(repeating: "```json\n{\n", count: 100_000 / slowness)))
    #expect(!reads("```json\n" + String(repeating: "[", count: 200_000 / slowness) + "\n```"))
  }
}
