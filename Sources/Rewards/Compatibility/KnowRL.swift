/// KnowRL's mix of answer and facts as released.
///
/// - Source: KnowRL, train/reward_function/combined_reward.py.
public enum ReleasedKnowRL {
  /// The reward of a graded answer whose thinking has a share of supported claims.
  ///
  ///     2 if right, 1 for a refusal, -1 + facts if wrong
  ///
  /// The format is a reward of its own, 1 or -1. Facts soften a wrong answer and do nothing for a
  /// right one.
  public static func reward(_ grade: KnowRLReward.Grade, facts: Double) -> Double {
    grade == .wrong ? grade.value + facts : grade.value
  }
}
