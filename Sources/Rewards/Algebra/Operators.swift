extension Reward {
  /// A reward times a weight; every term of a sum is weighted.
  ///
  /// - Precondition: `weight` is finite.
  public static func * (weight: Double, reward: Self) -> WeightedSum {
    WeightedSum(
      reward.terms.map { WeightedSum.Term(weight: weight * $0.weight, reward: $0.reward) })
  }

  /// A reward times a weight that may change as the run goes on.
  public static func * (weight: RewardWeight, reward: Self) -> WeightedSum {
    WeightedSum([WeightedSum.Term(weight: weight, reward: reward)])
  }

  /// Two rewards added up; sums become one flat sum.
  ///
  /// - Precondition: no two terms share a name.
  public static func + (left: Self, right: some Reward) -> WeightedSum {
    WeightedSum(left.terms + right.terms)
  }

  /// One reward less another.
  ///
  /// - Precondition: no two terms share a name.
  public static func - (left: Self, right: some Reward) -> WeightedSum {
    left + -1 * right
  }

  /// The reward as terms of a sum.
  private var terms: [WeightedSum.Term] {
    (self as? WeightedSum)?.terms ?? [WeightedSum.Term(weight: .constant(1), reward: self)]
  }
}

extension GroupReward {
  /// A reward times a weight; every term of a sum is weighted.
  ///
  /// - Precondition: `weight` is finite.
  public static func * (weight: Double, reward: Self) -> WeightedGroupSum {
    WeightedGroupSum(
      reward.groupTerms.map {
        WeightedGroupSum.Term(weight: weight * $0.weight, reward: $0.reward)
      })
  }

  /// A reward times a weight that may change as the run goes on.
  public static func * (weight: RewardWeight, reward: Self) -> WeightedGroupSum {
    WeightedGroupSum([WeightedGroupSum.Term(weight: weight, reward: reward)])
  }

  /// Two rewards added up; sums become one flat sum.
  ///
  /// - Precondition: no two terms share a name.
  public static func + (left: Self, right: some GroupReward) -> WeightedGroupSum {
    WeightedGroupSum(left.groupTerms + right.groupTerms)
  }

  /// One reward less another.
  ///
  /// - Precondition: no two terms share a name.
  public static func - (left: Self, right: some GroupReward) -> WeightedGroupSum {
    WeightedGroupSum(left.groupTerms + (-1 * right).terms)
  }

  /// The reward as terms of a sum.
  private var groupTerms: [WeightedGroupSum.Term] {
    switch self {
    case let sum as WeightedGroupSum: sum.terms
    case let sum as WeightedSum:
      sum.terms.map { WeightedGroupSum.Term(weight: $0.weight, reward: $0.reward) }
    default: [WeightedGroupSum.Term(weight: .constant(1), reward: self)]
    }
  }
}
