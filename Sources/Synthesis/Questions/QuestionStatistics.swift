internal import Trajectories

/// What a set of questions is made of, and how far a guess would come.
public struct QuestionStatistics: Sendable, Hashable, Codable, CustomStringConvertible {
  /// How many questions.
  public let count: Int
  /// How many of each form and number of pages: "bridge 3".
  public let shapes: [String: Int]
  /// How many answers differ.
  public let distinctAnswers: Int
  /// The share of the most frequent answer: what always giving that answer would score, in 0…1;
  /// 0 for no questions.
  public let mostFrequentAnswerShare: Double
  /// The mean length of a question in Unicode scalars; 0 for no questions.
  public let meanQuestionLength: Double

  /// Counts questions.
  public init(_ questions: [PlannedQuestion]) {
    let tasks = questions.map(\.task)
    var shapes: [String: Int] = [:]
    var answers: [String: Int] = [:]
    for task in tasks {
      shapes["\(task.labels["type", default: "?"]) \(task.labels["pages", default: "?"])", default: 0]
        += 1
      answers[task.answers.first ?? "", default: 0] += 1
    }
    let total = Double(max(tasks.count, 1))
    count = tasks.count
    self.shapes = shapes
    distinctAnswers = answers.count
    mostFrequentAnswerShare = Double(answers.values.max() ?? 0) / total
    meanQuestionLength =
      Double(tasks.reduce(0) { $0 + $1.question.unicodeScalars.count }) / total
  }

  /// A line per form and number of pages, then the answers.
  public var description: String {
    let lines = shapes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let share = (mostFrequentAnswerShare * 1000).rounded() / 10
    return (lines + ["\(distinctAnswers) answers, the most frequent in \(share) %"])
      .joined(separator: "\n")
  }
}
