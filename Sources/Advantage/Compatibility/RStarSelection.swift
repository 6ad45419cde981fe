/// How rStar2-Agent judges the cleanliness of a transcript, and which groups it rejects.
///
/// - Source: rStar `rstar2_agent/down_sample/roc.py` and `reject_sampling.py`.
public enum RStarSelection {
  /// The share of a transcript's tool responses that speak of an error, in `0...1`.
  ///
  ///     <tool_response>…error…</tool_response>     counted as failed, in any case
  ///
  /// 0.5 without tool responses.
  public static func errorPenalty(of transcript: String) -> Double {
    let (failed, all) = toolResponses(in: transcript)
    return all == 0 ? 0.5 : Double(failed) / Double(all)
  }

  /// How many of a transcript's tool responses speak of an error, and how many there are.
  public static func toolResponses(in transcript: String) -> (failed: Int, all: Int) {
    let bytes = Array(transcript.utf8)
    let bodies = spans(in: bytes, from: "<tool_response>", to: "</tool_response>")
    let failed = bodies.filter { body in
      let lowered = bytes[body].map { (65...90).contains($0) ? $0 + 32 : $0 }
      return occurrences(of: "error", in: lowered[...]) > 0
    }
    return (failed.count, bodies.count)
  }

  /// How much a transcript departs from exactly one answer, in `0...1`.
  ///
  ///     min((answers - 1) / turns of the assistant, 1)
  ///
  /// 1 without an answer, with tags that do not pair, or without turns.
  public static func answerPenalty(of transcript: String) -> Double {
    let bytes = Array(transcript.utf8)[...]
    let opened = occurrences(of: "<answer>", in: bytes)
    let closed = occurrences(of: "</answer>", in: bytes)
    let answers = answers(in: transcript)
    let turns = spans(in: Array(bytes), from: "<|im_start|>assistant", to: "<|im_end|>").count
    guard answers > 0, opened == answers, closed == answers, turns > 0 else { return 1 }
    return min(Double(answers - 1) / Double(turns), 1)
  }

  /// How many closed answers a transcript has.
  public static func answers(in transcript: String) -> Int {
    spans(in: Array(transcript.utf8), from: "<answer>", to: "</answer>").count
  }

  /// The groups without those whose scores are all close to the first one.
  ///
  ///     |r - r[0]| <= 1e-8 + 1e-5 |r[0]|
  ///
  /// Lone members are close to themselves.
  public static func rejectEqualRewards(in rows: ScoredRows) -> GroupSelection {
    GroupSelection(rows) { group in
      let values = group.values
      guard let first = values.first else { return .tooFewScores }
      let differs = values.contains { abs($0 - first) > 1e-8 + 1e-5 * abs(first) }
      return differs ? nil : .alike(first)
    }
  }

  /// The insides of non-nested spans between two tags, each as short as possible.
  private static func spans(
    in bytes: [UInt8], from start: String, to end: String
  ) -> [Range<Int>] {
    let (start, end) = (Array(start.utf8), Array(end.utf8))
    var result: [Range<Int>] = []
    var position = 0
    while let opening = find(start, in: bytes[position...]) {
      let inside = opening + start.count
      guard let closing = find(end, in: bytes[inside...]) else { break }
      result.append(inside..<closing)
      position = closing + end.count
    }
    return result
  }

  private static func occurrences(of text: String, in bytes: ArraySlice<UInt8>) -> Int {
    let pattern = Array(text.utf8)
    var (count, rest) = (0, bytes)
    while let found = find(pattern, in: rest) {
      count += 1
      rest = rest[(found + pattern.count)...]
    }
    return count
  }

  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= pattern.count, let first = pattern.first else { return nil }
    let last = bytes.endIndex - pattern.count
    var position = bytes.startIndex
    while position <= last {
      if bytes[position] == first,
        bytes[position..<position + pattern.count].elementsEqual(pattern)
      {
        return position
      }
      position += 1
    }
    return nil
  }
}
