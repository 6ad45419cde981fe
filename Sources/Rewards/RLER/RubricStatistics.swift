internal import Trajectories

/// How a rubric told the responses of one step apart.
public struct RubricStatistics: Sendable, Hashable, Codable {
  /// The mean score.
  public let mean: Double
  /// The population standard deviation; exactly 0 when all scores are equal.
  public let standardDeviation: Double
  /// How many responses were scored on it.
  public let count: Int

  /// Statistics of scores; 0 of everything for none.
  public init(_ scores: [Double]) {
    count = scores.count
    guard let least = scores.min(), let most = scores.max() else {
      (mean, standardDeviation) = (0, 0)
      return
    }
    let mean = scores.reduce(0, +) / Double(count)
    self.mean = mean
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = least == most ? 0 : (squares / Double(count)).squareRoot()
  }

  /// The statistics of each rubric over the responses that were scored on it, by the rubric's name.
  ///
  /// Missing scores are left out.
  public static func byRubric(of responses: [RubricScores]) -> [String: RubricStatistics] {
    var scores: [String: [Double]] = [:]
    for entry in responses.lazy.flatMap(\.entries) {
      if let value = entry.score.value { scores[entry.key, default: []].append(value) }
    }
    return scores.mapValues(RubricStatistics.init)
  }
}

extension RubricScores {
  /// The z-normalised form: how much better than its group each response is, rubric by rubric.
  ///
  ///     z = (score − mean) / standard deviation,  0 where the deviation is 0
  ///     value = sum of weight · z  /  max(sum of positive weights, 1)
  ///
  /// Means and population deviations are those of the rubric over the group. One value per
  /// response, in their order. A rubric that a response was not scored on counts neither for it nor
  /// in its weights; a response without scores gets 0. It can serve as an advantage as it is.
  ///
  /// - Source: DR Tulu, open_instruct/grpo_fast_rubric.py; off in its released run.
  public static func normalized(_ group: [RubricScores]) -> [Double] {
    let statistics = RubricStatistics.byRubric(of: group)
    return group.map { response in
      var (sum, weight) = (0.0, 0.0)
      for entry in response.entries {
        guard let value = entry.score.value, let statistics = statistics[entry.key] else {
          continue
        }
        if statistics.standardDeviation > 0 {
          let z = (value - statistics.mean) / statistics.standardDeviation
          sum += z * entry.rubric.rubric.weight
        }
        weight += max(entry.rubric.rubric.weight, 0)
      }
      return sum / max(weight, 1)
    }
  }
}
