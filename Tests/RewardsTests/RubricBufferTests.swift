import Foundation
import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("Rubric buffer")
struct RubricBufferTests {
  func rubric(_ name: String) -> WeightedRubric { WeightedRubric(name, title: name) }

  func buffer(active names: [String]) -> RubricBuffer {
    var buffer = RubricBuffer()
    buffer.questions["Q"] = .init(
      persistent: [rubric("p")], active: names.map(rubric), static: [rubric("p")])
    return buffer
  }

  /// Statistics of rubrics by their deviations.
  func statistics(_ deviations: [String: Double]) -> [String: RubricStatistics] {
    Dictionary(
      uniqueKeysWithValues: deviations.map {
        (rubric($0.key).key(for: "Q"), RubricStatistics([-$0.value, $0.value]))
      })
  }

  @Test("what tells nobody apart retires, and persistent rubrics never do")
  func flat() {
    var buffer = buffer(active: ["a", "b"])
    let retired = buffer.prune("Q", statistics: statistics(["a": 0, "b": 0.5, "p": 0]))
    #expect(retired == [rubric("a")])
    #expect(buffer.rubrics(for: "Q").map(\.rubric.title) == ["p", "b"])
    #expect(buffer.questions["Q"]?.inactive == [rubric("a")])
  }

  @Test("of too many, those that tell apart best stay, with those nobody knows yet")
  func cap() {
    var buffer = buffer(active: ["a", "b", "c", "new", "d"])
    let known = statistics(["a": 0.1, "b": 0.3, "c": 0.2, "d": 0.3])
    buffer.prune("Q", statistics: known, keeping: 2)
    #expect(buffer.questions["Q"]?.active.map(\.title) == ["b", "new", "d"])
    buffer.prune("Q", statistics: statistics(["b": 0.3, "d": 0.3, "new": 0.3]), keeping: 2)
    #expect(buffer.questions["Q"]?.active.map(\.title) == ["b", "new"])
  }

  @Test("equal scores have deviation 0 however they round")
  func rounding() {
    #expect(RubricStatistics([0.1, 0.1, 0.1]).standardDeviation == 0)
    #expect(RubricStatistics([]).count == 0)
    #expect(RubricStatistics([0, 1]).standardDeviation == 0.5)
  }

  @Test("a rubric is never active twice, and the same words with a new title are another")
  func duplicates() {
    var buffer = buffer(active: ["a"])
    buffer.add(
      GeneratedRubrics(
        positive: [.init("a", title: "a"), .init("p", title: "p"), .init("a", title: "z")]),
      for: "Q")
    #expect(buffer.questions["Q"]?.active.map(\.title) == ["a", "z"])
  }

  @Test("static rubrics that retired come back when they are asked to")
  func restore() {
    var buffer = RubricBuffer(static: ["Q": [rubric("s")]], persistent: false)
    buffer.prune("Q", statistics: statistics(["s": 0]))
    #expect(buffer.rubrics(for: "Q").isEmpty)
    buffer.restoreStatic()
    #expect(buffer.rubrics(for: "Q").map(\.rubric) == [rubric("s")])
    #expect(buffer.questions["Q"]?.inactive.isEmpty == true)
  }

  @Test("no rubric is ever lost or doubled, whatever happens to it")
  func conservation() {
    var stream = RandomStream(seed: 3)
    for _ in 0..<100 {
      var buffer = RubricBuffer()
      var all: Set<String> = []
      for round in 0..<6 {
        let names = (0..<stream.index(below: 4)).map { "r\(round)-\($0)" }
        all.formUnion(names)
        buffer.add(GeneratedRubrics(positive: names.map { .init($0, title: $0) }), for: "Q")
        let deviations = Dictionary(
          uniqueKeysWithValues: all.map { ($0, Double(stream.index(below: 3))) })
        if round == 4 {
          buffer.prune("Q", atRandom: &stream, keeping: 3)
        } else {
          buffer.prune("Q", statistics: statistics(deviations), keeping: 3)
        }
        let shelves = buffer.questions["Q"] ?? .init()
        #expect((shelves.active + shelves.inactive).map(\.title).sorted() == all.sorted())
        #expect(shelves.active.count <= 3)
      }
    }
  }

  @Test("a checkpoint holds all of it")
  func checkpoint() throws {
    let buffer = buffer(active: ["a", "b"])
    let bytes = try JSONEncoder().encode(buffer)
    #expect(try JSONDecoder().decode(RubricBuffer.self, from: bytes) == buffer)
  }

  @Test("z-normalised values of a group add up to 0 and do not depend on its order")
  func normalized() {
    let rubrics = [rubric("a"), WeightedRubric("n", title: "n", weight: -1)]
    func response(_ scores: [Double]) -> RubricScores {
      RubricScores(
        entries: zip(rubrics, scores).map {
          .init(key: $0.title, rubric: RubricInUse($0), score: .value($1))
        })
    }
    let group = [[1, 0], [0, 0], [0.5, 1], [0.5, 0.5]].map(response)
    let values = RubricScores.normalized(group)
    #expect(abs(values.reduce(0, +)) < 1e-12)
    #expect(RubricScores.normalized(group.reversed()).reversed().elementsEqual(values))
    #expect(RubricScores.normalized([response([1, 1]), response([1, 1])]) == [0, 0])
    #expect(values[0] > values[1])
  }
}
