import RandomStreams
import Rewards
import Testing

@Suite("Connectivity")
struct ConnectivityTests {
  /// The same by repeated passes over all rubrics.
  func closure(_ mentions: [[String]], supported: [Bool]) -> [Bool] {
    var known: Set<String> = ["E0"]
    var reached = [Bool](repeating: false, count: mentions.count)
    var changes = true
    while changes {
      changes = false
      for (index, names) in mentions.enumerated()
      where supported[index] && !reached[index] && !known.isDisjoint(with: names) {
        reached[index] = true
        known.formUnion(names)
        changes = true
      }
    }
    return reached
  }

  @Test("a walk reaches what repeated passes reach", arguments: 0..<50)
  func agrees(seed: Int) {
    var stream = RandomStream(seed: 3).child("graph", seed)
    let entities = 1 + stream.index(below: 12)
    let mentions = (0..<stream.index(below: 30)).map { _ in
      (0..<stream.index(below: 4)).map { _ in "E\(stream.index(below: entities))" }
    }
    let supported = mentions.map { _ in stream.chance(0.6) }
    let connected = RubricGraph(mentions).connected(supported: supported)
    #expect(connected == closure(mentions, supported: supported))
    // More support never disconnects anything.
    let more = RubricGraph(mentions).connected(supported: supported.map { _ in true })
    #expect(zip(connected, more).allSatisfy { !$0 || $1 })
  }

  @Test("ten thousand rubrics over a thousand entities")
  func large() {
    var stream = RandomStream(seed: 4)
    let mentions = (0..<10_000).map { _ in
      (0..<3).map { _ in "E\(stream.index(below: 1000))" }
    }
    let graph = RubricGraph(mentions)
    let supported = mentions.map { _ in stream.chance(0.5) }
    var connected: [Bool] = []
    let time = ContinuousClock().measure { connected = graph.connected(supported: supported) }
    print("connectivity of 10,000 rubrics over 1,000 entities: \(time)")
    #expect(connected.contains(true))
  }
}
