/// The outcome of one question of an evaluation.
public struct EvaluationOutcome: Sendable, Hashable {
  /// When it was asked.
  public let phase: EvaluationRecord.Phase
  /// Which set it belongs to.
  public let set: EvaluationSet
  /// What came of it.
  public let outcome: Outcome

  /// An outcome of a set's question.
  public init(phase: EvaluationRecord.Phase, set: EvaluationSet, outcome: Outcome) {
    self.phase = phase
    self.set = set
    self.outcome = outcome
  }

  /// The outcome of a recorded question.
  public init(_ record: EvaluationRecord) {
    self.init(
      phase: record.phase, set: record.set,
      outcome: Outcome(record.trajectory, report: record.report))
  }
}

extension RunSummary.BeforeAndAfter {
  /// The exact match of every set before and after, `nil` where nothing was asked.
  public init(_ outcomes: [EvaluationOutcome]) {
    self.init(
      before: RunSummary.ExactMatch(outcomes.filter { $0.phase == .before }),
      after: RunSummary.ExactMatch(outcomes.filter { $0.phase == .after }))
  }
}

extension RunSummary.ExactMatch {
  fileprivate init(_ outcomes: [EvaluationOutcome]) {
    func mean(_ set: EvaluationSet, pages: Int? = nil) -> Double? {
      OutcomeSummary(
        outcomes.filter { $0.set == set && (pages == nil || $0.outcome.pages == pages) }
          .map(\.outcome)
      ).exactMatch
    }
    self.init(
      heldOut: RunSummary.ByPages(
        all: mean(.heldOut), pages: (1...4).map { mean(.heldOut, pages: $0) }),
      atlas: mean(.atlas), shuffledIndex: mean(.shuffledIndex))
  }
}
