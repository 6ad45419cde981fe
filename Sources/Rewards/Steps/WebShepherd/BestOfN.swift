public import Trajectories

/// Choosing among candidate actions by what a step reward thinks of them.
///
/// - Source: Web-Shepherd, src/utils/eval_utils.py.
public enum BestOfN {
  /// The index of the best candidate, ties to the earliest; `nil` when none has a score.
  public static func choice(among scores: [Score]) -> Int? {
    var best: (index: Int, value: Double)?
    for (index, score) in scores.enumerated() {
      guard let value = score.value, value > best?.value ?? -.infinity else { continue }
      best = (index, value)
    }
    return best?.index
  }

  /// How high a score puts the right candidate among the wrong ones, ties counted against it.
  ///
  ///     1 / (1 + wrong ones scored higher + wrong ones scored the same)
  ///
  /// 0 without wrong candidates: there was no choice to make.
  public static func reciprocalRank(of right: Double, among wrong: [Double]) -> Double {
    wrong.isEmpty ? 0 : 1 / Double(1 + wrong.count { $0 >= right })
  }

  /// Whether the right candidate beats every wrong one strictly; `false` without wrong candidates.
  public static func isStrictlyBest(_ right: Double, among wrong: [Double]) -> Bool {
    !wrong.isEmpty && wrong.allSatisfy { $0 < right }
  }
}
