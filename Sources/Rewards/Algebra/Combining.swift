internal import Trajectories

extension RewardReport {
  /// Takes over what explains a part: its score under its name, its components, its credits times a
  /// factor, its notes under its name.
  ///
  /// What is already there in the same words stays there once, so a reward that stands in two places
  /// of a formula is logged once.
  mutating func explain(with part: RewardReport, of name: String, factor: Double) {
    var new = part.components
    if !new.contains(where: { $0.name == name }) {
      new.insert(RewardComponent(name: name, score: part.score), at: 0)
    }
    components += new.filter { !components.contains($0) }
    if factor != 0 { credits += part.credits.map { $0.scaled(by: factor) } }
    notes += part.notes.map { "\(name): \($0)" }.filter { !notes.contains($0) }
  }
}

extension Score {
  /// This score and a named part's, put together; missing if one of them is.
  func combined(
    with part: Score, of name: String, _ combine: (Double, Double) -> Double
  ) -> Score {
    switch (self, part) {
    case (.missing, _): self
    case (_, .missing(let reason)): .missing(reason: "\(name): \(reason)")
    case (.value(let left), .value(let right)):
      Score(checking: combine(left, right), of: "the combination with \(name)")
    }
  }
}

extension GroupReward {
  /// The reports on a group, one per member.
  ///
  /// - Precondition: the reward keeps its promise of one report per member.
  func memberReports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    let reports = try await reports(on: group)
    precondition(
      reports.count == group.members.count,
      "\(name) made \(reports.count) reports on \(group.members.count) members")
    return reports
  }
}
