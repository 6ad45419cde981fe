public import RandomStreams
internal import Trajectories

extension Atlas {
  /// The pages of ``graph()``, in the same style as those of an invented world.
  ///
  /// Their wording is always the same, so an index of them can be kept. Made at first use.
  public static let encyclopaedia = Encyclopaedia(graph(), stream: RandomStream(seed: 195))

  /// The shapes that real questions come in: each number of pages is a quarter of them.
  ///
  /// Real pages have no bridge of three or four pages: only countries and capitals have pages, and
  /// a chain would come back to where it started.
  public static let shapes = [
    QuestionShape(.attribute, pages: 1), QuestionShape(.bridge, pages: 2),
    QuestionShape(.comparison, pages: 3), QuestionShape(.intersection, pages: 4),
    QuestionShape(.attribute, pages: 1), QuestionShape(.intersection, pages: 2),
    QuestionShape(.intersection, pages: 3), QuestionShape(.comparison, pages: 4),
  ]

  /// Questions about the real world that ``encyclopaedia`` answers, in the wording of invented ones.
  ///
  /// A question has one answer also where reference works count borders in another way: one about
  /// a common neighbour is asked only if the debated borders give no second one. Its accepted
  /// answers include, after the one on the pages and its other names, the second continents and
  /// second currencies of a country.
  ///
  /// - Parameters:
  ///   - count: How many, at least 0; shapes rotate through ``shapes``. A few less come back where
  ///     the countries are exhausted, as ``QuestionWriter/questions(_:shapes:stream:)`` tells.
  ///   - stream: Chooses them; the same stream gives the same questions.
  public static func questions(count: Int, stream: RandomStream) -> [PlannedQuestion] {
    QuestionWriter(encyclopaedia, prefix: "atlas", accepts: isUndebated)
      .questions(count, shapes: shapes, stream: stream).map(withAlternatives)
  }

  /// Whether debated borders leave a query's answer the only one.
  private static func isUndebated(_ query: GraphQuery) -> Bool {
    switch query {
    case .named, .extreme: return true
    case .value(let inner, _): return isUndebated(inner)
    case .common(let first, .neighbour, let second, .neighbour):
      guard let one = country(first), let other = country(second) else { return false }
      let neighbours = Set(one.neighbours + one.debatedNeighbours)
      return neighbours.intersection(other.neighbours + other.debatedNeighbours).count == 1
    case .common: return true
    }
  }

  /// The question with what else is true of the country it asks about.
  private static func withAlternatives(_ question: PlannedQuestion) -> PlannedQuestion {
    guard case .value(let subject, let relation) = question.query,
      let country = subject.answer(in: encyclopaedia.graph).flatMap(country)
    else { return question }
    let others =
      switch relation {
      case .continent: country.otherContinents.map(\.rawValue)
      case .currency: country.otherCurrencies.flatMap(\.name.all)
      default: [String]()
      }
    let task = question.task
    return PlannedQuestion(
      task: AgentTask(
        id: task.id, question: task.question, answers: task.answers + others, labels: task.labels),
      plan: question.plan, query: question.query)
  }

  /// The country that an entity of ``graph()`` stands for, or `nil` for anything else.
  private static func country(_ entity: Entity.ID) -> AtlasCountry? {
    countries.indices.contains(entity) ? countries[entity] : nil
  }
}
