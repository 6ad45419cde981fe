internal import Trajectories

extension ScoredRows {
  /// Adds the scores of the steps to the token rewards: each falls on the last token of its step.
  ///
  /// Estimators that read token rewards (``GeneralizedAdvantage``, ``RewardToGo``) then see them. A
  /// step without a score, or without tokens, adds nothing.
  ///
  /// - Parameter scale: What the scores are multiplied with.
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, or
  ///   ``AdvantageError/nonFiniteInput(input:row:token:)``.
  /// - Source: StepSearch (arXiv 2505.15107), with information gain minus redundancy as the score of
  ///   a search. Its configuration says 0.6, and because the rewards are scaled in place and then
  ///   added to themselves, its runs had 1.6: pass that to repeat them.
  public mutating func addStepRewards(scale: Double = 1) throws(AdvantageError) {
    let steps = try requiredSteps(for: "addStepRewards")
    var rewards = tokenRewards?.values ?? Array(repeating: 0, count: tokenCount)
    for step in steps {
      guard let score = step.score.value, let last = step.tokens.last else { continue }
      rewards[last] += scale * score
    }
    tokenRewards = Ragged(values: rewards, offsets: offsets)
  }
}
