import Retrieval
import Testing

@Suite("Text analyzer")
struct TextAnalyzerTests {
  @Test(
    "words are runs of letters, numbers and underscores",
    arguments: [
      ("The B12-deficient mice.", ["b12", "deficient", "mice"]),
      ("snake_case x y2", ["snake_case", "y2"]),
      ("Straße ÉCOLE 東京 Москва", ["straße", "école", "東京", "москва"]),
      ("ΣΊΣΥΦΟΣ", ["σίσυφος"]),
      // A combining mark is no letter: it ends the word.
      ("ecole\u{301}s nai\u{308}ve", ["ecole", "nai", "ve"]),
      ("½ ⅔⅓ ①②", ["⅔⅓", "①②"]),
      ("", []), (" \n\t", []),
    ])
  func words(text: String, expected: [String]) {
    #expect(TextAnalyzer.standard.terms(in: text) == expected)
  }

  @Test("the unigram analyzer keeps short words and stop words")
  func unigrams() {
    #expect(TextAnalyzer.unigrams.terms(in: "It is a B.") == ["it", "is", "a", "b"])
  }

  @Test("case is kept on request")
  func keepsCase() {
    let analyzer = TextAnalyzer(lowercases: false)
    #expect(analyzer.terms(in: "Ada LOVELACE") == ["Ada", "LOVELACE"])
  }

  @Test("analysing terms again changes nothing without a stemmer")
  func idempotent() {
    let terms = TextAnalyzer.standard.terms(in: "Grey boats, in the harbour; ΑΣ İstanbul 3.14 a_b")
    #expect(TextAnalyzer.standard.terms(in: terms.joined(separator: " ")) == terms)
  }
}
