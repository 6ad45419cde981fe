internal import RandomStreams

/// Puts queries into words, drawing between spellings.
struct Phrasing {
  let graph: KnowledgeGraph
  var stream: RandomStream

  /// A whole question, or `nil` where words are missing.
  mutating func question(_ query: GraphQuery) -> String? {
    ask(query).map(capitalised)
  }

  private mutating func ask(_ query: GraphQuery) -> String? {
    switch query {
    case .named, .extreme: return nil
    case .value(let inner, let relation):
      if let merged = merged(inner, relation), let subject = phrase(merged.subject) {
        return fill(merged.wording.question, subject)
      }
      guard let template = stream.choice(relation.wording.questions) else { return nil }
      if case .extreme(let first, let second, let order, let earlier) = inner, stream.chance(0.5),
        let words = order.wording.order
      {
        let question = fill(template, "\(words.one) \(earlier ? "earlier" : "later")")
        let choice = "\(capitalised(graph[first].name)) or \(graph[second].name)"
        return "\(choice): \(uncapitalised(question))"
      }
      guard let subject = phrase(inner) else { return nil }
      return fill(template, subject)
    case .common(let first, let firstRelation, let second, let secondRelation):
      guard let one = firstRelation.wording.membership,
        let other = secondRelation.wording.membership
      else { return nil }
      let noun = firstRelation.object.rawValue
      let (a, b) = (graph[first].name, graph[second].name)
      if stream.chance(0.5) {
        return "Which \(noun) \(fill(one.participle, a)) \(fill(other.alsoVerb, b))?"
      }
      if firstRelation == secondRelation {
        return "Which \(noun) \(fill(one.verb, "both \(a) and \(b)"))?"
      }
      return "Which \(noun) \(fill(one.verb, a)) and \(fill(other.verb, b))?"
    }
  }

  /// A noun phrase for what a query finds.
  private mutating func phrase(_ query: GraphQuery) -> String? {
    switch query {
    case .named(let entity): return graph[entity].name
    case .value(let inner, let relation):
      if let merged = merged(inner, relation), let subject = phrase(merged.subject) {
        return fill(merged.wording.phrase, subject)
      }
      var choices = relation.wording.phrases
      if let entailed = relation.wording.entailedPhrase, isEntailed(query, inner, relation) {
        choices = [entailed]
      }
      guard let template = stream.choice(choices), let subject = phrase(inner) else { return nil }
      return fill(template, subject)
    case .extreme(let first, let second, let relation, let earlier):
      guard let words = relation.wording.order else { return nil }
      return (earlier ? words.earlier : words.later)
        .replacing("{}", with: graph[first].name, maxReplacements: 1)
        .replacing("{}", with: graph[second].name, maxReplacements: 1)
    case .common(let first, let firstRelation, let second, let secondRelation):
      guard let one = firstRelation.wording.membership,
        let other = secondRelation.wording.membership
      else { return nil }
      let noun = firstRelation.object.rawValue
      let (a, b) = (graph[first].name, graph[second].name)
      if firstRelation == secondRelation {
        return "the \(noun) \(fill(one.participle, "both \(a) and \(b)"))"
      }
      return "the \(noun) \(fill(one.participle, a)) and \(fill(other.participle, b))"
    }
  }

  /// Words for two relations at once, every second time they exist.
  private mutating func merged(
    _ inner: GraphQuery, _ relation: Relation
  ) -> (wording: MergedWording, subject: GraphQuery)? {
    guard case .value(let subject, let first) = inner,
      let wording = MergedWording.all.first(where: { $0.first == first && $0.second == relation }),
      stream.chance(0.5)
    else { return nil }
    return (wording, subject)
  }

  /// Whether the fact that a query reads last follows from another one: its subject is a capital.
  private func isEntailed(_ query: GraphQuery, _ inner: GraphQuery, _ relation: Relation) -> Bool {
    guard let subject = inner.answer(in: graph), let object = query.answer(in: graph) else {
      return false
    }
    return graph.relations(of: object).contains {
      $0.entails == relation.id && graph.objects(of: object, $0).contains(subject)
    }
  }

  private func fill(_ template: String, _ subject: String) -> String {
    template.replacing("{}", with: subject)
  }
}

/// Whether a text contains a name as whole words, whatever the case of its letters.
func mentions(_ text: String, _ name: String) -> Bool {
  func words(_ text: String) -> [Substring] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }
  }
  let (text, name) = (words(text)[...], words(name))
  guard !name.isEmpty else { return false }
  return text.indices.contains { text[$0...].starts(with: name) }
}
