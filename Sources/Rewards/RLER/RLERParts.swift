public import Trajectories

/// What RLER reads in a trajectory.
public struct RLERResponse: Sendable, Hashable {
  /// The agent's answer with its citations; `nil` if it gave none.
  public let answer: String?
  /// The texts that it could cite, by name.
  public let sources: [String: String]
  /// How many searches it made.
  public let searchCount: Int
  /// Whether any of its own words is a citation.
  public let cites: Bool

  /// A response.
  public init(answer: String?, sources: [String: String], searchCount: Int, cites: Bool) {
    self.answer = answer
    self.sources = sources
    self.searchCount = searchCount
    self.cites = cites
  }

  /// Reads a trajectory.
  ///
  /// The answer, the citations and the searches are the agent's own; sources are taken only
  /// from what the world said.
  ///
  /// - Differs: the original reads one text in which an agent can write down a source and cite it.
  public init(_ trajectory: Trajectory, settings: RLERSettings) {
    let own = trajectory.agentTurns.map(\.string)
    answer = settings.extraction.answer(in: trajectory)
    sources = settings.sources.sources(in: trajectory.text(of: [.environment]))
    searchCount =
      settings.searches.map { markup in
        own.reduce(0) { $0 + markup.queries(in: $1).count }
      } ?? trajectory.events.count
    cites = own.contains(where: CitedText.holdsCitation)
  }

  /// 0.5 for an answer, 0.3 for a citation, 0.2 for a search; in 0…1.
  public var formatScore: Double {
    0.5 * (answer == nil ? 0 : 1) + 0.3 * (cites ? 1 : 0) + 0.2 * (searchCount > 0 ? 1 : 0)
  }

  /// A third per search up to 1, and 0 without an answer.
  public var searchScore: Double { answer == nil ? 0 : Self.searchScore(searchCount) }

  /// The share of searches that were enough: min(count / enough, 1).
  static func searchScore(_ count: Int, enough: Int = 3) -> Double {
    min(Double(count) / Double(enough), 1)
  }
}

/// What the parts of RLER weigh.
public struct RLERWeights: Sendable, Hashable, Codable {
  /// The rubrics.
  public var rubrics: Double
  /// The citations.
  public var citations: Double
  /// Answer, citation and search at all.
  public var format: Double
  /// The number of searches.
  public var searches: Double

  /// Weights; finite.
  public init(rubrics: Double, citations: Double, format: Double, searches: Double) {
    precondition(
      [rubrics, citations, format, searches].allSatisfy(\.isFinite), "weights must be finite")
    self.rubrics = rubrics
    self.citations = citations
    self.format = format
    self.searches = searches
  }

  /// 0.5 rubrics, 0.2 citations, 0.2 format, 0.1 searches.
  public static let standard = RLERWeights(rubrics: 0.5, citations: 0.2, format: 0.2, searches: 0.1)
  /// 0.6 rubrics, 0.2 format, 0.2 searches; citations aren't judged.
  public static let withoutCitations = RLERWeights(
    rubrics: 0.6, citations: 0, format: 0.2, searches: 0.2)

  /// The weighted sum of the parts.
  func total(rubrics: Double, citations: Double, format: Double, searches: Double) -> Double {
    self.rubrics * rubrics + self.citations * citations + self.format * format
      + self.searches * searches
  }
}

/// How RLER reads and weighs.
public struct RLERSettings: Sendable, Hashable, Codable {
  /// What the parts weigh.
  public var weights: RLERWeights
  /// What the total is multiplied by; the released run trains with 10.
  public var scale: Double
  /// Where the answer stands.
  public var extraction: AnswerExtraction
  /// How the world shows sources.
  public var sources: SourceMarkup
  /// How searches are written; `nil` counts the record's tool events.
  public var searches: SearchCallMarkup?
  /// How text outside citations is cut into claims.
  public var cutting: CitedText.Cutting

  /// Settings.
  ///
  /// - Precondition: `scale` is finite.
  public init(
    weights: RLERWeights = .standard, scale: Double = 1,
    extraction: AnswerExtraction = AnswerExtraction(), sources: SourceMarkup = .standard,
    searches: SearchCallMarkup? = nil, cutting: CitedText.Cutting = .none
  ) {
    precondition(scale.isFinite, "the scale must be finite, got \(scale)")
    self.weights = weights
    self.scale = scale
    self.extraction = extraction
    self.sources = sources
    self.searches = searches
    self.cutting = cutting
  }
}
