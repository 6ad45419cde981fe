import Advantage
import Training

/// Everything that a run's numbers depend on.
struct DemoSettings: Codable, Hashable {
  static let standardSteps = 32
  static let standardImitationSteps = 4600
  static let standardQuestions = 240

  var seed: UInt64
  var steps: Int
  var ppo: Bool
  var fromScratch: Bool
  var imitationSteps: Int
  var questions: Int
  var groups = 16
  var members = 8
  var learningRate: Float = 1.5e-4
  var klCoefficient = 0.001
  var valueCoefficient = 0.1

  /// GRPO with the clipped surrogate and Search-R1's KL term, or PPO with the same and a critic.
  var improvement: PolicyImprovement {
    let surrogate = ClippedSurrogate() + klCoefficient * KLPenalty(.k3)
    let rate = LearningRateSchedule(peak: learningRate, warmup: 4, final: 0.1)
    return ppo
      ? PolicyImprovement(
        estimator: GeneralizedAdvantage(), objective: surrogate + valueCoefficient * ValueLoss(),
        learningRate: rate)
      : PolicyImprovement(estimator: GroupRelative.grpo, objective: surrogate, learningRate: rate)
  }
}
