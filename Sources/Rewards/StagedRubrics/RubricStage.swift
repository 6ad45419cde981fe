/// One stage of rubrics that tighten.
public struct RubricStage: Sendable, Hashable, Codable {
  /// What the stage is called in notes: `loose`, `strict`.
  public let name: String
  /// What is looked for in every response.
  public let rubrics: [WeightedRubric]
  /// The score from which on a rubric counts as met, in 0…1, and then fully; `nil` lets each score
  /// count as it is.
  public let mark: Double?
  /// The mean score that, once passed, makes the next stage begin.
  public let level: Double

  /// A stage.
  ///
  /// - Precondition: there is a rubric, `mark` is in 0…1, `level` is finite.
  public init(_ name: String, rubrics: [WeightedRubric], mark: Double? = nil, level: Double) {
    precondition(!rubrics.isEmpty, "stage \(name) needs a rubric")
    precondition(
      mark.map { (0...1).contains($0) } ?? true, "the mark of stage \(name) must be in 0…1")
    precondition(level.isFinite, "the level of stage \(name) must be finite, got \(level)")
    self.name = name
    self.rubrics = rubrics
    self.mark = mark
    self.level = level
  }

  /// What a judge's score counts for in this stage.
  func counted(_ score: Double) -> Double {
    mark.map { score >= $0 ? 1 : 0 } ?? score
  }
}

/// How far rubrics have tightened: what a checkpoint holds.
public struct StageProgress: Sendable, Hashable, Codable {
  /// The stage that judges now, from 0.
  public internal(set) var stage: Int
  /// The mean scores of the latest steps of this stage, oldest first.
  public internal(set) var recentMeans: [Double]
  /// The steps after which each stage ended.
  public internal(set) var endings: [Int]

  /// The beginning.
  public init() {
    stage = 0
    recentMeans = []
    endings = []
  }

  /// Takes in a step's mean score.
  ///
  /// When the mean over the last `window` steps reaches the level of the stage, the next one begins
  /// with an empty window; the last stage never ends. A stage never returns. A mean that is not
  /// finite is left out.
  ///
  /// - Returns: Whether a stage ended.
  @discardableResult
  public mutating func observe(
    _ mean: Double, step: Int, stages: [RubricStage], window: Int
  ) -> Bool {
    precondition(window >= 1, "a window needs a step, got \(window)")
    guard mean.isFinite else { return false }
    recentMeans = (recentMeans + [mean]).suffix(window)
    let reached = recentMeans.reduce(0, +) / Double(recentMeans.count)
    guard recentMeans.count == window, stage + 1 < stages.count, reached >= stages[stage].level
    else { return false }
    stage += 1
    recentMeans = []
    endings.append(step)
    return true
  }
}
