/// What a run cost.
public struct TrainingCost: Sendable, Hashable {
  /// Wall-clock seconds of everything.
  public let totalSeconds: Double?
  /// Wall-clock seconds of reinforcement learning: the summary's, or the sum over steps so far.
  public let learningSeconds: Double?
  /// Seconds of all steps spent on rollouts.
  public let rolloutSeconds: Double?
  /// Seconds of all steps spent on updates.
  public let updateSeconds: Double?
  /// Steps taken.
  public let steps: Int
  /// Rollouts made.
  public let rollouts: Int
  /// Optimiser updates.
  public let updates: Double?
  /// Tokens sampled.
  public let sampledTokens: Double?
  /// Sampled tokens a second of the rollout phase.
  public let tokensPerSecond: Double?
  /// Parameters of the model: the configuration's `parameters` or `model.parameters`.
  public let parameters: String?

  /// The cost of a run from its records, `nil` for what nobody wrote down.
  ///
  /// - Parameter rollouts: How many rollouts `trajectories.jsonl` holds.
  public init(
    metrics: [MetricsRecord], timings: [TimingRecord], rollouts: Int, summary: RunSummary?,
    configuration: RunConfiguration
  ) {
    func seconds(_ phase: String) -> Double? { Self.sum(timings.compactMap { $0.seconds[phase] }) }
    totalSeconds = summary?.wallSeconds.total
    learningSeconds = summary?.wallSeconds.rl ?? seconds(TimingRecord.total)
    rolloutSeconds = seconds(TimingRecord.rollout)
    updateSeconds = seconds(TimingRecord.learning)
    steps = Set(metrics.map(\.step)).count
    self.rollouts = rollouts
    updates = Self.sum(metrics.compactMap { $0[.updates] })
    let tokens = Self.sum(metrics.compactMap { $0[.sampledTokens] })
    sampledTokens = tokens
    tokensPerSecond = summary?.tokensPerSecond ?? Self.rate(tokens, rolloutSeconds)
    parameters = configuration["parameters"] ?? configuration["model.parameters"]
  }

  private static func rate(_ amount: Double?, _ seconds: Double?) -> Double? {
    guard let amount, let seconds, seconds > 0 else { return nil }
    return amount / seconds
  }

  private static func sum(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +)
  }
}

extension ReportTable {
  /// What a run cost, one figure a row.
  public static func trainingCost(_ cost: TrainingCost) -> ReportTable {
    let figures: [(String, String)] = [
      ("Wall time, everything", Figure.duration(cost.totalSeconds)),
      ("Wall time, reinforcement learning", Figure.duration(cost.learningSeconds)),
      ("  of it rollouts", Figure.duration(cost.rolloutSeconds)),
      ("  of it updates", Figure.duration(cost.updateSeconds)),
      ("Steps", Figure.count(cost.steps)),
      ("Rollouts", Figure.count(cost.rollouts)),
      ("Updates", Figure.fixed(cost.updates, decimals: 0)),
      ("Tokens sampled", Figure.fixed(cost.sampledTokens, decimals: 0)),
      ("Tokens a second", Figure.fixed(cost.tokensPerSecond, decimals: 0)),
      (
        "Model parameters",
        cost.parameters.map { Double($0).map { Figure.fixed($0, decimals: 0) } ?? $0 }
          ?? Figure.missing
      ),
    ]
    return ReportTable(
      title: "Training cost", columns: [Column(""), Column("", .trailing)],
      rows: figures.map { Row([$0.0, $0.1]) })
  }
}
