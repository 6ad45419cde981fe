internal import Rewards
internal import Trajectories

/// Which rollouts a page shows: one group each of the first, the middle and the last step.
enum RolloutChoice {
  /// As much of a line as choosing takes.
  struct Header: Decodable {
    struct Rollout: Decodable {
      let rollout: RolloutID
      let branch: Int
    }
    struct Report: Decodable {
      let score: Score
    }
    let trajectory: Rollout
    let report: Report
  }

  /// The chosen groups with the indices of their members' lines, best reward first.
  ///
  /// Of a step's groups the one with the widest spread of rewards is taken: there is something to
  /// compare. Ties go to the lower group. Branches after the first are left out.
  static func groups(_ headers: [Header]) -> [(rollout: RolloutID, lines: [Int])] {
    let lines = headers.indices.filter { headers[$0].trajectory.branch == 0 }
    let bySteps = Dictionary(grouping: lines) { headers[$0].trajectory.rollout.step }
    let steps = bySteps.keys.sorted()
    guard let first = steps.first, let last = steps.last else { return [] }
    let chosen = Set([first, steps[steps.count / 2], last]).sorted()
    return chosen.compactMap { step in
      let groups = Dictionary(grouping: bySteps[step] ?? []) {
        headers[$0].trajectory.rollout.group
      }
      let best = groups.max { left, right in
        (spread(left.value, headers), -left.key) < (spread(right.value, headers), -right.key)
      }
      return best.map { group, lines in
        let sorted = lines.sorted { rank(headers[$0]) < rank(headers[$1]) }
        return (RolloutID(step: step, group: group, member: 0), sorted)
      }
    }
  }

  private static func spread(_ lines: [Int], _ headers: [Header]) -> Double {
    let values = lines.compactMap { headers[$0].report.score.value }
    guard let low = values.min(), let high = values.max() else { return -1 }
    return high - low
  }

  private static func rank(_ header: Header) -> (Double, Int) {
    (-(header.report.score.value ?? -.infinity), header.trajectory.rollout.member)
  }
}
