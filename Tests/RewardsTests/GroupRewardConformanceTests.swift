import PeregrineTesting
import Rewards
import Synchronization
import Testing
import Trajectories

@Suite("The kit that checks rewards over groups")
struct GroupRewardConformanceTests {
  @Test("rewards over groups conform, and so do rewards over trajectories")
  func ownRewards() async {
    #expect(await checkGroupReward(R1SearcherPlus()) == [])
    #expect(await checkGroupReward(TokenF1()) == [])
  }

  /// What a broken reward does.
  enum Fault: CaseIterable {
    case throwing, short, infinite, creditOutside, silentMissing, counting, readingScore, shifting
    case swallowing

    var complaint: String {
      switch self {
      case .throwing: "threw"
      case .short: "reports"
      case .infinite: "use a missing score"
      case .creditOutside: "a credit names span"
      case .silentMissing: "without a reason"
      case .counting: "differ from the first"
      case .readingScore: "earlier scores"
      case .shifting: "shift the others"
      case .swallowing: "a cancelled task got"
      }
    }
  }

  struct Broken: Error {}

  final class BrokenReward: GroupReward {
    let fault: Fault
    let calls = Mutex(0)
    let name = "broken"

    init(_ fault: Fault) { self.fault = fault }

    func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
      let call = calls.withLock {
        $0 += 1
        return $0
      }
      let members = fault == .short ? group.members.dropLast() : group.members[...]
      return try members.enumerated().map { index, member in
        switch fault {
        case .throwing: throw Broken()
        case .short: RewardReport(score: .value(0))
        case .infinite: RewardReport(score: .value(.infinity))
        case .creditOutside:
          RewardReport(score: .value(0), credits: [SpanCredit(span: -1, value: 1)])
        case .silentMissing: RewardReport(score: .missing(reason: ""))
        case .counting: RewardReport(score: .value(Double(call)))
        case .readingScore: RewardReport(score: .value(member.score.value ?? 0))
        case .shifting:
          RewardReport(
            score: index == 0 ? .missing(reason: "x") : .value(Double(group.members.count)))
        case .swallowing: RewardReport(score: .value(Task.isCancelled ? 1 : 0))
        }
      }
    }
  }

  @Test("each fault is found", arguments: Fault.allCases)
  func faults(fault: Fault) async {
    let found = await checkGroupReward(BrokenReward(fault))
    #expect(found.contains { $0.contains(fault.complaint) }, "\(found)")
  }
}
