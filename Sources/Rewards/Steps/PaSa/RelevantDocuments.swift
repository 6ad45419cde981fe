public import Trajectories

/// What an agent's calls bring to light, less what they cost: relevant documents found first by it.
///
///     score = Σ over turns of gain · new relevant documents - Σ over calls of the tool's cost
///     credit of a turn = its return, see ``SessionReturns``
///
/// The record is one session. A document counts once, in the turn that first returned it, by the
/// identifiers on the record's tool events; a turn with several calls is one action. Failed calls
/// cost as much. A task without a known set of relevant documents can't be judged: missing.
///
/// - Source: notes about PaSa, arXiv 2501.10120: a document is worth 1.5, a search or an expansion
///   costs 0.1, stopping nothing. The numbers were not checked against the paper or its training
///   code.
/// - Differs: what sessions will open is not credited; use ``SessionReturns`` with a value model.
public struct RelevantDocuments: Reward {
  /// `relevantDocuments` unless told otherwise.
  public let name: String
  /// How rewards become returns.
  public let returns: SessionReturns
  /// What a call of a tool costs, by its name.
  public let costs: [String: Double]
  /// What a call of any other tool costs.
  public let otherCost: Double
  private let relevant: @Sendable (AgentTask) -> Set<String>?

  /// A reward for finding documents.
  ///
  /// - Precondition: costs are finite.
  public init(
    name: String = "relevantDocuments", returns: SessionReturns = SessionReturns(),
    costs: [String: Double] = [:], otherCost: Double = 0.1,
    relevant: @escaping @Sendable (AgentTask) -> Set<String>?
  ) {
    precondition(
      otherCost.isFinite && costs.values.allSatisfy(\.isFinite), "costs must be finite")
    self.name = name
    self.returns = returns
    self.costs = costs
    self.otherCost = otherCost
    self.relevant = relevant
  }

  /// Judges the record's calls.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let relevant = relevant(trajectory.task) else {
      return .unjudged(
        name, "nobody knows which documents are relevant to task \(trajectory.task.id)")
    }
    var seen = Set<String>()
    let turns = trajectory.agentTurnTexts
    let events = Dictionary(grouping: trajectory.events, by: \.turn)
    let actions = turns.map { turn in
      let calls = events[turn.turn] ?? []
      let found = calls.flatMap(\.identifiers).filter {
        relevant.contains($0) && seen.insert($0).inserted
      }
      return SessionReturns.Action(
        newRelevant: found.count, cost: calls.reduce(0) { $0 + (costs[$1.tool] ?? otherCost) })
    }
    let score = Score(
      checking: actions.reduce(0) { $0 + returns.reward(of: $1) }, of: name)
    let recall = relevant.isEmpty ? 0 : Double(seen.count) / Double(relevant.count)
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score),
        RewardComponent(name: "recall", score: .value(recall)),
      ],
      credits: zip(turns, returns.returns(of: actions)).map {
        SpanCredit(span: $0.span, value: $1)
      })
  }
}

extension ToolEvent {
  /// What the call returned; nothing for one that failed.
  var identifiers: [String] {
    if case .returned(let identifiers) = outcome { identifiers } else { [] }
  }
}
