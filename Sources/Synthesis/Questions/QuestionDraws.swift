internal import RandomStreams

/// Draws of what to ask.
extension QuestionWriter {
  /// What a question of a shape starts with.
  func start(_ shape: QuestionShape, _ stream: inout RandomStream) -> GraphQuery? {
    switch shape.form {
    case .attribute, .bridge: stream.choice(subjects).map(GraphQuery.named)
    case .comparison: comparison(&stream)
    case .intersection: intersection(&stream)
    }
  }

  /// Two subjects whose years lie at least ten apart and in different centuries, so that the first
  /// two digits decide; each of earlier and later, first and second is as likely.
  private func comparison(_ stream: inout RandomStream) -> GraphQuery? {
    guard let relation = stream.choice(comparable),
      let candidates = comparableSubjects[relation],
      let first = stream.choice(candidates), let second = stream.choice(candidates),
      first != second, let firstYear = year(of: first, relation),
      let secondYear = year(of: second, relation), abs(firstYear - secondYear) >= 10,
      firstYear / 100 != secondYear / 100
    else { return nil }
    return .extreme(first, second, by: relation, earlier: stream.chance(0.5))
  }

  private func year(of subject: Entity.ID, _ relation: Relation) -> Int? {
    pages.graph.objects(of: subject, relation).first.flatMap { pages.graph[$0].year }
  }

  /// Two lists that name the same object.
  private func intersection(_ stream: inout RandomStream) -> GraphQuery? {
    guard let shared = stream.choice(sharedObjects), let one = stream.choice(shared.members),
      let other = stream.choice(shared.members), one.subject != other.subject
    else { return nil }
    return .common(one.subject, one.relation, other.subject, other.relation)
  }

  /// A query followed by a number of single-valued relations that come across no entity twice;
  /// `nil` at a dead end.
  func extend(
    _ start: GraphQuery, by hops: Int, _ stream: inout RandomStream
  ) -> GraphQuery? {
    var query = start
    var visited = Set(start.named)
    for hop in 0..<hops {
      guard let subject = query.answer(in: pages.graph) else { return nil }
      visited.insert(subject)
      let isLast = hop == hops - 1
      let relations = pages.graph.relations(of: subject).filter { relation in
        let words = isLast ? relation.wording.questions : relation.wording.phrases
        return !words.isEmpty && !relation.object.isClosedList
          && pages.graph.objects(of: subject, relation).count == 1
          && visited.isDisjoint(with: pages.graph.objects(of: subject, relation))
      }
      guard let relation = stream.choice(relations) else { return nil }
      query = .value(of: query, relation)
    }
    return query
  }
}

/// What must be read.
extension QuestionWriter {
  /// The passages that a query needs in reading order, or `nil` where some are missing or fewer
  /// would do.
  func evidence(of query: GraphQuery) -> [Int]? {
    guard let needs = needs(of: query), !needs.isEmpty else { return nil }
    var own: [Int] = []
    for need in needs {
      guard let (passage, _) = pages.statement(of: need.subject, need.relation) else { return nil }
      own.append(passage)
    }
    guard Set(own).count == own.count else { return nil }
    let choices = needs.map { pages.passages(telling: $0.subject, $0.relation, $0.object) }
    return fewest(choices[...], chosen: []) == own.count ? own : nil
  }

  private struct Need {
    let subject: Entity.ID
    let relation: Relation
    let object: Entity.ID
  }

  /// The facts that a query rests on.
  private func needs(of query: GraphQuery) -> [Need]? {
    let graph = pages.graph
    switch query {
    case .named: return []
    case .value(let inner, let relation):
      guard let before = needs(of: inner), let subject = inner.answer(in: graph),
        let object = query.answer(in: graph)
      else { return nil }
      return before + [Need(subject: subject, relation: relation, object: object)]
    case .extreme(let first, let second, let relation, _):
      guard let one = graph.objects(of: first, relation).first,
        let other = graph.objects(of: second, relation).first
      else { return nil }
      return [
        Need(subject: first, relation: relation, object: one),
        Need(subject: second, relation: relation, object: other),
      ]
    case .common(let first, let firstRelation, let second, let secondRelation):
      guard let common = query.answer(in: graph) else { return nil }
      return [
        Need(subject: first, relation: firstRelation, object: common),
        Need(subject: second, relation: secondRelation, object: common),
      ]
    }
  }

  /// The size of the smallest set with one passage out of every choice.
  private func fewest(_ choices: ArraySlice<[Int]>, chosen: Set<Int>) -> Int {
    guard let first = choices.first else { return chosen.count }
    return first.map { fewest(choices.dropFirst(), chosen: chosen.union([$0])) }.min() ?? .max
  }
}
