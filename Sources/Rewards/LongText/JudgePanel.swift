public import Trajectories

/// What a panel of judges thinks of one response.
public struct PanelVerdict: Sendable, Hashable, Codable {
  /// The panel's mean grade on each dimension, as a share of the scale in 0…1.
  public let means: [Double]
  /// The weighted mean over the dimensions, in 0…1.
  public let score: Double
  /// How much the judges agree, in 0…1.
  ///
  ///     1 − mean over dimensions of  variance / ¼
  ///
  /// The population variance of shares is at most ¼, when half of the panel says the best and half
  /// the worst. 1 for a panel of one.
  public let agreement: Double

  /// The verdict of judges, each with one share per dimension.
  ///
  /// - Precondition: there is a judge, and each graded every dimension.
  public init(shares: [[Double]], dimensions: [JudgedDimension]) {
    precondition(!shares.isEmpty, "a panel needs a judge")
    precondition(
      shares.allSatisfy { $0.count == dimensions.count },
      "each judge must grade \(dimensions.count) dimensions, got \(shares.map(\.count))")
    let statistics = dimensions.indices.map { index in
      RubricStatistics(shares.map { $0[index] })
    }
    means = statistics.map(\.mean)
    score = dimensions.weightedMean(means)
    let variances = statistics.map { $0.standardDeviation * $0.standardDeviation }
    agreement =
      dimensions.isEmpty
      ? 1 : 1 - variances.reduce(0, +) / Double(variances.count) * 4
  }
}

/// A panel of judges that grade an answer on weighted dimensions.
///
/// Each member has a role and may be another model. The score is the weighted mean of the panel's
/// mean grades, in 0…1; `agreement` and the dimensions' means stand beside it. A panel that agrees
/// less than it has to leaves the score missing: a split jury is no verdict. So does one in which
/// fewer members than the quorum could tell. No answer is worth 0, with a note, and nobody is
/// asked.
///
/// - Source: notes about the judge panel of Owkin's agentic researcher; no code is
///   public. Its dimensions are not published: ``Swift/Array/hypothesis`` are ours.
public struct JudgePanel: Reward {
  /// A member of the panel.
  public struct Member: Sendable {
    /// Who the judge is told to be: `a statistician`.
    public let role: String
    /// The judge.
    public let judge: JudgeService

    /// A member.
    public init(role: String, judge: JudgeService) {
      self.role = role
      self.judge = judge
    }
  }

  /// `panel` unless told otherwise.
  public let name: String
  /// Who grades.
  public let members: [Member]
  /// What is graded.
  public let dimensions: [JudgedDimension]
  /// The grades, worst to best.
  public let scale: ClosedRange<Int>
  /// How many members have to be able to tell.
  public let quorum: Int
  /// The agreement below which there is no verdict.
  public let minimumAgreement: Double
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A panel.
  ///
  /// - Parameter quorum: More than half of the members unless told otherwise.
  /// - Precondition: there is a member and a dimension, `quorum` is in 1…members.
  public init(
    _ members: [Member], name: String = "panel", dimensions: [JudgedDimension] = .hypothesis,
    scale: ClosedRange<Int> = 1...5, quorum: Int? = nil, minimumAgreement: Double = 0,
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    let quorum = quorum ?? members.count / 2 + 1
    precondition(!members.isEmpty, "a panel needs a member")
    precondition(
      (1...members.count).contains(quorum), "quorum must be in 1…\(members.count), got \(quorum)")
    _ = DimensionScoresQuestion(question: "", response: "", dimensions: dimensions, scale: scale)
    self.members = members
    self.name = name
    self.dimensions = dimensions
    self.scale = scale
    self.quorum = quorum
    self.minimumAgreement = minimumAgreement
    self.extraction = extraction
  }

  /// Has the panel grade the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let verdicts = try await concurrently(members) { [dimensions, scale] member in
      try await member.judge.ask(
        DimensionScoresQuestion(
          question: trajectory.task.question, response: answer, dimensions: dimensions,
          scale: scale, role: member.role))
    }
    let grades = verdicts.compactMap(\.answer)
    guard grades.count >= quorum else {
      return .single(
        name,
        .missing(reason: "\(grades.count) of \(members.count) judges could tell, \(quorum) have to")
      )
    }
    let verdict = PanelVerdict(
      shares: grades.map { $0.map { DimensionScoresQuestion.share(of: $0, on: scale) } },
      dimensions: dimensions)
    let score: Score =
      verdict.agreement >= minimumAgreement
      ? .value(verdict.score)
      : .missing(reason: "the judges agree by \(verdict.agreement), below \(minimumAgreement)")
    let parts = zip(dimensions, verdict.means).map {
      RewardComponent(name: $0.name, score: .value($1))
    }
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score),
        RewardComponent(name: "agreement", score: .value(verdict.agreement)),
      ] + parts)
  }
}
