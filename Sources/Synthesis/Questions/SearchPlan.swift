internal import Retrieval

/// How somebody who knows the world would find an answer: what to look up in which order, and what
/// each reading says.
public struct SearchPlan: Sendable, Hashable, Codable {
  /// What is done next.
  public enum Step: Sendable, Hashable, Codable {
    /// A search and a reading.
    case lookup(Lookup)
    /// Two years found before are compared: "1743 Velmora, 1602 Tarkis. 1602 before 1743. The
    /// earlier is 1602 Tarkis."
    case compare(years: [NamedYear], isEarlier: Bool, winner: String)
    /// Two lists found before are compared, name by name of the second until one is in the first:
    /// "Tark no, Lun yes. Both have Lun."
    case intersect(passed: [String], common: String)
  }

  /// One search for one relation of one subject.
  public struct Lookup: Sendable, Hashable, Codable {
    /// Whom to look up.
    public let subject: String
    /// The regular noun of what is wanted: "mayor", or for a list its plural: "languages".
    public let noun: String
    /// What the passage says: one value, or a list.
    public let values: [String]
    /// Whether a list is asked for.
    public let isList: Bool
    /// The document that says it.
    public let document: String
    /// The beginning of that document's text up to the end of the sentence that says it.
    public let reading: String

    /// What the passage says, in the words of a searcher: "The mayor of Velmora is Anna Tell."
    public var statement: String {
      let verb = values.count > 1 ? "are" : "is"
      return "The \(noun) of \(subject) \(verb) \(list(values))."
    }
  }

  /// Something with its year.
  public struct NamedYear: Sendable, Hashable, Codable {
    /// Whose year.
    public let name: String
    /// The year's digits.
    public let year: String
  }

  /// What to do, in order.
  public let steps: [Step]
  /// What to answer in the end.
  public let answer: String

  /// The searches among the steps.
  public var lookups: [Lookup] {
    steps.compactMap { if case .lookup(let lookup) = $0 { lookup } else { nil } }
  }
}

extension SearchPlan {
  /// The plan that answers a query from an encyclopaedia, or `nil` where its pages don't tell.
  init?(_ query: GraphQuery, in pages: Encyclopaedia) {
    var steps: [Step] = []
    guard let answer = Self.append(query, to: &steps, pages) else { return nil }
    self.steps = steps
    self.answer = pages.graph[answer].name
  }

  /// Adds the steps of a query and returns what they find.
  private static func append(
    _ query: GraphQuery, to steps: inout [Step], _ pages: Encyclopaedia
  ) -> Entity.ID? {
    switch query {
    case .named(let entity): return entity
    case .value(let inner, let relation):
      guard let subject = append(inner, to: &steps, pages),
        let lookup = Lookup(subject, relation, isList: false, in: pages)
      else { return nil }
      steps.append(.lookup(lookup))
    case .extreme(let first, let second, let relation, let earlier):
      guard let one = Lookup(first, relation, isList: false, in: pages),
        let other = Lookup(second, relation, isList: false, in: pages),
        let winner = query.answer(in: pages)
      else { return nil }
      let years = [one, other].map { NamedYear(name: $0.subject, year: $0.values[0]) }
      steps += [
        .lookup(one), .lookup(other),
        .compare(years: years, isEarlier: earlier, winner: pages.graph[winner].name),
      ]
    case .common(let first, let firstRelation, let second, let secondRelation):
      guard let one = Lookup(first, firstRelation, isList: true, in: pages),
        let other = Lookup(second, secondRelation, isList: true, in: pages),
        let common = query.answer(in: pages)
      else { return nil }
      let name = pages.graph[common].name
      let passed = Array(other.values.prefix { $0 != name })
      steps += [.lookup(one), .lookup(other), .intersect(passed: passed, common: name)]
    }
    return query.answer(in: pages)
  }
}

extension SearchPlan.Lookup {
  /// The lookup of what pages tell, or `nil` where they don't; a single value must be single.
  init?(_ subject: Entity.ID, _ relation: Relation, isList: Bool, in pages: Encyclopaedia) {
    guard let (passage, statement) = pages.statement(of: subject, relation),
      isList || statement.objects.count == 1
    else { return nil }
    let document = pages.passages[passage].document
    self.subject = pages.graph[subject].name
    noun = isList ? relation.plural ?? relation.noun : relation.noun
    values = statement.objects.map { pages.graph[$0].name }
    self.isList = isList
    self.document = document.id
    reading = String(decoding: document.text.utf8.prefix(statement.readingLength), as: UTF8.self)
  }
}
