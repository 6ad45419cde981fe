internal import Retrieval
public import Trajectories

/// What a Markdown text has to have.
public struct MarkdownRules: Sendable, Hashable, Codable {
  /// The headings that have to be there, in this order; compared without regard to case.
  public var sections: [String]
  /// How many headings there have to be at least.
  public var minimumHeadings: Int

  /// Rules.
  ///
  /// - Precondition: `minimumHeadings` is not negative.
  public init(sections: [String] = [], minimumHeadings: Int = 0) {
    precondition(minimumHeadings >= 0, "minimumHeadings can't be \(minimumHeadings)")
    self.sections = sections
    self.minimumHeadings = minimumHeadings
  }

  /// At least three headings.
  public static let report = MarkdownRules(minimumHeadings: 3)

  /// How many of the sections are there in order: the longest run that keeps it, in one pass.
  func foundSections(in document: MarkdownDocument) -> [String] {
    var wanted = sections[...]
    var found: [String] = []
    for heading in document.headings {
      let title = heading.title.lowercasedByScalar
      guard let place = wanted.firstIndex(where: { $0.lowercasedByScalar.isSameScalars(as: title) })
      else { continue }
      found.append(sections[place])
      wanted = sections[(place + 1)...]
    }
    return found
  }

  /// The sections found among those required; 1 if none is.
  func sectionShare(in document: MarkdownDocument) -> Double {
    sections.isEmpty ? 1 : Double(foundSections(in: document).count) / Double(sections.count)
  }

  /// The headings there are among those required, at most 1.
  func headingShare(in document: MarkdownDocument) -> Double {
    minimumHeadings == 0 ? 1 : min(Double(document.headings.count) / Double(minimumHeadings), 1)
  }
}

/// The form of an answer in Markdown.
///
///     score = mean of five shares in 0…1:
///       fences    1 if every fence is closed, else 0
///       headings  1 / (1 + skipped levels + empty headings), times min(headings / minimum, 1)
///       tables    1 / (1 + ragged rows)
///       links     1 / (1 + broken links)
///       sections  found in order / required; 1 if none is
///
/// No answer or an empty one is worth 0, with a note; each violation is a note. What isn't there
/// can't be wrong: ask for sections and headings where a bare paragraph should not do.
public struct MarkdownReward: Reward {
  /// `structure` unless told otherwise.
  public let name: String
  /// What the text has to have.
  public let rules: MarkdownRules
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A reward of form.
  public init(
    _ rules: MarkdownRules = MarkdownRules(), name: String = "structure",
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.rules = rules
    self.name = name
    self.extraction = extraction
  }

  /// Checks the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory), !answer.trimmingBlanks.isEmpty else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let document = MarkdownDocument(answer)
    let shares = Self.shares(of: document, by: rules)
    let score = Score.value(shares.reduce(0) { $0 + $1.share } / Double(shares.count))
    return RewardReport(
      score: score,
      components: [RewardComponent(name: name, score: score)]
        + shares.map { RewardComponent(name: $0.name, score: .value($0.share)) },
      notes: document.violations.prefix(Self.notedViolations).map(\.description))
  }

  /// The five shares.
  static func shares(
    of document: MarkdownDocument, by rules: MarkdownRules
  ) -> [(name: String, share: Double)] {
    var (fences, headings, rows, links) = (0, 0, 0, 0)
    for violation in document.violations {
      switch violation {
      case .unclosedFence: fences += 1
      case .skippedLevel, .emptyHeading: headings += 1
      case .raggedRow: rows += 1
      case .brokenLink: links += 1
      }
    }
    return [
      ("fences", fences == 0 ? 1 : 0),
      ("headings", rules.headingShare(in: document) / (1 + Double(headings))),
      ("tables", 1 / (1 + Double(rows))), ("links", 1 / (1 + Double(links))),
      ("sections", rules.sectionShare(in: document)),
    ]
  }

  /// How many violations are written out.
  private static let notedViolations = 10
}

/// Whether an answer in Markdown has the sections and headings that it has to have.
///
///     score = (found in order / required) · min(headings / minimum, 1)
///
/// No answer or an empty one is worth 0, with a note.
public struct MarkdownSections: Reward {
  /// `sections` unless told otherwise.
  public let name: String
  /// What the text has to have.
  public let rules: MarkdownRules
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A check of sections.
  public init(
    _ rules: MarkdownRules, name: String = "sections",
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.rules = rules
    self.name = name
    self.extraction = extraction
  }

  /// Checks the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory), !answer.trimmingBlanks.isEmpty else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let document = MarkdownDocument(answer)
    let found = rules.foundSections(in: document)
    let lost = rules.sections.filter { !found.contains($0) }
    return .single(
      name, .value(rules.sectionShare(in: document) * rules.headingShare(in: document)),
      notes: lost.map { "there is no section “\($0)” in its place" })
  }
}
