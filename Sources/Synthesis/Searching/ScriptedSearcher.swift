public import RandomStreams

/// Acts out a plan, turn by turn, in the words that a small policy can learn from.
///
/// It names what it needs just before it searches and repeats what it read just before it uses it:
///
///     <think> I need the mayor of Velmora.</think><search> Velmora mayor</search>
///     <think> The mayor of Velmora is Anna Tell. I need the birthplace of Anna Tell.</think>…
///
/// A space follows every opening tag, so that a name begins with the same token wherever it stands.
///
/// It knows the truth but claims a value only where the observation holds the passage that says so.
/// A passage that doesn't come is searched for once more in other words; then it gives up and
/// answers with what it has.
public struct ScriptedSearcher: Sendable {
  /// What it sets out to do.
  public let plan: SearchPlan
  /// How it falls short.
  public let habits: ClumsyHabits
  /// How it came to its answer, once it has answered.
  public private(set) var outcome: Outcome?
  private var stream: RandomStream
  private var step = 0
  private var attempts = 0
  private var wasVague = false
  private var lastFound: String?

  /// How a searcher came to its answer.
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// It followed the plan to the end.
    case finished
    /// It answered although searches were left.
    case stoppedEarly
    /// A passage did not come, twice.
    case gaveUp
  }

  /// A searcher at the start of an episode.
  public init(plan: SearchPlan, habits: ClumsyHabits, stream: RandomStream) {
    self.plan = plan
    self.habits = habits
    self.stream = stream
  }

  /// The text of its next turn, which ends with `</search>` or `</answer>`.
  ///
  /// - Parameter observation: What the environment answered to the last turn; `nil` at the start.
  /// - Precondition: It has not answered yet.
  public mutating func act(observing observation: String?) -> String {
    precondition(outcome == nil, "the searcher has answered already; start a new one")
    guard let observation else { return proceed(saying: []) }
    guard case .lookup(let lookup) = plan.steps[step] else { return proceed(saying: []) }
    if holds(observation, lookup.reading) {
      step += 1
      attempts = 0
      if !lookup.isList { lastFound = lookup.values.first }
      return proceed(saying: [lookup.statement])
    }
    if attempts > 1 {
      return answer(
        lastFound ?? lookup.subject, .gaveUp,
        saying: ["I can't find the \(lookup.noun) of \(lookup.subject)."])
    }
    let missing = "I don't see the \(lookup.noun) of \(lookup.subject)."
    return search(lookup, isVague: !wasVague, saying: [missing])
  }

  /// Goes on from the current step to the next search, or to the answer.
  private mutating func proceed(saying read: [String]) -> String {
    var thoughts = read
    while step < plan.steps.count {
      switch plan.steps[step] {
      case .lookup(let lookup):
        if stream.chance(step == 0 ? habits.skipsSearching : habits.stopsEarly) {
          if thoughts.isEmpty { thoughts.append(Self.need(lookup)) }
          return answer(lastFound ?? lookup.subject, .stoppedEarly, saying: thoughts)
        }
        return search(
          lookup, isVague: stream.chance(habits.vagueQuery), saying: thoughts + [Self.need(lookup)])
      case .compare(let years, let isEarlier, let winner):
        thoughts.append(Self.comparison(of: years, isEarlier: isEarlier, winner: winner))
        lastFound = winner
      case .intersect(let passed, let common):
        let checks = passed.map { "\($0) no" } + ["\(common) yes"]
        thoughts.append("\(capitalised(checks.joined(separator: ", "))). Both have \(common).")
        lastFound = common
      }
      step += 1
    }
    return answer(plan.answer, .finished, saying: thoughts)
  }

  private mutating func search(
    _ lookup: SearchPlan.Lookup, isVague: Bool, saying thoughts: [String]
  ) -> String {
    attempts += 1
    wasVague = isVague
    let query = isVague ? lookup.subject : "\(lookup.subject) \(lookup.noun)"
    return Self.think(thoughts) + "<search> \(query)</search>"
  }

  private mutating func answer(
    _ answer: String, _ outcome: Outcome, saying thoughts: [String]
  ) -> String {
    self.outcome = outcome
    return Self.think(thoughts) + "<answer> \(answer)</answer>"
  }

  private static func think(_ thoughts: [String]) -> String {
    "<think> \(thoughts.joined(separator: " "))</think>"
  }

  private static func need(_ lookup: SearchPlan.Lookup) -> String {
    "I need the \(lookup.noun) of \(lookup.subject)."
  }

  /// Puts the years in order before it chooses, and repeats a year with the name that followed it, so
  /// that each word can be found from the one before it.
  private static func comparison(
    of years: [SearchPlan.NamedYear], isEarlier: Bool, winner: String
  ) -> String {
    let list = years.map { "\($0.year) \($0.name)" }.joined(separator: ", ")
    let order = years.map(\.year).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
      .joined(separator: " before ")
    let year = years.first { $0.name == winner }?.year ?? ""
    return "\(list). \(order). The \(isEarlier ? "earlier" : "later") is \(year) \(winner)."
  }

  /// Whether one text holds another, byte for byte.
  private func holds(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { start in
      text[start...].starts(with: part)
    }
  }
}
