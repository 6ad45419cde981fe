/// A question put to facts: what it asks for, with no words.
public indirect enum GraphQuery: Sendable, Hashable {
  /// An entity that the question names.
  case named(Entity.ID)
  /// The one object that a relation gives a subject.
  case value(of: GraphQuery, Relation)
  /// Of two named entities the one whose year is the lower (`earlier`) or the higher.
  case extreme(Entity.ID, Entity.ID, by: Relation, earlier: Bool)
  /// The one object that two many-valued relations of two named entities have in common.
  case common(Entity.ID, Relation, Entity.ID, Relation)

  /// The answer, or `nil` when facts are missing or leave more than one.
  ///
  /// - Parameters:
  ///   - graph: Where years are looked up.
  ///   - objects: The facts: the objects that a relation gives a subject.
  public func answer(
    in graph: KnowledgeGraph, reading objects: (Entity.ID, Relation) -> [Entity.ID]
  ) -> Entity.ID? {
    switch self {
    case .named(let entity): return entity
    case .value(let inner, let relation):
      guard let subject = inner.answer(in: graph, reading: objects) else { return nil }
      return only(objects(subject, relation))
    case .extreme(let first, let second, let relation, let earlier):
      guard let firstYear = only(objects(first, relation)).flatMap({ graph[$0].year }),
        let secondYear = only(objects(second, relation)).flatMap({ graph[$0].year }),
        firstYear != secondYear
      else { return nil }
      return (firstYear < secondYear) == earlier ? first : second
    case .common(let first, let firstRelation, let second, let secondRelation):
      let others = objects(second, secondRelation)
      return only(objects(first, firstRelation).filter { others.contains($0) })
    }
  }

  /// The answer by everything that is true.
  public func answer(in graph: KnowledgeGraph) -> Entity.ID? {
    answer(in: graph) { graph.objects(of: $0, $1) }
  }

  /// The answer by what passages tell, without some of them.
  public func answer(in pages: Encyclopaedia, without missing: Set<Int> = []) -> Entity.ID? {
    answer(in: pages.graph) { pages.toldObjects(of: $0, $1, without: missing) }
  }

  /// The entities that the question names.
  public var named: [Entity.ID] {
    switch self {
    case .named(let entity): [entity]
    case .value(let inner, _): inner.named
    case .extreme(let first, let second, _, _): [first, second]
    case .common(let first, _, let second, _): [first, second]
    }
  }

  private func only(_ entities: [Entity.ID]) -> Entity.ID? {
    entities.count == 1 ? entities.first : nil
  }
}
