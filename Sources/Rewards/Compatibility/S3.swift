internal import Retrieval

/// s3's reward and its reader of transcripts as released, oddities included.
///
/// - Source: s3, verl/utils/reward_score/rag_2.py and verl/trainer/main_ppo.py.
public enum ReleasedS3 {
  /// The gain plus the accuracy itself: -1, 0, 1 or 2 for accuracies of 0 and 1.
  ///
  ///     reward = (accuracy - baseline) + accuracy
  ///
  /// The paper's gain is ``GainBeyondRAG``'s.
  public static func reward(accuracy: Double, baseline: Double) -> Double {
    (accuracy - baseline) + accuracy
  }

  /// The documents that a transcript selects.
  ///
  /// First those of blocks that an `<important_info>` follows before the next block, in its order;
  /// then all of the other blocks. Numbers above 8 select nothing, a block is selected from once, and
  /// a title ends at its first quote or bracket.
  public static func selectedDocuments(in transcript: String) -> [NumberedDocument] {
    let blocks = MarkedText(transcript).pairs("information")
    var pending = Array(repeating: true, count: blocks.count)
    var chosen: [(block: Int, numbers: Set<Int>)] = []
    var before = 0
    for selection in MarkedText(transcript).pairs("important_info") {
      while before < blocks.count,
        blocks[before].whole.lowerBound < selection.whole.lowerBound
      { before += 1 }
      guard before > 0, pending[before - 1] else { continue }
      pending[before - 1] = false
      chosen.append((before - 1, numbers(in: selection.content).intersection(1...8)))
    }
    var seen = Set<[UInt8]>()
    var result: [NumberedDocument] = []
    func keep(_ documents: [NumberedDocument]) {
      for document in documents where seen.insert(Array(document.text.utf8)).inserted {
        result.append(document)
      }
    }
    for (block, numbers) in chosen {
      keep(documents(in: blocks[block].content).filter { numbers.contains($0.number) })
    }
    for (block, isPending) in zip(blocks, pending) where isPending {
      keep(documents(in: block.content))
    }
    return result
  }

  private static func documents(in block: String) -> [NumberedDocument] {
    var close = 0
    return DocumentHeads(block).documents { scalars, start in
      var start = start
      while start < scalars.count, scalars[start].isBlank { start += 1 }
      if start < scalars.count, scalars[start] == "\"" { start += 1 }
      close = max(close, start)
      while close < scalars.count, scalars[close] != "\"", scalars[close] != ")" { close += 1 }
      let end = close < scalars.count && scalars[close] == "\"" ? close + 1 : close
      guard close > start, end < scalars.count, scalars[end] == ")" else { return nil }
      return (start..<close, end + 1)
    }
  }
}
