public import Trajectories

/// How well an answer cites.
///
///     total = 0.6 · mean over claims of F1(recall, precision)  +  0.4 · share of names that exist
///
/// Only the first ``judgedClaims`` claims are judged; the others' F1 is 0, so that padding never pays.
/// Recall is how far a claim's sources support it, or for a claim without known sources 1 if it
/// needs none and else 0. Precision is 1 if its sources have to do with it and else 0, and 1
/// without known sources. F1 is 0 when both are.
///
/// - Source: DR Tulu, open_instruct/search_rewards/utils/citation_utils.py.
/// - Differs: the original judges any number of claims.
public struct CitationScore: Sendable, Hashable, Codable {
  /// The mean F1 over the claims, in 0…1; 0 without claims.
  public let meanF1: Score
  /// The share of distinct names that are names of sources, in 0…1; 0 if nothing is cited.
  public let existingShare: Double
  /// So many claims of an answer are judged at most.
  public static let judgedClaims = 256

  /// A score.
  public init(meanF1: Score, existingShare: Double) {
    self.meanF1 = meanF1
    self.existingShare = existingShare
  }

  /// The total, in 0…1.
  public var total: Score {
    switch meanF1 {
    case .value(let f1): .value(0.6 * f1 + 0.4 * existingShare)
    case .missing: meanF1
    }
  }

  /// The share of distinct names that are names of sources; 0 if nothing is cited.
  public static func existingShare(
    of claims: [CitedClaim], among sources: [String: String]
  ) -> Double {
    let names = Set(claims.flatMap(\.sources))
    return names.isEmpty
      ? 0 : Double(names.count { sources[$0] != nil }) / Double(names.count)
  }

  /// The harmonic mean; 0 when both are 0.
  static func f1(recall: Double, precision: Double) -> Double {
    recall + precision == 0 ? 0 : 2 * recall * precision / (recall + precision)
  }
}

extension JudgeService {
  /// Judges how well an answer cites.
  ///
  /// Without sources the score is 0 and nobody is asked. The claims are judged concurrently, two
  /// questions for one with sources, one for one without. If one can't be judged, the mean is
  /// missing.
  ///
  /// - Parameters:
  ///   - answer: What the agent answered, with its citations.
  ///   - question: What it was asked.
  ///   - sources: The texts that it could cite, by name.
  ///   - cutting: How text outside citations is cut into claims.
  /// - Throws: `CancellationError` only.
  public func citationScore(
    of answer: String, to question: String, sources: [String: String],
    cutting: CitedText.Cutting = .none
  ) async throws -> CitationScore {
    if sources.isEmpty { return CitationScore(meanF1: .value(0), existingShare: 0) }
    let claims = CitedText.claims(in: answer, cutting: cutting)
    let judged = Array(claims.prefix(CitationScore.judgedClaims))
    let grades = try await concurrently(judged) { [self] claim in
      try await grade(claim, question: question, answer: answer, sources: sources)
    }
    var sum = 0.0
    for grade in grades {
      switch grade {
      case .answered(let f1): sum += f1
      case .missing(let reason):
        return CitationScore(
          meanF1: .missing(reason: reason),
          existingShare: CitationScore.existingShare(of: claims, among: sources))
      }
    }
    return CitationScore(
      meanF1: .value(claims.isEmpty ? 0 : sum / Double(claims.count)),
      existingShare: CitationScore.existingShare(of: claims, among: sources))
  }

  /// F1 of a claim.
  private func grade(
    _ claim: CitedClaim, question: String, answer: String, sources: [String: String]
  ) async throws -> Verdict<Double> {
    let cited = claim.sources.compactMap { sources[$0] }.joined(separator: "\n\n")
    if cited.isEmpty {
      let need = CitationNeedQuestion(question: question, claim: claim.text, response: answer)
      return try await ask(need).map { $0 ? 0 : 1 }
    }
    async let support = ask(
      CitationSupportQuestion(question: question, claim: claim.text, sources: cited))
    async let relevance = ask(
      CitationRelevanceQuestion(question: question, claim: claim.text, sources: cited))
    switch try await (support, relevance) {
    case (.answered(let recall), .answered(let relevant)):
      return .answered(CitationScore.f1(recall: recall, precision: relevant ? 1 : 0))
    case (.missing(let reason), _), (_, .missing(let reason)): return .missing(reason: reason)
    }
  }
}
