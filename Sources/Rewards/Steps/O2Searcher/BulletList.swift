internal import Retrieval

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How well an open answer is written as a list of different findings, a line `- …` each.
///
///     score = (0.5 · valid + 0.3 · complete + 0.5 · diverse) / 1.3 - 3 · repeated, kept in 0…1
///     valid = findings / lines that aren't blank
///     complete = min(findings / 10, 1)
///     diverse = max(0, 1 - x^1.5),  x = 0.5 · highest + 0.6 · share above 0.6 + 0.2 · mean
///     repeated = 1 - different findings / findings
///
/// `x` is taken over the TF-IDF cosines of all pairs of findings. One finding is diverse, 1; findings
/// without a single word of two letters are half diverse, 0.5. An empty answer is worth 0.
///
/// - Source: O2-Searcher, o2searcher/rewards/rewards_format.py.
public struct BulletList: Sendable, Hashable {
  /// The findings, in order.
  public let findings: [String]
  /// How many lines aren't blank.
  public let lineCount: Int
  /// Of more findings than this only the first are compared in pairs.
  public static let comparedFindings = 512

  /// Reads an answer.
  public init(_ answer: String) {
    let lines = MarkedText(answer).pieces(between: "\n").map(\.trimmingBlanks)
      .filter { !$0.isEmpty }
    lineCount = lines.count
    findings = lines.filter { $0.beginsWithScalars(of: "- ") }.map {
      String(String.UnicodeScalarView($0.unicodeScalars.dropFirst(2))).trimmingBlanks
    }.filter { !$0.isEmpty }
  }

  /// The share of lines that are findings, in 0…1; 0 without lines.
  public var validity: Double {
    lineCount == 0 ? 0 : 1 - Double(lineCount - findings.count) / Double(lineCount)
  }

  /// The number of findings over ten, at most 1.
  public var completeness: Double { min(Double(findings.count) / 10, 1) }

  /// How little the findings resemble each other, in 0…1.
  ///
  /// - Complexity: Pairs of the first ``comparedFindings`` findings, times their words.
  public var diversity: Double {
    let compared = Array(findings.prefix(Self.comparedFindings))
    guard compared.count > 1 else { return 1 }
    guard let vectors = TermVectors(compared) else { return 0.5 }
    var highest = 0.0
    var above = 0
    var sum = 0.0
    for first in compared.indices {
      for second in (first + 1)..<compared.count {
        let cosine = vectors.cosine(first, second)
        highest = max(highest, cosine)
        above += cosine > 0.6 ? 1 : 0
        sum += cosine
      }
    }
    let pairs = Double(compared.count * (compared.count - 1) / 2)
    let likeness = 0.5 * highest + 0.3 * (2 * Double(above) / pairs) + 0.2 * (sum / pairs)
    return max(0, 1 - pow(likeness, 1.5))
  }

  /// The share of findings that are copies of others, in 0…1.
  public var repetition: Double {
    let different = Set(findings.map { Array($0.utf8) }).count
    return 1 - Double(different) / Double(max(1, findings.count))
  }

  /// The whole, in 0…1.
  public var score: Double { lineCount > 0 ? score(diversity: diversity) : 0 }

  /// The whole with another measure of diversity.
  func score(diversity: Double) -> Double {
    let merit = (0.5 * validity + 0.3 * completeness + 0.5 * diversity) / (0.5 + 0.3 + 0.5)
    let repeated = findings.isEmpty ? 1 : repetition
    return max(0, min(1, merit - 3 * repeated))
  }
}
