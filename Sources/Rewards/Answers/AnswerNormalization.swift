/// How answers are made comparable before they are compared.
///
/// The steps, in this order: lower case; punctuation; the articles a, an and the; blanks. All of
/// them work on Unicode scalars, and nothing is composed or decomposed: two spellings of é that
/// look alike stay different answers. Systems differ in these steps and their scores with them, so
/// a normalization is a value and not one function for all. `The U.S.S.R.` becomes
///
///     standard        ussr
///     r1Searcher      u s s r
///     deepResearcher  the u s s r
///
/// - Source: SQuAD's evaluation script; Search-R1, verl/utils/reward_score/qa_em.py.
public struct AnswerNormalization: Sendable, Hashable, Codable {
  /// What happens to punctuation marks.
  public enum Punctuation: String, Sendable, Hashable, Codable, CaseIterable {
    /// `U.S.A.` becomes `usa`.
    case deleted
    /// `U.S.A.` becomes `u s a`.
    case replacedBySpace
    /// `U.S.A.` becomes `u.s.a.`.
    case kept
  }

  /// What counts as a punctuation mark; all other marks stay.
  public enum Marks: String, Sendable, Hashable, Codable, CaseIterable {
    /// The 32 marks of ASCII.
    case ascii
    /// Those, and the quotation marks ‘ ’ and the acute accent ´.
    case asciiAndQuotes
  }

  /// Whether letters become small ones.
  public var lowercases: Bool
  /// What happens to punctuation.
  public var punctuation: Punctuation
  /// What punctuation is.
  public var marks: Marks
  /// Whether the words a, an and the are left out.
  ///
  /// A word ends where letters, numbers and underscores end, so `the1` stays.
  public var removesArticles: Bool

  /// A normalization.
  public init(
    lowercases: Bool = true, punctuation: Punctuation = .deleted, marks: Marks = .ascii,
    removesArticles: Bool = true
  ) {
    self.lowercases = lowercases
    self.punctuation = punctuation
    self.marks = marks
    self.removesArticles = removesArticles
  }

  /// Punctuation deleted, articles left out: SQuAD, Search-R1, AutoRefine, ARPO, MMSearch-R1.
  public static let standard = AnswerNormalization()

  /// Punctuation, typographic quotes with it, becomes spaces; articles are left out.
  ///
  /// - Source: R1-Searcher, train/reward_server_qwen_zero.py.
  public static let r1Searcher = AnswerNormalization(
    punctuation: .replacedBySpace, marks: .asciiAndQuotes)

  /// Punctuation becomes spaces, articles stay.
  ///
  /// - Source: DeepResearcher, verl/utils/reward_score/format_and_f1.py.
  public static let deepResearcher = AnswerNormalization(
    punctuation: .replacedBySpace, removesArticles: false)

  /// The text in comparable form; empty for a text of articles and punctuation.
  ///
  /// Normalizing twice is normalizing once, except where the lower case of a letter has a lower
  /// case of its own. Takes time proportional to the text.
  public func normalized(_ text: String) -> String { comparable(text).text }

  /// The words of the comparable form.
  public func tokens(of text: String) -> [String] {
    comparable(text).words.map(\.string)
  }

  /// The text in a form that is made once and compared often.
  public func comparable(_ text: String) -> ComparableAnswer {
    ComparableAnswer(utf8: withForm(of: text) { Array($0) })
  }
}
