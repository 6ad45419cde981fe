public import Evaluation

extension RunSummary {
  /// The outcome of a run, from what its folder holds.
  ///
  /// - Parameters:
  ///   - folder: A run that was measured before and after.
  ///   - seed: The run's seed.
  ///   - totalSeconds: Wall-clock time of everything.
  /// - Throws: ``Evaluation/RunFolderError``.
  public init(summarizing folder: RunFolder, seed: UInt64, totalSeconds: Double) throws {
    let outcomes = try folder.evaluations().all().map { EvaluationOutcome($0) }
    let after = outcomes.filter { $0.phase == .after && $0.set == .heldOut }.map(\.outcome)
    // A step that was taken twice, around a kill, counts once.
    var timings: [Int: TimingRecord] = [:]
    for record in try folder.timings().all() { timings[record.step] = record }
    let metrics = try folder.metrics().all()
    func seconds(_ phase: String) -> Double {
      timings.values.reduce(0) { $0 + ($1.seconds[phase] ?? 0) }
    }
    let sampled = metrics.reduce(0) { $0 + ($1[.sampledTokens] ?? 0) }
    let rollout = seconds(TimingRecord.rollout)
    self.init(
      seed: seed,
      wallSeconds: WallSeconds(total: totalSeconds, rl: seconds(TimingRecord.total)),
      exactMatch: BeforeAndAfter(outcomes),
      searchesPerQuestion: OutcomeSummary(after).searchesPerQuestion,
      tokensPerSecond: rollout > 0 ? sampled / rollout : nil)
  }
}
