internal import Retrieval
public import Trajectories

/// The overlap of an open answer's findings with the reference findings, matched one to one by
/// likeness, in 0…1.
///
///     F1 = 2 · precision · recall / (precision + recall)
///     precision = matches / findings of the answer,  recall = matches / reference findings
///
/// Where several findings are like one reference finding, only the most alike stays in the running;
/// then findings are assigned so that likeness sums to the most, and pairs of at least the threshold
/// are matches. The findings are the lines `- …` of the last answer; the task's accepted answers are
/// the reference findings. Findings beyond ``comparedFindings`` match nothing and count in precision.
///
/// No answer or no finding is worth 0. A task without accepted answers can't be judged: missing.
///
/// - Source: O2-Searcher, arXiv 2505.16582, o2searcher/rewards/metrics/f1_reward.py.
/// - Differs: the original cuts findings at every hyphen, see ``ReleasedO2Searcher``; it translates
///   Chinese first.
public struct FindingsF1: Reward {
  /// `findings` unless told otherwise.
  public let name: String
  /// What is compared how.
  public let likeness: TextLikeness
  /// From this likeness on two findings are the same; the original trains with 0.75.
  public let threshold: Double
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// So many findings are compared at most.
  public static let comparedFindings = 256

  /// An overlap of findings.
  ///
  /// - Precondition: `threshold` is finite.
  public init(
    name: String = "findings", likeness: TextLikeness = .lexical, threshold: Double = 0.75,
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    precondition(threshold.isFinite, "a threshold must be finite, got \(threshold)")
    self.name = name
    self.likeness = likeness
    self.threshold = threshold
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let reference = trajectory.task.answers
    if reference.isEmpty {
      return .unjudged(name, "task \(trajectory.task.id) has no reference findings")
    }
    let answer = extraction.answer(in: trajectory)
    let findings = BulletList(answer ?? "").findings
    let matches = try await matches(of: findings, with: reference)
    guard let matches else { return .unjudged(name, "the likeness of findings has another shape") }
    let score = Score.value(
      Self.f1(matches: matches, findings: findings.count, reference: reference.count))
    return .single(
      name, score,
      notes: answer == nil ? ["no answer"] : ["\(matches) of \(reference.count) findings matched"])
  }

  /// How many findings match; `nil` where the likeness has another shape.
  private func matches(of findings: [String], with reference: [String]) async throws -> Int? {
    let compared = Array(findings.prefix(Self.comparedFindings))
    if compared.isEmpty { return 0 }
    let wanted = Array(reference.prefix(Self.comparedFindings))
    return try await likeness(compared, wanted).map { Self.matches($0, threshold: threshold) }
  }

  /// The harmonic mean of matches over findings and matches over the reference's; 0 without matches.
  static func f1(matches: Int, findings: Int, reference: Int) -> Double {
    matches == 0 ? 0 : 2 * Double(matches) / Double(findings + reference)
  }

  /// How many rows match a column of their own.
  package static func matches(_ likeness: [[Double]], threshold: Double) -> Int {
    var likeness = likeness
    for column in (likeness.first ?? []).indices {
      let alike = likeness.indices.filter { likeness[$0][column] >= threshold }
      guard alike.count > 1 else { continue }
      let best = alike.reduce(alike[0]) {
        likeness[$1][column] > likeness[$0][column] ? $1 : $0
      }
      for row in likeness.indices where row != best { likeness[row][column] = 0 }
    }
    return zip(likeness, Assignment.best(likeness)).count { row, column in
      column.map { row[$0] >= threshold } ?? false
    }
  }
}
