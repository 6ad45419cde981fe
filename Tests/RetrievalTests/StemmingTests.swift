import Retrieval
import Testing

@Suite("Stemming")
struct StemmingTests {
  @Test(
    "words come down to the stems of the published algorithm",
    arguments: [
      ("consistently", "consist"), ("consolation", "consol"), ("knightly", "knight"),
      ("cried", "cri"), ("ties", "tie"), ("gas", "gas"), ("kiwis", "kiwi"), ("glasses", "glass"),
      ("hopping", "hop"), ("hoping", "hope"), ("added", "add"), ("egging", "egg"),
      ("sky", "sky"), ("say", "say"), ("by", "by"), ("cry", "cri"), ("dying", "die"),
      ("evening", "evening"), ("inning", "inning"), ("exceed", "exceed"), ("agreed", "agre"),
      ("generate", "generat"), ("general", "general"), ("geologist", "geolog"),
      ("geology", "geolog"), ("pasting", "paste"), ("university", "universiti"), ("youth", "youth"),
      ("vying", "vie"), ("bed", "bed"), ("be", "be"), ("luxuriated", "luxuri"), ("fizzed", "fizz"),
      ("'tis'", "tis"), ("naïveness", "naïv"),
    ])
  func stems(word: String, stem: String) {
    #expect(Stemming.snowballEnglish.stem(word) == stem)
  }

  @Test("stemming a stemmed text differs from none only by stems")
  func none() {
    #expect(Stemming.none.stem("boats") == "boats")
    #expect(TextAnalyzer.english.terms(in: "The boats were floating") == ["boat", "were", "float"])
  }
}
