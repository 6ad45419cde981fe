import PeregrineTesting
import Rewards
import Synchronization
import Testing
import Trajectories

@Suite("The kit that checks rewards")
struct RewardConformanceTests {
  @Test("the rewards that ship conform, and say missing without accepted answers")
  func ownRewards() async {
    let unanswerable = Trajectory.unusual.filter { $0.task.answers.isEmpty }
    #expect(!unanswerable.isEmpty)
    #expect(await checkReward(ExactMatch(), unjudgeable: unanswerable) == [])
    #expect(await checkReward(SubstringMatch(), unjudgeable: unanswerable) == [])
    #expect(await checkReward(TokenF1(), unjudgeable: unanswerable) == [])
    let sum = 0.7 * ExactMatch() + 0.3 * TokenF1()
    #expect(await checkReward(sum, unjudgeable: unanswerable) == [])
    #expect(await checkReward(ExactMatch().named("strict")) == [])
    #expect(await checkReward(ConstantReward(.missing(reason: "always"))) == [])
  }

  /// What a broken reward does.
  enum Fault: CaseIterable {
    case throwing, infinite, creditOutside, silentMissing, counting, readingScore, swallowing
    case badName, zeroForMissing

    var complaint: String {
      switch self {
      case .throwing: "threw"
      case .infinite: "use a missing score"
      case .creditOutside: "names span"
      case .silentMissing: "without a reason"
      case .counting: "differs from the first"
      case .readingScore: "earlier score"
      case .swallowing: "a cancelled task got"
      case .badName: "lowerCamelCase"
      case .zeroForMissing: "can't be judged"
      }
    }
  }

  struct Broken: Error {}

  final class BrokenReward: Reward {
    let fault: Fault
    let calls = Mutex(0)

    init(_ fault: Fault) { self.fault = fault }

    var name: String { fault == .badName ? "Bad Name" : "broken" }

    func report(on trajectory: Trajectory) async throws -> RewardReport {
      let call = calls.withLock {
        $0 += 1
        return $0
      }
      switch fault {
      case .throwing: throw Broken()
      case .infinite: return RewardReport(score: .value(.infinity))
      case .creditOutside:
        return RewardReport(
          score: .value(0), credits: [SpanCredit(span: trajectory.spans.count, value: 1)])
      case .silentMissing: return RewardReport(score: .missing(reason: ""))
      case .counting: return RewardReport(score: .value(Double(call)))
      case .readingScore: return RewardReport(score: .value(trajectory.score.value ?? 0))
      case .swallowing: return RewardReport(score: .value(Task.isCancelled ? 1 : 0))
      case .badName, .zeroForMissing: return RewardReport(score: .value(0))
      }
    }
  }

  @Test("each fault is found", arguments: Fault.allCases)
  func faults(fault: Fault) async {
    let found = await checkReward(
      BrokenReward(fault), on: Array(Trajectory.unusual.prefix(4)),
      unjudgeable: Array(Trajectory.unusual.suffix(1)))
    #expect(found.contains { $0.contains(fault.complaint) }, "\(found)")
  }
}
