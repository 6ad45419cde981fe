internal import Trajectories

extension DrTulu {
  /// Scores by the rubric's name, each the weighted mean over rubrics of that name, and the parts
  /// as logged.
  package struct RubricReward {
    /// In the order in which the names first came.
    package let byKey: [(key: String, value: Double)]
    /// Over all rubrics.
    package let overall: Double
    /// Over the persistent ones, by the sum of signed weights.
    package let persistent: Double
    /// Over the adaptive ones, by the sum of signed weights.
    package let adaptive: Double

    /// From one score per rubric.
    package init(scores: [Double], rubrics: [RubricInUse], question: String) {
      let entries = zip(rubrics, scores).map { rubric, score in
        RubricScores.Entry(
          key: rubric.rubric.key(for: question), rubric: rubric, score: .value(score))
      }
      overall = RubricScores(entries: entries).overall.value ?? 0
      var order: [String] = []
      var groups: [String: [RubricScores.Entry]] = [:]
      for entry in entries {
        if groups[entry.key] == nil { order.append(entry.key) }
        groups[entry.key, default: []].append(entry)
      }
      byKey = order.map { key in
        (key, RubricScores(entries: groups[key] ?? []).overall.value ?? 0)
      }
      persistent = Self.signed(entries, .persistent)
      adaptive = Self.signed(entries, .adaptive)
    }

    private static func signed(_ entries: [RubricScores.Entry], _ kind: RubricKind) -> Double {
      let entries = entries.filter { $0.rubric.kind == kind }
      let sum = entries.reduce(0) { $0 + ($1.score.value ?? 0) * $1.rubric.rubric.weight }
      return sum / max(entries.reduce(0) { $0 + $1.rubric.rubric.weight }, 1)
    }
  }

  /// The whole reward of a text, before it is multiplied by 10.
  package struct Reward {
    /// The total.
    package let total: Double
    /// The rubric part.
    package let rubrics: Double
    /// The citation part.
    package let citations: Double
    /// The format part.
    package let format: Double
    /// The search part.
    package let searches: Double
    /// Whether there is a closed answer.
    package let hasAnswer: Bool

    /// From what the judges said; they aren't heard without a closed answer.
    package init(
      _ text: String, question: String, rubrics inUse: [RubricInUse], rubricScores: [Double],
      citationReward: Double, searches markup: SearchCallMarkup, weights: RLERWeights
    ) {
      let response = Response(text)
      hasAnswer = response != nil
      format = DrTulu.formatReward(text, searches: markup)
      searches = DrTulu.searchTurns(in: response?.context, searches: markup).reward
      rubrics =
        hasAnswer
        ? RubricReward(scores: rubricScores, rubrics: inUse, question: question).overall : 0
      citations = hasAnswer && weights.citations != 0 ? citationReward : 0
      total = weights.total(
        rubrics: rubrics, citations: citations, format: format, searches: searches)
    }
  }
}
