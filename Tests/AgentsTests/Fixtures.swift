import Environments
import Policy
import RandomStreams
import Synchronization
import Trajectories

let task = AgentTask(id: "t", question: "question?", answers: ["yes"])
let firstRollout = RolloutID(step: 1, group: 0, member: 0)
let stream = RandomStream(seed: 1)

/// Bytes, and one id more per pair of equal bytes: every text has more than one spelling in ids.
///
/// `encode` uses pairs where it can; a policy may spell the same text byte by byte.
struct PairTokenizer: Tokenizer {
  var vocabularyCount: Int { 512 }

  func encode(_ text: String) -> [Int32] {
    var ids: [Int32] = []
    for byte in text.utf8.map(Int32.init) {
      if ids.last == byte { ids[ids.count - 1] = byte + 256 } else { ids.append(byte) }
    }
    return ids
  }

  func bytes(of id: Int32) -> [UInt8] {
    switch id {
    case 0..<256: [UInt8(id)]
    case 256..<512: [UInt8(id - 256), UInt8(id - 256)]
    default: []
    }
  }

  func specialToken(_ text: String) -> Int32? { nil }
}

struct WorldIsDown: Error {}

/// A world that breaks at its reset, or at its first step.
struct BrokenWorld: Environment {
  var atReset = false
  var error: any Error & Sendable = WorldIsDown()
  let turnEnds: [String] = []

  mutating func reset(_ task: AgentTask, stream: RandomStream) throws -> Observation {
    if atReset { throw error }
    return Observation(task.question, role: .user)
  }

  mutating func step(_ action: String) throws -> EnvironmentStep { throw error }
}

/// How many episodes are in progress, and the most there ever were.
final class Crowd: Sendable {
  private let counts = Mutex((now: 0, most: 0))

  var most: Int { counts.withLock(\.most) }

  func enter() {
    counts.withLock { counts in
      counts.now += 1
      counts.most = max(counts.most, counts.now)
    }
  }

  func leave() { counts.withLock { $0.now -= 1 } }
}

/// A world of one turn that lets others go first while it thinks.
struct CrowdedWorld: Environment {
  let crowd: Crowd
  let turnEnds: [String] = []

  mutating func reset(_ task: AgentTask, stream: RandomStream) async -> Observation {
    crowd.enter()
    for _ in 0..<50 { await Task.yield() }
    return Observation(task.question, role: .user)
  }

  mutating func step(_ action: String) async -> EnvironmentStep {
    crowd.leave()
    return EnvironmentStep(observation: Observation(""), end: .terminated)
  }
}

/// A world whose answer never comes.
struct SilentWorld: Environment {
  let turnEnds: [String] = []
  let stepped: @Sendable () -> Void

  mutating func reset(_ task: AgentTask, stream: RandomStream) -> Observation {
    Observation(task.question, role: .user)
  }

  mutating func step(_ action: String) async throws -> EnvironmentStep {
    stepped()
    try await Task.sleep(for: .seconds(3600))
    return EnvironmentStep(observation: Observation(""))
  }
}
