/// The reward of a research report, from five rewards of your choice, each in 0…1.
///
///     0.30 accuracy + 0.20 structure + 0.15 citations + 0.10 length + 0.25 relevance
///
/// An example:
///
///     let reward = reportReward(
///       accuracy: JudgedCriterion("accuracy", "What it states is true.", judge: judge),
///       structure: MarkdownReward(.report), citations: JudgedCitations(judge: judge),
///       length: LengthReward { _ in LengthBand(around: 1_500) },
///       relevance: JudgedCriterion("relevance", "It answers what was asked.", judge: judge))
///
/// - Precondition: no two of them share a name.
public func reportReward(
  accuracy: some Reward, structure: some Reward, citations: some Reward, length: some Reward,
  relevance: some Reward
) -> WeightedSum {
  0.30 * accuracy + 0.20 * structure + 0.15 * citations + 0.10 * length + 0.25 * relevance
}
