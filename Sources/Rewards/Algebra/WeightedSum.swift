public import Trajectories

/// A sum of weighted rewards, written as in a paper.
///
///     let reward = 0.8 * ExactMatch() + 0.2 * TokenF1() - 0.1 * verbosity
///
/// The score is the sum of weight times score over the terms, in their order:
///
///     score = w₁ · s₁ + w₂ · s₂ + …
///
/// Every term stands in the report under its own name with its score before the weight. If a term
/// of a weight other than 0 is missing, so is the sum, with the term's reason: half a reward is no
/// reward. A term of weight 0 is judged and reported but never changes the sum. Credits are
/// weighted, notes are kept under their term's name. Terms are judged concurrently.
public struct WeightedSum: Reward {
  /// A reward and what it is multiplied by.
  public struct Term: Sendable {
    /// Finite.
    public let weight: Double
    /// The reward.
    public let reward: any Reward

    /// A weighted reward.
    ///
    /// - Precondition: `weight` is finite.
    public init(weight: Double, reward: any Reward) {
      precondition(weight.isFinite, "the weight of \(reward.name) must be finite, got \(weight)")
      self.weight = weight
      self.reward = reward
    }
  }

  /// `total`; see ``Reward/named(_:)``.
  public var name: String { "total" }
  /// What is added up.
  public let terms: [Term]

  /// A sum of terms.
  ///
  /// - Precondition: there is a term, and no two terms share a name; see ``Reward/named(_:)``.
  public init(_ terms: [Term]) {
    precondition(!terms.isEmpty, "a sum needs at least one term")
    var names = Set<String>()
    for term in terms {
      precondition(
        names.insert(term.reward.name).inserted,
        "two terms are called \(term.reward.name); give one another name with named(_:)")
    }
    self.terms = terms
  }

  /// Judges every term and adds up.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let reports = try await termReports(on: trajectory)
    var result = RewardReport(score: .value(0))
    for (term, report) in zip(terms, reports) {
      result.add(report, of: term)
    }
    return result
  }

  private func termReports(on trajectory: Trajectory) async throws -> [RewardReport] {
    try await withThrowingTaskGroup(of: (Int, RewardReport).self) { group in
      for (index, term) in terms.enumerated() {
        group.addTask { (index, try await term.reward.report(on: trajectory)) }
      }
      var reports = [RewardReport?](repeating: nil, count: terms.count)
      for try await (index, report) in group { reports[index] = report }
      return reports.compactMap { $0 }
    }
  }
}

extension RewardReport {
  fileprivate mutating func add(_ report: RewardReport, of term: WeightedSum.Term) {
    let name = term.reward.name
    if !report.components.contains(where: { $0.name == name }) {
      components.append(RewardComponent(name: name, score: report.score))
    }
    components += report.components
    credits += report.credits.map { SpanCredit(span: $0.span, value: term.weight * $0.value) }
    notes += report.notes.map { "\(name): \($0)" }

    switch (score, report.score) {
    case _ where term.weight == 0: break
    case (.missing, _): break
    case (_, .missing(let reason)): score = .missing(reason: "\(name): \(reason)")
    case (.value(let sum), .value(let value)):
      score = Score(checking: sum + term.weight * value, of: "the sum with \(name)")
    }
  }
}

extension Reward {
  /// A reward times a weight; every term of a sum is weighted.
  ///
  /// - Precondition: `weight` is finite.
  public static func * (weight: Double, reward: Self) -> WeightedSum {
    WeightedSum(
      reward.terms.map { WeightedSum.Term(weight: weight * $0.weight, reward: $0.reward) })
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
  fileprivate var terms: [WeightedSum.Term] {
    (self as? WeightedSum)?.terms ?? [WeightedSum.Term(weight: 1, reward: self)]
  }
}
