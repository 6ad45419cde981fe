package import OrderedJSON
internal import Retrieval

extension CitationRule {
  /// As in the code that was released: a source ends at the first closing bracket in its line that
  /// `]` or `,` follows, whatever stands between, so that a citation which nothing follows swallows
  /// the text up to the next one.
  public static let released: CitationRule = {
    var rule = CitationRule()
    rule.ending = .firstListed
    return rule
  }()
}

extension CaRRRules {
  /// As in the code that was released: see ``CitationRule/released``, and of a judge's reply the
  /// first verdict counts, so that a response can forge one that the judge then quotes.
  ///
  /// That code also counts what could not be judged as 0, after three tries for the outcome and five
  /// for each question about rubrics: ``GroupReward/countingMissing(as:)``, ``JudgeSettings/tries``.
  public static let released = CaRRRules(citations: .released, replies: .firstVerdict)
}

extension FencedJSON {
  /// The value of the first ```` ```json ```` block; an empty object when there is none or when it
  /// can't be read. Of equal keys the last one counts.
  ///
  /// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py, extract_json_block.
  package static func firstBlock(in reply: String) -> JSONValue {
    let bytes = Array(reply.utf8)
    let lowered = bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    let opening = Array("```json".utf8)
    guard let open = lowered.firstIndex(of: opening),
      let close = lowered.firstIndex(of: Array("```".utf8), from: open + opening.count)
    else { return .object([:]) }
    let block = Array(bytes[(open + opening.count)..<close])
    do {
      return try JSONValue(parsing: block)
    } catch {
      guard case .duplicateKey = error.reason else { return .object([:]) }
      return (try? JSONValue(parsing: block, as: .lenient)) ?? .object([:])
    }
  }
}

/// The fields of a reply about the outcome, each where its label first stands, also within a longer
/// word: "incorrect: no" is read as "correct: no".
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py, get_outcome_reward.
package struct FirstVerdict {
  package let extracted: String?
  package let isCorrect: Bool?

  package init(_ reply: String) {
    let scalars = Array(reply.unicodeScalars)
    isCorrect = Self.values(of: "correct", in: scalars).lazy.compactMap { value -> Bool? in
      let word = String(String.UnicodeScalarView(value.prefix(3))).lowercasedByScalar
      return word.hasPrefix("no") ? false : word == "yes" ? true : nil
    }.first
    extracted = Self.values(of: "extracted_final_answer", in: scalars).lazy.compactMap { value in
      let line = value.prefix { $0 != "\n" }
      return line.isEmpty ? nil : String(String.UnicodeScalarView(line))
    }.first
  }

  /// What follows each occurrence of a label, up to two asterisks, blanks, a colon and blanks.
  private static func values(
    of label: String, in scalars: [Unicode.Scalar]
  ) -> [ArraySlice<Unicode.Scalar>] {
    let label = Array(label.unicodeScalars)
    let lowered = scalars.map { $0.value < 0x80 ? $0.properties.lowercaseMapping.unicodeScalars.first ?? $0 : $0 }
    return scalars.indices.compactMap { start in
      guard start + label.count <= scalars.count,
        lowered[start..<(start + label.count)].elementsEqual(label)
      else { return nil }
      var index = start + label.count
      let asterisks = scalars[index...].prefix(2).prefix { $0 == "*" }
      index = asterisks.endIndex
      while index < scalars.count, scalars[index].isBlank { index += 1 }
      guard index < scalars.count, scalars[index] == ":" else { return nil }
      index += 1
      while index < scalars.count, scalars[index].isBlank { index += 1 }
      return scalars[index...]
    }
  }
}
