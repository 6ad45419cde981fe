import Rewards
import Synthesis

extension SearchPlan {
  /// What a report has to show: a statement for each page that has to be read, with the names that
  /// the question hides left open.
  ///
  ///     The mayor of Velmora is <E1>.
  ///     The birthplace of <E1> is <E0>.
  var rubrics: RubricSet {
    var hidden = [answer]
    for step in steps {
      switch step {
      case .lookup(let lookup) where !lookup.isList: hidden += lookup.values
      case .intersect(_, let common): hidden.append(common)
      case .lookup, .compare: break
      }
    }
    func written(_ name: String) -> String {
      hidden.firstIndex(of: name).map { "<E\($0)>" } ?? name
    }
    let shared = steps.compactMap { if case .intersect(_, let common) = $0 { common } else { nil } }
    return RubricSet(
      lookups.map { lookup in
        let value = lookup.values.first { lookup.isList ? shared.contains($0) : true } ?? ""
        let verb = lookup.isList ? "include" : "is"
        return "The \(lookup.noun) of \(written(lookup.subject)) \(verb) \(written(value))."
      },
      knownEntities: Dictionary(
        hidden.map { (String(written($0).dropFirst().dropLast()), [$0]) },
        uniquingKeysWith: { first, _ in first }))
  }
}
