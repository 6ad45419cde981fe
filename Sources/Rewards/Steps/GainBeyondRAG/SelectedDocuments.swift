internal import Retrieval
public import Trajectories

extension Trajectory {
  /// The documents that a search agent hands on to whoever answers.
  ///
  /// Each answer of the environment is a block of numbered documents. The agent names those worth
  /// keeping by number in `<important_info>` at the beginning of its next turn or anywhere in it; of
  /// a block that it says nothing about, all are kept. A text that was kept before is not kept again.
  /// Documents are read from the environment's words only, so an agent can't invent one.
  ///
  /// - Complexity: Linear in the record's text.
  /// - Source: s3, verl/utils/reward_score/rag_2.py.
  /// - Differs: documents stand in the order of their blocks; the original puts blocks without a
  ///   selection last, knows numbers up to 8 only, and cuts titles at their first bracket. See
  ///   ``ReleasedS3``.
  public var selectedDocuments: [NumberedDocument] {
    let turns = agentTurnTexts
    var seen = Set<[UInt8]>()
    var result: [NumberedDocument] = []
    for (index, turn) in turns.enumerated() {
      let next = index + 1 < turns.count ? turns[index + 1].text : ""
      let chosen = MarkedText(next).pairs("important_info").first.map { numbers(in: $0.content) }
      for document in NumberedDocument.reading(turn.answer)
      where chosen?.contains(document.number) ?? true {
        if seen.insert(Array(document.text.utf8)).inserted { result.append(document) }
      }
    }
    return result
  }
}

/// The numbers that a text names.
func numbers(in text: String) -> Set<Int> {
  let runs = text.unicodeScalars.split { !("0"..."9").contains($0) }
  return Set(runs.compactMap { Int(String(String.UnicodeScalarView($0))) })
}
