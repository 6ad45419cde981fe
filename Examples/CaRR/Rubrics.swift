import Rewards
import Synthesis

extension SearchPlan {
  /// What a report has to show: a statement for each page that has to be read, with placeholders for
  /// all names, `<E0>` for the answer.
  ///
  ///     The mayor of <E2> is <E1>.
  ///     The birthplace of <E1> is <E0>.
  var rubrics: RubricSet {
    let shared = steps.compactMap { if case .intersect(_, let common) = $0 { common } else { nil } }
    let facts = lookups.map { lookup in
      let value = lookup.isList ? lookup.values.first(where: shared.contains) : lookup.values.first
      return (subject: lookup.subject, noun: lookup.noun, value: value ?? answer)
    }
    let names = facts.reduce(into: [answer]) { names, fact in
      names += [fact.value, fact.subject].filter { !names.contains($0) }
    }
    func entity(_ name: String) -> String { "E\(names.firstIndex(of: name) ?? 0)" }
    return RubricSet(
      facts.map { "The \($0.noun) of <\(entity($0.subject))> is <\(entity($0.value))>." },
      knownEntities: Dictionary(
        names.map { (entity($0), [$0]) }, uniquingKeysWith: { first, _ in first }))
  }
}
