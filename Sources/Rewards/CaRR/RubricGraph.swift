/// Which rubrics name which entities: two kinds of nodes, with an edge for each mention.
public struct RubricGraph: Sendable, Hashable {
  /// How many rubrics there are.
  public let count: Int
  private let entityCount: Int
  private let answer: Int?
  /// The entities of rubric `i` are `entities[starts[i]..<starts[i + 1]]`.
  private let entities: [Int]
  private let starts: [Int]

  /// A graph from the entities that each rubric names.
  public init(_ mentions: [[String]], answer: String = RubricSet.answerEntity) {
    var numbers: [String: Int] = [:]
    var (entities, starts) = ([Int](), [0])
    for names in mentions {
      for name in names {
        let number = numbers[name] ?? numbers.count
        numbers[name] = number
        entities.append(number)
      }
      starts.append(entities.count)
    }
    count = mentions.count
    entityCount = numbers.count
    self.answer = numbers[answer]
    self.entities = entities
    self.starts = starts
  }

  /// Which supported rubrics are connected to the answer.
  ///
  /// A walk that starts at the answer goes from an entity to every supported rubric that names it,
  /// and from a rubric to every entity that it names. What is not supported is no way through.
  /// Takes time proportional to the mentions.
  ///
  /// - Precondition: there is one flag per rubric.
  /// - Returns: One flag per rubric; `false` for one that is not supported.
  public func connected(supported: [Bool]) -> [Bool] {
    precondition(supported.count == count, "\(supported.count) flags came for \(count) rubrics")
    var reached = [Bool](repeating: false, count: count)
    guard let answer else { return reached }

    let (rubrics, rubricStarts) = supportedRubricsByEntity(supported)
    var seen = [Bool](repeating: false, count: entityCount)
    var queue = [answer]
    seen[answer] = true
    var next = 0
    while next < queue.count {
      let entity = queue[next]
      next += 1
      for place in rubricStarts[entity]..<rubricStarts[entity + 1] {
        let rubric = rubrics[place]
        guard !reached[rubric] else { continue }
        reached[rubric] = true
        for mention in starts[rubric]..<starts[rubric + 1] where !seen[entities[mention]] {
          seen[entities[mention]] = true
          queue.append(entities[mention])
        }
      }
    }
    return reached
  }

  /// The supported rubrics that name each entity, in one list with a start per entity.
  private func supportedRubricsByEntity(_ supported: [Bool]) -> (rubrics: [Int], starts: [Int]) {
    var starts = [Int](repeating: 0, count: entityCount + 1)
    for rubric in 0..<count where supported[rubric] {
      for mention in self.starts[rubric]..<self.starts[rubric + 1] {
        starts[entities[mention] + 1] += 1
      }
    }
    for entity in 0..<entityCount { starts[entity + 1] += starts[entity] }
    var places = starts
    var rubrics = [Int](repeating: 0, count: starts[entityCount])
    for rubric in 0..<count where supported[rubric] {
      for mention in self.starts[rubric]..<self.starts[rubric + 1] {
        rubrics[places[entities[mention]]] = rubric
        places[entities[mention]] += 1
      }
    }
    return (rubrics, starts)
  }
}
