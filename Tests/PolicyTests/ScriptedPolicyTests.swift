import PeregrineTesting
import Policy
import RandomStreams
import Testing
import Trajectories

@Suite("Scripted policy")
struct ScriptedPolicyTests {
  private func request(
    _ maximumTokens: Int = 100, texts: [String] = [], tokens: Set<Int32> = []
  ) -> GenerationRequest {
    GenerationRequest(
      settings: SamplingSettings(temperature: 0.5),
      stop: StopConditions(maximumTokens: maximumTokens, texts: texts, tokens: tokens),
      stream: RandomStream(seed: 1))
  }

  @Test("turns are played in order, each with its scripted record")
  func turns() throws {
    let policy = ScriptedPolicy(
      turns: ["ab", "c"], logProbabilities: { turn, index in Float(-10 * turn - index) },
      weightVersion: 3)
    let context = policy.makeContext()
    try context.append([65])
    let first = try context.generate(request())
    #expect(first.tokens == [97, 98])
    #expect(first.record.logProbabilities == [0, -1])
    #expect(first.record.weightVersion == 3)
    #expect(first.record.settings.temperature == 0.5)
    try context.append([66])
    #expect(try context.generate(request()).record.logProbabilities == [-10])
    #expect(context.tokens == [65, 97, 98, 66, 99])
    #expect(throws: ScriptError(turns: 2)) { try context.generate(request()) }
  }

  @Test("a generation stops at whichever condition holds first")
  func stops() throws {
    func played(_ request: GenerationRequest, end: Int32? = nil, limit: Int = 100) throws
      -> (String, Generation.StopReason)
    {
      let policy = ScriptedPolicy(
        turns: ["<a>x</a>rest"], endToken: end, contextLimit: limit)
      let context = policy.makeContext()
      try context.append([65])
      let generation = try context.generate(request)
      return (ByteTokenizer().decode(generation.tokens), generation.stopReason)
    }
    #expect(try played(request(texts: ["</a>", "zz"])) == ("<a>x</a>", .text("</a>")))
    #expect(try played(request(3, texts: ["</a>"])) == ("<a>", .maximumTokens))
    #expect(try played(request(tokens: [120])) == ("<a>x", .token(120)))
    #expect(try played(request(), end: 0) == ("<a>x</a>rest\0", .token(0)))
    #expect(try played(request()) == ("<a>x</a>rest", .maximumTokens))
    #expect(try played(request(), limit: 3) == ("<a", .contextFull))
  }

  @Test("a script can read what it answers")
  func reading() throws {
    let context = ScriptedPolicy { turn, text in "\(turn):\(text.count)" }.makeContext()
    try context.append(ByteTokenizer().encode("hello"))
    #expect(try ByteTokenizer().decode(context.generate(request()).tokens) == "0:5")
    let fork = context.fork()
    #expect(try ByteTokenizer().decode(context.generate(request()).tokens) == "1:8")
    #expect(try fork.generate(request()).tokens == context.tokens.suffix(3))
    #expect(fork.turn == 2)
  }

  @Test("what a context can't hold is refused and changes nothing")
  func refused() throws {
    let context = ScriptedPolicy(turns: ["a"], contextLimit: 2).makeContext()
    #expect(throws: PolicyError.emptyContext) { try context.generate(request()) }
    #expect(throws: PolicyError.unknownToken(id: 256, vocabularyCount: 256)) {
      try context.append([65, 256])
    }
    #expect(throws: PolicyError.contextOverflow(held: 0, adding: 3, limit: 2)) {
      try context.append([65, 66, 67])
    }
    #expect(context.tokens.isEmpty)
    try context.append([65, 66])
    #expect(throws: PolicyError.contextFull(limit: 2)) { try context.generate(request()) }
  }

  @Test("stop texts are found across tokens, the first to end counts")
  func stopTexts() {
    var watch = StopTextWatch(["</tool>", "tool>", "END"])
    #expect(watch.complete(with: Array("a</to".utf8)) == nil)
    #expect(watch.complete(with: Array("ol".utf8)) == nil)
    #expect(watch.complete(with: Array(">END".utf8)) == "</tool>")
    var none = StopTextWatch([])
    #expect(none.complete(with: [1, 2, 3]) == nil)
    var overlapping = StopTextWatch(["aab"])
    #expect(overlapping.complete(with: Array("aa".utf8)) == nil)
    #expect(overlapping.complete(with: Array("ab".utf8)) == "aab")
  }
}
