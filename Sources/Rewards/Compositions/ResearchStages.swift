/// The three stages of reward that a research agent is trained through: right, then tidy, then
/// grounded.
///
///     let reward = ResearchStages.grounded(mostTurns: 10)
///
/// Every part can be replaced by a better one; the weights are the stage. They are compositions of
/// public parts and nothing more: a mix of your own is written the same way.
///
/// - Source: a curriculum of the project's own. No paper or code defines the parts.
public enum ResearchStages {
  /// Stage 1: whether the answer is right, 0 or 1.
  ///
  ///     accuracy
  public static func outcome(accuracy: some Reward = ExactMatch(name: "accuracy")) -> WeightedSum {
    1 * accuracy
  }

  /// Stage 2: also whether tools are called properly and turns are saved, in -0.1…1.2.
  ///
  ///     accuracy + 0.2 · valid calls / calls - 0.1 · turns / most turns
  public static func process(
    accuracy: some Reward = ExactMatch(name: "accuracy"),
    validCalls: some Reward = ValidCallShare(), mostTurns: Int
  ) -> WeightedSum {
    accuracy + 0.2 * validCalls - 0.1 * TurnShare(of: mostTurns)
  }

  /// Stage 3: also whether the answer is cited and found in more than one place, in 0…1.
  ///
  ///     0.4 · accuracy + 0.3 · citations + 0.2 · cross-validation + 0.1 · efficiency
  public static func grounded(
    accuracy: some Reward = ExactMatch(name: "accuracy"),
    citations: some Reward = CitationF1(name: "citations"),
    crossValidation: some Reward = CrossValidation(), mostTurns: Int
  ) -> WeightedSum {
    0.4 * accuracy + 0.3 * citations + 0.2 * crossValidation + 0.1 * TurnEconomy(of: mostTurns)
  }

  /// The mix for search agents that have a reward model, for a model in 0…1 in -0.3…1.3.
  ///
  ///     quality + 0.2 · citations + 0.1 · efficiency - 0.3 · invented sources
  ///
  /// The group's advantage is any estimator's; learning from the best and the worst only, weighted by
  /// their difference, is not GRPO.
  public static func searchAgent(
    quality: some Reward, citations: some Reward = SeenSources(name: "citations"),
    hallucination: some Reward = InventedSources(name: "hallucination"), mostTurns: Int
  ) -> WeightedSum {
    quality + 0.2 * citations + 0.1 * TurnEconomy(of: mostTurns) - 0.3 * hallucination
  }
}
