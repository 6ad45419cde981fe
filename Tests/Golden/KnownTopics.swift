/// The adaptors of all topics, by area and file name: "algorithms/gae".
///
/// Each file in `Topics` tells those of one family.
let knownTopics: [String: TopicCheck] = [
  advantageStatisticsTopics,
  objectivesTopics,
  preferenceTopics,
  divergenceTopics,
  mismatchTopics,
  dataStrategyTopics,
  agentCreditTopics,
  estimatorsOfGroupsTopics,
  estimatorsOfTokensTopics,
  frameworksTopics,
  rlerTopics,
  rlerRubricTopics,
  stepsStepSearchTopics,
  stepsWebShepherdTopics,
  stepsDocumentTopics,
  stepsResamplingTopics,
  toolUseTopics,
  carrTopics,
  answersSearchR1Topics,
  answersSystemsTopics,
].reduce(into: [:]) { $0.merge($1) { first, _ in first } }
