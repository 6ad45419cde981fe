internal import Trajectories

/// What a training run came to: three tables for the terminal and one page for the browser.
///
///     let tables = try Report.write(runFolder: "runs/7")
///     print(tables)
///
/// A run that still goes on, or was killed, has a report too: what is not recorded yet is left out
/// or shown as a dash.
public struct Report: Sendable {
  /// What was run.
  public let configuration: RunConfiguration
  /// The outcome, once the run has ended.
  public let summary: RunSummary?
  /// The numbers of each step.
  public let metrics: [MetricsRecord]
  /// What came of every question of the evaluations.
  public let outcomes: [EvaluationOutcome]
  /// Every wrong answer after training: of all sets but the control.
  public let badCases: [BadCase]
  /// The wrong answers that are shown: at most 3 of each cause.
  public let sampledBadCases: [BadCase]
  /// What it cost.
  public let cost: TrainingCost
  /// Remarks on the run's files, such as a torn last line.
  public let notices: [String]

  private let name: String
  private let groups: [ViewedGroup]

  /// How many wrong answers of each cause are shown.
  static let badCasesPerCause = 3
  /// Bytes of rollouts that a page may hold, so that it stays below 3 MB.
  static let rolloutBudget = 2_400_000

  /// Reads a run folder.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``RunFolderError`` if there is no such folder or a file is broken before its last
  ///   line.
  /// - Complexity: Linear in the files; only shown rollouts of training are decoded as a whole.
  public init(runFolder path: String) throws(RunFolderError) {
    let folder = RunFolder(path: path)
    try folder.requireFolder()
    let metricsLines = try folder.metrics()
    let timingLines = try folder.timings()
    let rollouts = try folder.trajectories()
    let evaluations = try folder.evaluations()
    configuration = try folder.configuration()
    summary = try folder.summary()
    metrics = try metricsLines.all().sorted { $0.step < $1.step }

    var headers: [RolloutChoice.Header] = []
    headers.reserveCapacity(rollouts.count)
    for index in 0..<rollouts.count {
      headers.append(try rollouts.decode(RolloutChoice.Header.self, at: index))
    }
    cost = TrainingCost(
      metrics: metrics, timings: try timingLines.all(),
      rollouts: headers.lazy.filter { $0.trajectory.branch == 0 }.count, summary: summary,
      configuration: configuration)

    var outcomes: [EvaluationOutcome] = []
    for index in 0..<evaluations.count {
      outcomes.append(EvaluationOutcome(try evaluations.record(at: index)))
    }
    self.outcomes = outcomes
    let wrong = Self.wrongAnswers(outcomes)
    badCases = wrong.map(\.badCase)
    sampledBadCases = BadCase.sample(
      badCases, perCause: Self.badCasesPerCause, seed: summary?.seed ?? 0)

    var groups = try Self.viewed(RolloutChoice.groups(headers), of: rollouts)
    var cases: [ViewedRollout] = []
    for sampled in sampledBadCases {
      guard let line = wrong.first(where: { $0.badCase == sampled })?.line else { continue }
      let record = try evaluations.record(at: line)
      cases.append(
        ViewedRollout(
          record.trajectory, report: record.report, title: record.set.title,
          note: sampled.cause.title))
    }
    if !cases.isEmpty { groups.append(ViewedGroup(title: "Bad cases", members: cases)) }
    self.groups = groups
    name = configuration["name"] ?? Self.lastComponent(of: path)
    notices = [
      metricsLines.notice(.metrics), timingLines.notice(.timings),
      rollouts.notice(.trajectories), evaluations.notice(.evaluations),
      summary == nil ? "This run has not ended yet, or was interrupted: it has no summary." : nil,
    ].compactMap(\.self)
  }

  /// Writes `report.html` into a run folder and returns the three tables as text.
  ///
  /// The page is written beside its place, flushed and renamed, so a reader sees the old one or the
  /// new one.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The tables, with empty lines between them.
  /// - Throws: ``RunFolderError`` if the folder can't be read or the page can't be written.
  @discardableResult
  public static func write(runFolder path: String) throws(RunFolderError) -> String {
    let report = try Report(runFolder: path)
    let page = RunFolder(path: path).path(of: .report)
    do {
      try DurableFile.write(Array(report.html.utf8), to: page)
    } catch {
      throw .unwritable(path: page, reason: error.description)
    }
    return report.text
  }

  /// The three tables: before and after, cost, bad cases.
  public var tables: [ReportTable] {
    [
      .beforeAndAfter(outcomes), .trainingCost(cost),
      .badCases(sampledBadCases, of: badCases),
    ]
  }

