/// Entities and the facts that hold between them: the truth behind a set of pages.
public struct KnowledgeGraph: Sendable {
  /// All entities; an entity's id is its position.
  public private(set) var entities: [Entity] = []
  private var ids: [Key: Entity.ID] = [:]
  private var facts: [[Facts]] = []

  /// A graph of nothing.
  public init() {}

  /// The entity of a kind and name, added if it is new.
  ///
  /// Aliases and the pronoun are those of the first call.
  public mutating func entity(
    _ kind: EntityKind, _ name: String, aliases: [String] = [], pronoun: Pronoun = .it
  ) -> Entity.ID {
    let key = Key(kind: kind, name: name)
    if let id = ids[key] { return id }
    let id = entities.count
    ids[key] = id
    entities.append(Entity(id: id, kind: kind, name: name, aliases: aliases, pronoun: pronoun))
    facts.append([])
    return id
  }

  /// Adds a fact; one that is there already, or follows from a symmetric one, stays single.
  ///
  /// The reverse of a symmetric relation is added too. Other entailed facts are not: pages may
  /// state them or leave them out.
  ///
  /// - Precondition: The kinds fit the relation, and a single-valued relation gets one object.
  public mutating func add(_ subject: Entity.ID, _ relation: Relation, _ object: Entity.ID) {
    insert(subject, relation, object)
    if relation.isSymmetric { insert(object, relation, subject) }
  }

  private mutating func insert(_ subject: Entity.ID, _ relation: Relation, _ object: Entity.ID) {
    let (from, to) = (entities[subject], entities[object])
    precondition(
      from.kind == relation.subject && to.kind == relation.object,
      "\(relation.id) needs a \(relation.subject) and a \(relation.object), got the \(from.kind) \(from.name) and the \(to.kind) \(to.name)"
    )
    guard let row = facts[subject].firstIndex(where: { $0.relation == relation }) else {
      facts[subject].append(Facts(relation: relation, objects: [object]))
      return
    }
    if facts[subject][row].objects.contains(object) { return }
    precondition(
      relation.isMany, "\(from.name) can't have the second \(relation.noun) \(to.name)")
    facts[subject][row].objects.append(object)
  }

  /// An entity.
  public subscript(id: Entity.ID) -> Entity { entities[id] }

  /// The entity of a kind and name, or `nil`.
  public func find(_ kind: EntityKind, _ name: String) -> Entity.ID? {
    ids[Key(kind: kind, name: name)]
  }

  /// All entities of a kind, in the order they were added.
  public func entities(of kind: EntityKind) -> [Entity] { entities.filter { $0.kind == kind } }

  /// The objects that a relation gives a subject, in the order they were added; empty for none.
  public func objects(of subject: Entity.ID, _ relation: Relation) -> [Entity.ID] {
    facts[subject].first { $0.relation == relation }?.objects ?? []
  }

  /// The relations that say something of a subject, in the order they were added.
  public func relations(of subject: Entity.ID) -> [Relation] { facts[subject].map(\.relation) }

  /// How many facts there are.
  public var factCount: Int { facts.joined().reduce(0) { $0 + $1.objects.count } }

  private struct Key: Hashable {
    let kind: EntityKind
    let name: String
  }

  private struct Facts {
    let relation: Relation
    var objects: [Entity.ID]
  }
}
