/// How citations are recognised and judges' replies are read.
public struct CaRRRules: Sendable, Hashable {
  /// How citations are recognised.
  public var citations: CitationRule
  /// How replies are read.
  public var replies: JudgeReplyRule

  /// Rules.
  public init(citations: CitationRule = .standard, replies: JudgeReplyRule = .onlyVerdict) {
    self.citations = citations
    self.replies = replies
  }

  /// The strict ones.
  public static let standard = CaRRRules()
}

/// Which part of a judge's reply is its verdict.
public enum JudgeReplyRule: Sendable, Hashable {
  /// The only one, where it has to stand; a reply with two verdicts is unusable, since one of them
  /// may be quoted from what is judged.
  case onlyVerdict
  /// The first one, wherever it stands.
  case firstVerdict
}