  /// The tables for a terminal.
  public var text: String { tables.map(\.text).joined(separator: "\n") }

  /// The tables in Markdown.
  public var markdown: String { tables.map(\.markdown).joined(separator: "\n") }

  /// The page, below 3 MB unless the run has hundreds of thousands of steps: one file that opens
  /// offline, in light and dark.
  public var html: String {
    let (rollouts, omitted) = groups.scriptData(budget: Self.rolloutBudget)
    return ReportPage(
      title: name, lede: lede, notices: notices, figures: keyFigures,
      charts: LearningCurves.charts(metrics), outcomes: tables[0], cost: tables[1],
      badCases: tables[2], configuration: configuration, rollouts: rollouts,
      omittedRollouts: omitted
    ).html
  }
}

extension Report {
  private static func wrongAnswers(
    _ outcomes: [EvaluationOutcome]
  ) -> [(badCase: BadCase, line: Int)] {
    outcomes.enumerated().compactMap { line, outcome in
      guard outcome.phase == .after, outcome.set != .shuffledIndex else { return nil }
      return BadCase(outcome.outcome).map { ($0, line) }
    }
  }

  private static func viewed(
    _ chosen: [(rollout: RolloutID, lines: [Int])], of rollouts: JSONLines<TrajectoryRecord>
  ) throws(RunFolderError) -> [ViewedGroup] {
    var groups: [ViewedGroup] = []
    for (rollout, lines) in chosen {
      var group = ViewedGroup(title: "Step \(rollout.step)", members: [])
      for line in lines {
        let record = try rollouts.record(at: line)
        group.members.append(
          ViewedRollout(
            record.trajectory, report: record.report, advantages: record.advantages,
            title: "member \(record.trajectory.rollout.member)"))
      }
      groups.append(group)
    }
    return groups
  }

  private static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? "Run"
  }

  private var lede: String {
    var parts = ["\(Figure.count(cost.steps)) steps", "\(Figure.count(cost.rollouts)) rollouts"]
    if let seed = summary.map({ String($0.seed) }) ?? configuration["seed"] {
      parts.append("seed \(seed)")
    }
    let questions = Set(outcomes.filter { $0.phase == .after }.map(\.set)).count
    if questions > 0 {
      parts.append("\(outcomes.filter { $0.phase == .after }.count) test questions")
    }
    return parts.joined(separator: ", ") + "."
  }

  private var keyFigures: [ReportPage.KeyFigure] {
    func summarised(_ phase: EvaluationRecord.Phase, _ set: EvaluationSet) -> OutcomeSummary {
      OutcomeSummary(outcomes.filter { $0.phase == phase && $0.set == set }.map(\.outcome))
    }
    var figures: [ReportPage.KeyFigure] = []
    for set in Set(outcomes.map(\.set)).sorted() {
      let before = summarised(.before, set)
      let after = summarised(.after, set)
      figures.append(
        .init(
          label: set.title, value: Figure.percent(after.exactMatch), unit: "%",
          beside: "from \(Figure.percent(before.exactMatch)) % before"))
    }
    if figures.isEmpty, let reward = LearningCurves.charts(metrics).first?.last {
      figures.append(.init(label: "Reward", value: Figure.short(reward), beside: "smoothed"))
    }
    let after = summarised(.after, .heldOut)
    if let searches = after.searchesPerQuestion ?? summary?.searchesPerQuestion {
      figures.append(
        .init(
          label: "Searches a question", value: Figure.fixed(searches, decimals: 2),
          beside: after.validCallRatio.map { "\(Figure.percent($0)) % of calls valid" } ?? ""))
    }
    if let rate = cost.tokensPerSecond {
      figures.append(.init(label: "Tokens a second", value: Figure.fixed(rate, decimals: 0)))
    }
    if let seconds = cost.totalSeconds ?? cost.learningSeconds {
      let isShort = seconds < 90
      figures.append(
        .init(
          label: "Wall time", value: Figure.fixed(isShort ? seconds : seconds / 60, decimals: 1),
          unit: isShort ? "s" : "min",
          beside: cost.learningSeconds.map { "\(Figure.duration($0)) of learning" } ?? ""))
    }
    return figures
  }
}

extension JSONLines {
  fileprivate func notice(_ file: RunFolder.File) -> String? {
    torn.map {
      "The last line of \(file.rawValue) (line \($0.line)) was cut while it was written and is left out."
    }
  }
}
