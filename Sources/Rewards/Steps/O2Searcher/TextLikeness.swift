/// How alike two lists of texts are, text by text: `[first][second]`, each in -1…1.
///
/// An embedding model behind a closure, or ``lexical``.
public struct TextLikeness: Sendable {
  private let measure: @Sendable ([String], [String]) async throws -> [[Double]]

  /// A likeness from a function that returns a row for every text of the first list.
  public init(_ measure: @escaping @Sendable ([String], [String]) async throws -> [[Double]]) {
    self.measure = measure
  }

  /// TF-IDF cosines, fitted on the texts of both lists: offline and deterministic.
  ///
  /// It knows words, not meanings: a paraphrase without a common word is not alike at all, so
  /// thresholds that suit embeddings are strict for it.
  public static let lexical = TextLikeness { first, second in
    guard let vectors = TermVectors(first + second) else {
      return first.map { _ in second.map { _ in 0 } }
    }
    return first.indices.map { row in
      second.indices.map { vectors.cosine(row, first.count + $0) }
    }
  }

  /// The likeness of each text to each other one.
  ///
  /// - Returns: Values kept in -1…1; `nil` where the function returned another shape or a number that
  ///   isn't finite.
  func callAsFunction(_ first: [String], _ second: [String]) async throws -> [[Double]]? {
    let values = try await measure(first, second)
    let fits =
      values.count == first.count
      && values.allSatisfy { $0.count == second.count && $0.allSatisfy(\.isFinite) }
    return fits ? values.map { $0.map { min(1, max(-1, $0)) } } : nil
  }
}
