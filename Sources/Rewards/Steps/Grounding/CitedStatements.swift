internal import Retrieval

/// A statement of an answer with the documents that it cites by number.
///
///     Ada wrote it [1][3].
public struct CitedStatement: Sendable, Hashable, Codable {
  /// The statement without its citations.
  public let text: String
  /// The numbers cited, in order, each once.
  public let citations: [Int]

  /// A statement.
  public init(_ text: String, citations: [Int]) {
    self.text = text
    self.citations = citations
  }

  /// The statements of an answer, in order: what ends with `.`, `!`, `?` before a blank, or with a
  /// line, together with the citations that follow.
  ///
  /// Pieces without words are left out, but their citations belong to the statement before.
  ///
  /// - Complexity: Linear in the answer.
  public static func reading(_ answer: String) -> [CitedStatement] {
    var reader = StatementReader()
    let scalars = Array(answer.unicodeScalars)
    var index = 0
    while index < scalars.count {
      if let (number, end) = citation(in: scalars, at: index) {
        reader.cite(number)
        index = end
        continue
      }
      let next = index + 1 < scalars.count ? scalars[index + 1] : "\n"
      let ends =
        scalars[index] == "\n" || (".!?".unicodeScalars.contains(scalars[index]) && next.isBlank)
      reader.read(scalars[index], ends: ends)
      index += 1
    }
    return reader.finish()
  }

  /// A number in square brackets and where it ends; brackets around a link's words are no citation.
  private static func citation(
    in scalars: [Unicode.Scalar], at start: Int
  ) -> (number: Int, end: Int)? {
    guard scalars[start] == "[" else { return nil }
    var number = 0
    var index = start + 1
    while index < scalars.count, index - start <= 9, ("0"..."9").contains(scalars[index]) {
      number = number * 10 + Int(scalars[index].value - 0x30)
      index += 1
    }
    guard index > start + 1, index < scalars.count, scalars[index] == "]" else { return nil }
    return (number, index + 1)
  }
}

/// Collects statements while an answer is read.
private struct StatementReader {
  private struct Statement {
    var text = String.UnicodeScalarView()
    var hasWords = false
    var citations: [Int] = []
    var cited: Set<Int> = []

    mutating func cite(_ number: Int) {
      if cited.insert(number).inserted { citations.append(number) }
    }
  }

  private var statements: [Statement] = []
  private var current = Statement()

  mutating func cite(_ number: Int) {
    if current.hasWords || statements.isEmpty {
      current.cite(number)
    } else {
      statements[statements.count - 1].cite(number)
    }
  }

  mutating func read(_ scalar: Unicode.Scalar, ends: Bool) {
    current.text.append(scalar)
    if scalar.isWord { current.hasWords = true }
    if ends { close() }
  }

  mutating func finish() -> [CitedStatement] {
    close()
    return statements.map {
      CitedStatement(String($0.text).trimmingBlanks, citations: $0.citations)
    }
  }

  /// Ends the statement; blanks and marks between statements are forgotten.
  private mutating func close() {
    if current.hasWords {
      statements.append(current)
      current = Statement()
    } else {
      current.text = String.UnicodeScalarView()
    }
  }
}
