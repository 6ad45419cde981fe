internal import Retrieval

/// How answers are made comparable before they are compared.
///
/// The steps, in this order: lower case; punctuation; the articles a, an and the; blanks. All of
/// them work on Unicode scalars, and nothing is composed or decomposed: two spellings of é that
/// look alike stay different answers. Systems differ in these steps and their scores with them, so
/// a normalization is a value and not one function for all.
///
/// - Source: SQuAD's evaluation script; Search-R1, verl/utils/reward_score/qa_em.py.
public struct AnswerNormalization: Sendable, Hashable, Codable {
  /// What happens to the 32 punctuation marks of ASCII; all other marks stay.
  public enum Punctuation: String, Sendable, Hashable, Codable, CaseIterable {
    /// `U.S.A.` becomes `usa`.
    case deleted
    /// `U.S.A.` becomes `u s a`.
    case replacedBySpace
    /// `U.S.A.` becomes `u.s.a.`.
    case kept
  }

  /// What happens to punctuation.
  public var punctuation: Punctuation
  /// Whether the words a, an and the are left out.
  ///
  /// A word ends where letters, numbers and
  /// underscores end, so `the1` stays.
  public var removesArticles: Bool

  /// A normalization.
  public init(punctuation: Punctuation = .deleted, removesArticles: Bool = true) {
    self.punctuation = punctuation
    self.removesArticles = removesArticles
  }

  /// SQuAD's and Search-R1's: punctuation deleted, articles left out.
  public static let standard = AnswerNormalization()

  /// The text in comparable form; empty for a text of articles and punctuation.
  ///
  /// Normalizing twice is normalizing once, except where the lower case of a letter has a lower
  /// case of its own. Takes time proportional to the text.
  public func normalized(_ text: String) -> String {
    tokens(of: text).joined(separator: " ")
  }

  /// The words of the comparable form.
  public func tokens(of text: String) -> [String] {
    let plain = handlingPunctuation(text.lowercasedByScalar)
    return (removesArticles ? Self.removingArticles(plain) : plain).splitAtBlanks
  }

  private func handlingPunctuation(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch punctuation {
      case .deleted where Self.isPunctuation(scalar): break
      case .replacedBySpace where Self.isPunctuation(scalar): result.append(" ")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// The text with a space in the place of each article.
  private static func removingArticles(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      guard scalar.isWord else {
        result.append(scalar)
        rest.removeFirst()
        continue
      }
      let word = rest.prefix(while: \.isWord)
      rest = rest[word.endIndex...]
      if articles.contains(where: word.elementsEqual) {
        result.append(" ")
      } else {
        result.append(contentsOf: word)
      }
    }
    return String(result)
  }

  private static let articles = ["a", "an", "the"].map(\.unicodeScalars)
}
