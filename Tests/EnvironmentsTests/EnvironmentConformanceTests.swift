import Environments
import PeregrineTesting
import RandomStreams
import Retrieval
import Synchronization
import Testing
import Trajectories

@Suite("The kit that checks environments")
struct EnvironmentConformanceTests {
  static let task = AgentTask(id: "q", question: "Who?", answers: ["Ada"])

  @Test("the environments that ship conform")
  func ownEnvironments() async throws {
    let index = try BM25Index(SearchR1EnvironmentTests.documents)
    let settings = SearchR1Settings(searchTurns: 20, repetitionLimit: 2)
    let actions = ["<search>notes</search>", "<search>engines</search>", "<answer>Ada</answer>"]
    #expect(
      await checkEnvironment(
        { SearchR1Environment(retriever: index, settings: settings) }, tasks: [Self.task],
        actions: actions) == [])
    let faulty = FaultyRetriever(index, rate: 0.7, stream: RandomStream(seed: 5))
    #expect(
      await checkEnvironment(
        { SearchR1Environment(retriever: faulty) }, tasks: [Self.task], actions: actions) == [])
    let script = [EnvironmentStep(observation: Observation("a")), .init(observation: .init("b"))]
    #expect(await checkEnvironment({ ScriptedEnvironment(script) }, tasks: [Self.task]) == [])
  }

  /// What a broken environment does.
  enum Fault: CaseIterable {
    case throwing, sharing, remembering, counting, wrongTurn, goingOn, emptyTurnEnd, noReset

    var complaint: String {
      switch self {
      case .throwing: "made it throw"
      case .sharing: "changed the original"
      case .remembering: "after a reset"
      case .counting: "a fresh session"
      case .wrongTurn: "left an event of turn"
      case .goingOn: "went on"
      case .emptyTurnEnd: "is empty"
      case .noReset: "the reset threw"
      }
    }
  }

  struct Broken: Error {}

  final class Counter: Sendable {
    let count = Mutex(0)
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }

  struct BrokenEnvironment: Environment {
    let fault: Fault
    let shared: Counter
    let own = Counter()
    var resets = 0
    var turn = 0

    var turnEnds: [String] { fault == .emptyTurnEnd ? [""] : [] }

    mutating func reset(_ task: AgentTask, stream: RandomStream) async throws -> Observation {
      if fault == .noReset { throw Broken() }
      resets += 1
      turn = 0
      return Observation(fault == .remembering ? "\(resets)" : "start", role: .user)
    }

    mutating func step(_ action: String) async throws -> EnvironmentStep {
      defer { turn += 1 }
      if fault == .throwing, action.isEmpty { throw Broken() }
      let text =
        switch fault {
        case .sharing: "\(own.next())"
        case .counting: "\(shared.next())"
        default: ""
        }
      let event = ToolEvent(
        turn: fault == .wrongTurn ? turn + 1 : turn, tool: "t", arguments: action,
        outcome: .failed(.unknownTool))
      let hasEnded = fault == .goingOn ? turn == 1 : turn >= 1
      return EnvironmentStep(
        observation: Observation(text), end: hasEnded ? .terminated : nil,
        events: turn > 1 ? [] : [event])
    }
  }

  @Test("each fault is found", arguments: Fault.allCases)
  func faults(fault: Fault) async {
    let shared = Counter()
    let found = await checkEnvironment(
      { BrokenEnvironment(fault: fault, shared: shared) }, tasks: [Self.task])
    #expect(found.contains { $0.contains(fault.complaint) }, "\(found)")
  }
}
