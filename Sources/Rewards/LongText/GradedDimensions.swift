public import Trajectories

/// A judge's grades of an answer on several dimensions.
///
///     score = sum of weight · (grade − worst) / (best − worst)  /  sum of weights
///
/// In 0…1. Each dimension is a component with its grade on the scale. No answer is worth 0, with a
/// note, and nobody is asked. What the judge can't tell is missing.
///
///     let reward = GradedDimensions(.searchRubrics, judge: judge)   // five grades from 1 to 5
public struct GradedDimensions: Reward {
  /// `dimensions` unless told otherwise.
  public let name: String
  /// What is graded.
  public let dimensions: [JudgedDimension]
  /// The grades, worst to best.
  public let scale: ClosedRange<Int>
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let judge: JudgeService

  /// A reward of grades.
  ///
  /// - Precondition: there is a dimension, no two share a name, and the scale has two grades.
  public init(
    _ dimensions: [JudgedDimension], name: String = "dimensions", scale: ClosedRange<Int> = 1...5,
    extraction: AnswerExtraction = AnswerExtraction(), judge: JudgeService
  ) {
    // Traps on dimensions that can't be asked for.
    _ = DimensionScoresQuestion(question: "", response: "", dimensions: dimensions, scale: scale)
    self.dimensions = dimensions
    self.name = name
    self.scale = scale
    self.extraction = extraction
    self.judge = judge
  }

  /// Grades the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let verdict = try await judge.ask(
      DimensionScoresQuestion(
        question: trajectory.task.question, response: answer, dimensions: dimensions, scale: scale))
    let score = verdict.map { grades in
      dimensions.weightedMean(
        grades.map { DimensionScoresQuestion.share(of: $0, on: scale) })
    }.score(of: name)
    let parts = zip(dimensions.indices, dimensions).map { index, dimension in
      RewardComponent(
        name: dimension.name, score: verdict.map { $0[index] }.score(of: dimension.name))
    }
    return RewardReport(
      score: score, components: [RewardComponent(name: name, score: score)] + parts)
  }
}
