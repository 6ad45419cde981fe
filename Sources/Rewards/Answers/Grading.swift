internal import Trajectories

/// What a rule of grading says: a number, its named parts, and remarks.
struct Grade {
  var value: Double
  var parts: KeyValuePairs<String, Double> = [:]
  var notes: [String] = []
}

extension RewardReport {
  /// A report of a grade that needs accepted answers; without them the score is missing.
  static func grading(
    _ trajectory: Trajectory, name: String, _ grade: (_ accepted: [String]) -> Grade
  ) -> RewardReport {
    let accepted = trajectory.task.answers
    if accepted.isEmpty {
      let score = Score.missing(reason: "task \(trajectory.task.id) has no accepted answers")
      return .single(name, score)
    }
    return RewardReport(grade(accepted), name: name)
  }

  /// A report of a grade.
  init(_ grade: Grade, name: String) {
    let score = Score(checking: grade.value, of: name)
    let parts = grade.parts.map { RewardComponent(name: $0, score: Score(checking: $1, of: $0)) }
    self.init(
      score: score, components: [RewardComponent(name: name, score: score)] + parts,
      notes: grade.notes)
  }
}
