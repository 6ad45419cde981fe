/// The adaptors of all topics, by area and file name: "algorithms/gae".
///
/// Each file in `Topics` tells those of one family.
let knownTopics: [String: TopicCheck] = [
  advantageStatisticsTopics,
  stepsStepSearchTopics,
  stepsWebShepherdTopics,
  stepsDocumentTopics,
  stepsResamplingTopics,
  toolUseTopics,
  carrTopics,
].reduce(into: [:]) { $0.merge($1) { first, _ in first } }
