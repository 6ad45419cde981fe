internal import Trajectories

extension RewardReport {
  /// A report whose only component is the whole.
  static func single(_ name: String, _ score: Score, notes: [String] = []) -> RewardReport {
    RewardReport(
      score: score, components: [RewardComponent(name: name, score: score)], notes: notes)
  }

  /// A report that says why there is no score.
  static func unjudged(_ name: String, _ reason: String) -> RewardReport {
    single(name, .missing(reason: reason))
  }
}
