public import RandomStreams
public import Retrieval

/// A paragraph of a page, with what it says.
public struct Passage: Sendable, Hashable {
  /// The paragraph as something that can be found: id "city-12#1", title the entity's name.
  public let document: Document
  /// Whom it is about.
  public let subject: Entity.ID
  /// What it says, in order.
  public let statements: [Statement]
}

/// What one sentence of a passage says.
public struct Statement: Sendable, Hashable {
  /// What is said.
  public let relation: Relation
  /// Of the subject's objects those that the sentence names.
  public let objects: [Entity.ID]
  /// How many bytes of the passage's text one has to read to know.
  public let readingLength: Int
}

/// Pages that tell the facts of a graph: what a search can find.
///
/// A border is told on the page of one of the two countries only, so that finding a common
/// neighbour takes two readings; every other fact is told on its subject's page.
public struct Encyclopaedia: Sendable {
  /// What is true.
  public let graph: KnowledgeGraph
  /// Every paragraph of every page, entity by entity.
  public let passages: [Passage]
  private let byEntity: [[Int]]

  /// Writes the pages of a graph.
  ///
  /// - Parameters:
  ///   - graph: What is true.
  ///   - layout: Which relations share a paragraph.
  ///   - stream: Chooses between spellings.
  public init(_ graph: KnowledgeGraph, layout: PageLayout = .standard, stream: RandomStream) {
    var passages: [Passage] = []
    var byEntity: [[Int]] = Array(repeating: [], count: graph.entities.count)
    for entity in graph.entities {
      var paragraph = 0
      for relations in layout.paragraphs[entity.kind] ?? [] {
        var writer = ParagraphWriter(
          graph: graph, entity: entity, stream: stream.child("page", entity.id, paragraph))
        for relation in relations { writer.tell(relation) }
        guard !writer.statements.isEmpty else { continue }
        paragraph += 1
        byEntity[entity.id].append(passages.count)
        passages.append(
          Passage(
            document: Document(
              id: "\(entity.kind.rawValue)-\(entity.id)#\(paragraph)",
              title: capitalised(entity.name), text: writer.text),
            subject: entity.id, statements: writer.statements))
      }
    }
    self.graph = graph
    self.passages = passages
    self.byEntity = byEntity
  }

  /// All passages as documents for an index.
  public var documents: [Document] { passages.map(\.document) }

  /// The passages of an entity's page, by position in ``passages``; empty for an entity without.
  public func page(of entity: Entity.ID) -> [Int] { byEntity[entity] }

  /// Where a subject's page says something by a relation, or `nil` where it doesn't.
  public func statement(of subject: Entity.ID, _ relation: Relation) -> (
    passage: Int, statement: Statement
  )? {
    for passage in byEntity[subject] {
      for statement in passages[passage].statements where statement.relation == relation {
        return (passage, statement)
      }
    }
    return nil
  }

  /// For each entity the passages that name it, as their subject or otherwise.
  var passagesNaming: [Set<Int>] {
    var result: [Set<Int>] = Array(repeating: [], count: graph.entities.count)
    for (position, passage) in passages.enumerated() {
      result[passage.subject].insert(position)
      for object in passage.statements.lazy.flatMap(\.objects) { result[object].insert(position) }
    }
    return result
  }

  /// The objects that a subject's page names for a relation, optionally as if some passages did
  /// not exist.
  public func toldObjects(
    of subject: Entity.ID, _ relation: Relation, without missing: Set<Int> = []
  ) -> [Entity.ID] {
    guard let (passage, statement) = statement(of: subject, relation), !missing.contains(passage)
    else { return [] }
    return statement.objects
  }

  /// Every passage from which one fact can be read: its own, and those on the object's page that
  /// entail it.
  func passages(
    telling subject: Entity.ID, _ relation: Relation, _ object: Entity.ID
  ) -> [Int] {
    var result: [Int] = []
    if let (passage, statement) = statement(of: subject, relation),
      statement.objects.contains(object)
    {
      result.append(passage)
    }
    for passage in byEntity[object] {
      let entails = passages[passage].statements.contains {
        $0.relation.entails == relation.id && $0.objects.contains(subject)
      }
      if entails { result.append(passage) }
    }
    return result
  }
}

/// Puts sentences about one entity together: the name first, pronouns after it.
private struct ParagraphWriter {
  let graph: KnowledgeGraph
  let entity: Entity
  var stream: RandomStream
  var text = ""
  var statements: [Statement] = []

  mutating func tell(_ relation: Relation) {
    var objects = graph.objects(of: entity.id, relation)
    if relation.isMany && relation.isSymmetric {
      objects = objects.filter { tellsBorder(with: $0) }
    }
    guard !objects.isEmpty, let template = stream.choice(relation.wording.sentences) else { return }
    let sentence = capitalised(fill(template, objects: list(objects.map { graph[$0].name })))
    text += text.isEmpty ? sentence : " " + sentence
    statements.append(
      Statement(relation: relation, objects: objects, readingLength: text.utf8.count))
  }

  /// One page of each pair tells, chosen by their names alone.
  private func tellsBorder(with other: Entity.ID) -> Bool {
    let (low, high) = (min(entity.name, graph[other].name), max(entity.name, graph[other].name))
    let lowTells = fingerprint(low + "|" + high) & 1 == 0
    return (entity.name == low) == lowTells
  }

  private func fill(_ template: String, objects: String) -> String {
    let named = text.isEmpty
    let name = entity.name
    return
      template
      .replacing(
        "{Subject's}", with: named ? "\(capitalised(name))'s" : entity.pronoun.possessive
      )
      .replacing("{Subject}", with: named ? capitalised(name) : entity.pronoun.subject)
      .replacing("{subject}", with: named ? name : entity.pronoun.object)
      .replacing("{name}", with: name)
      .replacing("{object}", with: objects)
  }
}

/// A text as it stands at the start of a sentence: "The Gambia" for "the Gambia".
func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

/// The same text with its first letter in lower case.
func uncapitalised(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }

/// Names as a list in words: "A, B and C".
func list(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " and " + last
}

/// FNV-1a with a final mix: the same on every machine.
func fingerprint(_ text: String) -> UInt64 {
  var state: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  state ^= state >> 33
  state = state &* 0xff51_afd7_ed55_8ccd
  return state ^ (state >> 33)
}
