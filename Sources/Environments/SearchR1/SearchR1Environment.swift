public import RandomStreams
public import Retrieval
public import Trajectories

/// A question to be answered with a search engine, in the protocol of Search-R1.
///
/// A turn is read by ``SearchR1Action``:
///
///     <search>query</search>    →  \n\n<information>passages</information>\n\n
///     <answer>answer</answer>   →  the end
///     anything else             →  the correction
///
/// After ``SearchR1Settings/searchTurns`` turns one last turn follows. An answer in it terminates
/// the episode, anything else truncates it. A search that is late or fails is answered in words
/// between the information tags. Every search leaves an event with the documents' identifiers or
/// the reason why there are none; an invalid turn leaves a malformed call of `search` with the
/// whole turn as its arguments.
///
/// The episode draws no random numbers: it depends on the actions and the retriever only.
///
/// - Source: Jin et al. 2025, "Search-R1"; search_r1/llm_agent/generation.py.
/// - Differs: the prompt and the correction are in our own words; limits cut passages inside their
///   tags instead of the finished observation; deadlines and loop detection are ours.
public struct SearchR1Environment: Environment {
  /// How episodes run.
  public let settings: SearchR1Settings

  private let retriever: any Retriever
  private let clock: any Clock<Duration>
  private var episode: Episode?

  private struct Episode {
    var turn = 0
    var queryCounts: [String: Int] = [:]
    var end: EpisodeEnd?
  }

  /// A session over a retriever.
  ///
  /// - Parameters:
  ///   - retriever: Answers the searches; shared by copies of the session.
  ///   - settings: How episodes run.
  ///   - clock: Measures the deadline.
  public init(
    retriever: any Retriever, settings: SearchR1Settings = SearchR1Settings(),
    clock: any Clock<Duration> = ContinuousClock()
  ) {
    self.retriever = retriever
    self.settings = settings
    self.clock = clock
  }

  /// `</search>` and `</answer>`.
  public var turnEnds: [String] { SearchR1Action.turnEnds }

  /// Starts an episode and returns the prompt in the user's voice.
  public mutating func reset(_ task: AgentTask, stream: RandomStream) async throws -> Observation {
    episode = Episode()
    return Observation(settings.prompt.text(for: task.question), role: .user)
  }

  /// Answers one turn.
  ///
  /// - Throws: ``EnvironmentError/notStarted``, `CancellationError`; a failing retriever is answered
  ///   in words.
  public mutating func step(_ action: String) async throws -> EnvironmentStep {
    guard var episode else { throw EnvironmentError.notStarted }
    if let end = episode.end { return EnvironmentStep(observation: Observation(""), end: end) }
    let answer = try await answer(to: action, in: &episode)
    episode.turn += 1
    episode.end = answer.end
    self.episode = episode
    return answer
  }
}

// MARK: Turns

extension SearchR1Environment {
  private func answer(
    to action: String, in episode: inout Episode
  ) async throws -> EnvironmentStep {
    let isLast = episode.turn >= settings.searchTurns
    let end: EpisodeEnd? = isLast ? .truncated(by: .turns) : nil
    switch SearchR1Action(action) {
    case .answer:
      return EnvironmentStep(observation: Observation(""), end: .terminated)
    case .invalid:
      let event = event(episode.turn, action, .failed(.malformed("neither a search nor an answer")))
      return EnvironmentStep(
        observation: Observation(settings.correction), end: end, events: [event])
    case .search(let query) where isLast:
      let event = event(episode.turn, query, .failed(.overBudget))
      return EnvironmentStep(observation: information(""), end: end, events: [event])
    case .search(let query):
      let key = query.lowercasedByScalar.splitAtBlanks.joined(separator: " ")
      let count = episode.queryCounts[key, default: 0] + 1
      episode.queryCounts[key] = count
      if let limit = settings.repetitionLimit, count >= limit {
        let event = event(episode.turn, query, .failed(.other("query repeated \(count) times")))
        return EnvironmentStep(observation: information(""), end: .looped, events: [event])
      }
      let (text, outcome) = try await search(query)
      return EnvironmentStep(
        observation: information(text), events: [event(episode.turn, query, outcome)])
    }
  }

  private func search(_ query: String) async throws -> (text: String, outcome: ToolEvent.Outcome) {
    do {
      let lists = try await withDeadline(settings.deadline, clock: clock) {
        [retriever, limit = settings.passageLimit] in
        try await retriever.retrieve([query], limit: limit)
      }
      guard lists.count == 1 else {
        return (
          SearchR1Environment.failed,
          .failed(.other("the retriever gave \(lists.count) lists for 1 query"))
        )
      }
      let hits = lists[0].prefix(settings.passageLimit)
      return (
        cut(hits.passageText.trimmingBlanks), .returned(identifiers: hits.map(\.document.id))
      )
    } catch is DeadlineExceeded {
      return (SearchR1Environment.late, .failed(.timedOut))
    } catch {
      try Task.checkCancellation()
      return (SearchR1Environment.failed, .failed(.other(String(describing: error))))
    }
  }

  private func cut(_ text: String) -> String {
    guard let limit = settings.observationLimit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
  }

  private func information(_ text: String) -> Observation {
    Observation("\n\n<information>\(text)</information>\n\n")
  }

  private func event(
    _ turn: Int, _ arguments: String, _ outcome: ToolEvent.Outcome
  ) -> ToolEvent {
    ToolEvent(turn: turn, tool: "search", arguments: arguments, outcome: outcome)
  }

  /// What stands between the information tags when the deadline passed.
  static let late = "The search took too long and found nothing."
  /// What stands between the information tags when the retriever threw.
  static let failed = "The search failed and found nothing."
}
