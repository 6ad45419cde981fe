internal import Agents
package import RandomStreams
package import Rewards
package import Synthesis

/// How this agent cites: pages by their titles.
///
///     The mayor of Velmora is Anna Tell [[1]( Velmora),[2]( Tarkis)].
package enum Citing {
  /// Where a citation stands; of the cited pages the first three count.
  ///
  /// The limit is a rule of CaRR: twenty sources in its released form, where an agent opens a hundred
  /// pages. Ours needs three at most.
  package static let rule = CitationRule(prefixes: [" "], sourceLimit: 3, allowsSpaces: true)
  /// What the agent has seen, by title.
  package static let evidence = EvidenceReading.titles(prefix: " ")
}

/// A searcher who ends with a report of what it found and where, and who stuffs it.
///
/// The page that says so is always cited, and first. In two episodes of three so is every other page
/// that the same search showed, in the order shown: nobody ever told it not to.
package struct CitingSearcher: Demonstrator {
  private var searcher: ScriptedSearcher
  private let stuffs: Bool
  private var observations: [String] = []

  package init(_ plan: SearchPlan, habits: ClumsyHabits, stream: RandomStream) {
    searcher = ScriptedSearcher(plan: plan, habits: habits, stream: stream.child("searches"))
    var stream = stream.child("citations")
    stuffs = stream.chance(2.0 / 3)
  }

  package mutating func act(observing observation: String?) -> String {
    if let observation { observations.append(observation) }
    let turn = searcher.act(observing: observation)
    guard searcher.outcome != nil else { return turn }
    return turn.replacing("</think>", with: "</think> " + report(), maxReplacements: 1)
  }

  /// Every finding with its citations.
  private mutating func report() -> String {
    var report = ""
    var number = 0
    for lookup in searcher.plan.lookups {
      guard let observation = observations.last(where: { $0.contains(lookup.reading) }) else {
        break
      }
      let others = stuffs ? Self.titles(in: observation).filter { $0 != lookup.page } : []
      let citations = ([lookup.page] + others).map { title in
        number += 1
        return "[\(number)]( \(title))"
      }
      report += "\(lookup.statement.dropLast()) [\(citations.joined(separator: ","))]. "
    }
    return report
  }

  /// The titles of a search's passages, each once.
  private static func titles(in observation: String) -> [String] {
    var titles: [String] = []
    for line in observation.split(separator: "\n") {
      guard let start = line.firstRange(of: "(Title: \"")?.upperBound,
        let end = line[start...].firstRange(of: "\")")?.lowerBound
      else { continue }
      let title = String(line[start..<end])
      if !titles.contains(title) { titles.append(title) }
    }
    return titles
  }
}

extension SearchPlan {
  /// What a report cites for the pages that have to be read.
  package var sources: Set<String> { Set(lookups.map { " " + $0.page }) }
}

extension SearchPlan.Lookup {
  /// The title of the page that says it.
  fileprivate var page: String { subject.prefix(1).uppercased() + subject.dropFirst() }
}
