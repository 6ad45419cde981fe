import PeregrineTesting
import Policy
import RandomStreams
import Synchronization
import Testing
import Trajectories

@Suite("The kit that checks sampling policies")
struct SamplingConformanceTests {
  static let policy = BigramPolicy(vocabularyCount: 20, stream: RandomStream(seed: 3))

  @Test("the bigram policy conforms")
  func bigrams() async {
    #expect(await checkSamplingPolicy(Self.policy, prompt: [1, 2, 3]) == [])
  }

  /// What a broken policy does.
  enum Fault: CaseIterable {
    case positive, forgetful, ownRandomness, sharedFork, deafToTokens, endless, acceptsAnything
    case inventsStart, dependsOnTelling, throwing, deafToLimits, forgetsTruncation

    var complaint: String {
      switch self {
      case .positive: "not all finite and at most 0"
      case .forgetful: "does not end in what it sampled"
      case .ownRandomness: "the same stream drew other"
      case .sharedFork: "fork"
      case .deafToTokens: "the stop token"
      case .endless: "a limit of 1 gave"
      case .acceptsAnything: "was accepted"
      case .inventsStart: "an empty context was continued"
      case .dependsOnTelling: "continued differently"
      case .throwing: "the policy threw"
      case .deafToLimits: "draws otherwise than the likeliest token"
      case .forgetsTruncation: "has no truncated numbers"
      }
    }
  }

  struct Broken: Error {}

  struct BrokenPolicy: SamplingPolicy {
    let fault: Fault
    func makeContext() async throws -> BrokenContext {
      if fault == .throwing { throw Broken() }
      return BrokenContext(fault, try await SamplingConformanceTests.policy.makeContext())
    }
  }

  final class BrokenContext: SamplingContext {
    let fault: Fault
    let base: BigramContext
    let calls = Mutex(0)

    init(_ fault: Fault, _ base: BigramContext) {
      self.fault = fault
      self.base = base
    }

    static let strangerCalls = Mutex(UInt64(0))

    var tokens: [Int32] { fault == .forgetful ? Array(base.tokens.prefix(3)) : base.tokens }

    func append(_ tokens: [Int32]) async throws {
      calls.withLock { $0 += 1 }
      let known = tokens.filter { $0 >= 0 && $0 < 20 }
      try await base.append(fault == .acceptsAnything ? known : tokens)
    }

    func generate(_ request: GenerationRequest) async throws -> Generation {
      var request = request
      switch fault {
      case .ownRandomness:
        let call = Self.strangerCalls.withLock {
          $0 += 1
          return $0
        }
        request.stream = RandomStream(seed: call)
      case .deafToTokens: request.stop.tokens = []
      case .deafToLimits:
        request.settings = SamplingSettings(temperature: request.settings.temperature)
      case .endless: request.stop.maximumTokens += 1
      case .inventsStart where base.tokens.isEmpty: try await base.append([0])
      case .dependsOnTelling:
        request.stream = request.stream.child("told", calls.withLock { $0 })
      default: break
      }
      let drawn = try await base.generate(request)
      guard fault == .positive || fault == .forgetsTruncation else { return drawn }
      let sign: Float = fault == .positive ? -1 : 1
      return Generation(
        tokens: drawn.tokens,
        record: SamplingRecord(
          logProbabilities: drawn.record.logProbabilities.map { sign * $0 },
          weightVersion: drawn.record.weightVersion, settings: drawn.record.settings),
        stopReason: drawn.stopReason)
    }

    func fork() async throws -> BrokenContext {
      BrokenContext(fault, fault == .sharedFork ? base : try await base.fork())
    }
  }

  @Test("each fault is found", arguments: Fault.allCases)
  func faults(fault: Fault) async {
    let found = await checkSamplingPolicy(BrokenPolicy(fault: fault), prompt: [1, 2, 3])
    #expect(found.contains { $0.contains(fault.complaint) }, "\(found)")
  }
}
