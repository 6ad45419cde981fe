public import Trajectories

/// Citing one source for what another one says.
///
///     severity = misattributed citations / citations examined
///     support of a source = claim's content words that it has / claim's content words
///
/// A citation is misattributed when its source was seen and supports the claim by less than
/// `requiredSupport`, while another source reaches that. Words are compared, not meanings: a claim
/// told in other words looks unsupported everywhere and is no finding, and neither is a negation.
/// Only the first `limit` citations are examined; time is proportional to the texts plus `limit`
/// times the number of sources.
public struct Misattribution: BehaviorDetector {
  /// `misattribution`.
  public var name: String { "misattribution" }
  /// The support that makes a source a claim's own, in 0…1.
  public let requiredSupport: Double
  /// How many citations are examined.
  public let limit: Int
  private let reader: CitationReader
  private let evidence: EvidenceReader

  /// A detector.
  ///
  /// - Precondition: `requiredSupport` is in 0…1 and `limit` is not negative.
  public init(
    requiredSupport: Double = 0.6, limit: Int = 256, reader: CitationReader = CitationReader(),
    evidence: @escaping EvidenceReader = { $0.evidence }
  ) {
    precondition(
      (0...1).contains(requiredSupport), "requiredSupport must be in 0...1, got \(requiredSupport)")
    precondition(limit >= 0, "limit must not be negative, got \(limit)")
    self.requiredSupport = requiredSupport
    self.limit = limit
    self.reader = reader
    self.evidence = evidence
  }

  /// Compares each claim with its source and with the others.
  public func detection(in trajectory: Trajectory) -> Detection {
    let citations = reader.citations(in: trajectory.conclusion).prefix(limit)
    guard !citations.isEmpty else { return .nothing }
    let sources = evidence(trajectory).map { ($0.names, ContentWords($0.text).distinct) }
    var findings: [String] = []
    // Citations that stand side by side share their claim.
    var (text, claim) = ("", Set<ArraySlice<UInt8>>())
    for citation in citations {
      if citation.claim != text {
        (text, claim) = (citation.claim, ContentWords(citation.claim).distinct)
      }
      guard !claim.isEmpty else { continue }
      var (own, others): (Double?, Double) = (nil, 0)
      for (names, words) in sources {
        let support = Double(claim.count(where: words.contains)) / Double(claim.count)
        if names.contains(citation.source) {
          own = max(own ?? 0, support)
        } else {
          others = max(others, support)
        }
      }
      if let own, own < requiredSupport, others >= requiredSupport {
        findings.append("\(citation.source) is cited for what another source says")
      }
    }
    return Detection(findings.count, of: citations.count, findings: findings)
  }
}
