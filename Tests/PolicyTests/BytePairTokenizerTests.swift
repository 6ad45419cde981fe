import OrderedJSON
import Policy
import RandomStreams
import Testing

let corpus = [
  "the cat sat on the mat, the cat sat on the hat", "low lower lowest newer newest wide wider",
  "Who wrote Middlemarch? It's George Eliot's; she'd written 7 novels by 1876.\n\n",
  "naïve café 東京 東京 😀😀 \t\ttabs  and   spaces\r\n",
]

@Suite("Byte-pair tokenizer")
struct BytePairTokenizerTests {
  let tokenizer = BytePairTokenizer.train(
    on: corpus, vocabularyCount: 330, specialTokens: ["<|im_start|>", "<|im_end|>", "<|im|>"])

  @Test("merges are learned by count, ties by the lowest pair of ids")
  func trainedMerges() {
    // "aab" ×2 and "ab": (a,b) occurs 3 times, then (a,ab) twice, then nothing more than once.
    let tokenizer = BytePairTokenizer.train(on: ["aab\naab", "ab"], vocabularyCount: 400)
    #expect(tokenizer.vocabularyCount == 258)
    #expect(tokenizer.bytes(of: 256) == Array("ab".utf8))
    #expect(tokenizer.bytes(of: 257) == Array("aab".utf8))
    let tie = BytePairTokenizer.train(on: ["ba ba", "ab\nab"], vocabularyCount: 257)
    #expect(tie.bytes(of: 256) == Array("ab".utf8))
  }

  @Test("learning finds the merges that counting anew each time finds")
  func trainedAsByCounting() {
    var stream = RandomStream(seed: 2)
    let words = (0..<200).map { _ in
      String(decoding: (0..<16).map { _ in UInt8(97 + stream.index(below: 2)) }, as: UTF8.self)
    }
    let tokenizer = BytePairTokenizer.train(on: words, vocabularyCount: 420)
    var texts = words.map { $0.utf8.map(Int32.init) }
    var known = Set((0..<256).map { [UInt8($0)] })
    for id in 256..<Int32(tokenizer.vocabularyCount) {
      var counts: [[Int32]: Int] = [:]
      for text in texts {
        for pair in zip(text, text.dropFirst()) { counts[[pair.0, pair.1], default: 0] += 1 }
      }
      let most = counts.values.max() ?? 0
      let ties = counts.filter { $0.value == most }.keys
      guard let pair = ties.min(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }), most >= 2 else { break }
      #expect(tokenizer.bytes(of: id) == pair.flatMap(tokenizer.bytes), "id \(id)")
      known.insert(tokenizer.bytes(of: id))
      texts = texts.map { text in
        text.reduce(into: []) { merged, token in
          if merged.last == pair[0], token == pair[1] {
            merged[merged.count - 1] = id
          } else {
            merged.append(token)
          }
        }
      }
    }
    #expect(zip(words, texts).allSatisfy { tokenizer.encode($0) == $1 })
    #expect(tokenizer.vocabularyCount == known.count)
    #expect((try? BytePairTokenizer(json: tokenizer.json()))?.vocabularyCount == known.count)
  }

  @Test("a special token that a file could not tell from a byte stops the caller")
  func ambiguousSpecialToken() async {
    await #expect(processExitsWith: .failure) {
      _ = BytePairTokenizer.train(on: [], vocabularyCount: 300, specialTokens: ["é"])
    }
  }

  @Test("the order of texts does not change what is learned")
  func orderOfTexts() {
    let reversed = BytePairTokenizer.train(
      on: corpus.reversed(), vocabularyCount: 330,
      specialTokens: ["<|im_start|>", "<|im_end|>", "<|im|>"])
    #expect(reversed.json() == tokenizer.json())
  }

  @Test("merges apply by rank, leftmost first")
  func mergesByRank() throws {
    // Ranks: b+c, a+b, aa… "abc" merges b+c first although a+b stands further left.
    let tokenizer = try BytePairTokenizer(
      json: tokenizerJSON(
        tokens: ["bc", "ab", "aa"], merges: [("b", "c"), ("a", "b"), ("a", "a")]))
    #expect(tokenizer.encode("abc").map(tokenizer.bytes) == ["a", "bc"].map { Array($0.utf8) })
    #expect(tokenizer.encode("aaa").map(tokenizer.bytes) == ["aa", "a"].map { Array($0.utf8) })
    #expect(tokenizer.encode("aab").map(tokenizer.bytes) == ["a", "ab"].map { Array($0.utf8) })
  }

  @Test("the bytes of a text's ids are the bytes of the text", arguments: WordSplitting.allCases)
  func roundTrip(splitting: WordSplitting) {
    let tokenizer = BytePairTokenizer.train(on: corpus, vocabularyCount: 300, splitting: splitting)
    var stream = RandomStream(seed: 5)
    for _ in 0..<300 {
      let text = randomText(&stream)
      let ids = tokenizer.encode(text)
      let (bytes, offsets) = tokenizer.text(of: ids)
      #expect(bytes == Array(text.utf8))
      #expect(offsets.count == ids.count + 1)
      #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularyCount })
    }
  }

  @Test("a special token in a text is one id, the longest where several match")
  func specialTokens() throws {
    let start = try #require(tokenizer.specialToken("<|im_start|>"))
    let end = try #require(tokenizer.specialToken("<|im_end|>"))
    let short = try #require(tokenizer.specialToken("<|im|>"))
    #expect(Set([start, end, short]).count == 3)
    #expect(tokenizer.encode("<|im_start|><|im|><|im_end|>") == [start, short, end])
    #expect(
      tokenizer.encode("the<|im_end|>cat") == tokenizer.encode("the") + [end]
        + tokenizer.encode("cat"))
    #expect(!tokenizer.encode("<|im_en d|> <|im").contains { $0 >= short })
    #expect(tokenizer.decode([start, end]) == "<|im_start|><|im_end|>")
    #expect(tokenizer.specialToken("the") == nil)
  }

  @Test("a special token that begins another gives way to it")
  func longestSpecialToken() throws {
    for order in [["<a>", "<a><b>"], ["<a><b>", "<a>"]] {
      let tokenizer = BytePairTokenizer.train(on: [], vocabularyCount: 258, specialTokens: order)
      let short = try #require(tokenizer.specialToken("<a>"))
      let long = try #require(tokenizer.specialToken("<a><b>"))
      #expect(tokenizer.encode("<a><a><b>") == [short, long])
    }
  }

  @Test("white space before a special token is cut as at the end of a text")
  func spaceBeforeSpecialToken() throws {
    let end = try #require(tokenizer.specialToken("<|im_end|>"))
    #expect(tokenizer.encode("a   <|im_end|>") == tokenizer.encode("a   ") + [end])
  }

  @Test("every digit is a token of its own")
  func digits() {
    #expect(tokenizer.encode("1876").count == 4)
    #expect(tokenizer.decode(tokenizer.encode("1876")) == "1876")
  }

  @Test("ids outside the vocabulary have no bytes, and an empty text no ids")
  func outside() {
    #expect(tokenizer.bytes(of: -1).isEmpty)
    #expect(tokenizer.bytes(of: Int32(tokenizer.vocabularyCount)).isEmpty)
    #expect(tokenizer.bytes(of: .max).isEmpty)
    #expect(tokenizer.encode("").isEmpty)
  }

  @Test("written and read again, a tokenizer is the same", arguments: WordSplitting.allCases)
  func saveAndLoad(splitting: WordSplitting) throws {
    let tokenizer = BytePairTokenizer.train(
      on: corpus, vocabularyCount: 320, specialTokens: ["<|é|>"], splitting: splitting)
    let again = try BytePairTokenizer(json: tokenizer.json())
    #expect(again.json() == tokenizer.json())
    #expect(again.splitting == splitting)
    #expect(again.addedTokens == tokenizer.addedTokens)
    for text in corpus + ["x<|é|>y"] { #expect(again.encode(text) == tokenizer.encode(text)) }
    for id in 0..<Int32(tokenizer.vocabularyCount) {
      #expect(again.bytes(of: id) == tokenizer.bytes(of: id))
    }
  }

  @Test("a word of a hundred thousand letters takes a moment, not an hour")
  func longWord() {
    let text = String(repeating: "the", count: 33_000)
    let ids = tokenizer.encode(text)
    #expect(tokenizer.text(of: ids).bytes.count == 99_000)
    #expect(ids.count < 99_000)
  }

  @Test("normalization composes characters where the file asks for it")
  func normalization() throws {
    let json = tokenizerJSON(tokens: [], merges: []) { $0["normalizer"] = ["type": "NFC"] }
    let tokenizer = try BytePairTokenizer(json: json)
    #expect(tokenizer.composesCanonically)
    #expect(tokenizer.encode("e\u{301}") == tokenizer.encode("\u{e9}"))
    #expect(tokenizer.text(of: tokenizer.encode("\u{e9}")).bytes == [0xc3, 0xa9])
  }

  @Test("a whole word beats the merges only where the file says so")
  func wholeWords() throws {
    let merges = [("b", "c")]
    let plain = try BytePairTokenizer(json: tokenizerJSON(tokens: ["bc", "abc"], merges: merges))
    let whole = try BytePairTokenizer(
      json: tokenizerJSON(tokens: ["bc", "abc"], merges: merges) { root in
        var model = root["model"]?.object ?? [:]
        model["ignore_merges"] = true
        root["model"] = .object(model)
      })
    #expect(plain.encode("abc").count == 2)
    #expect(whole.encode("abc").count == 1)
  }
}

@Suite("Tokenizer files that are refused")
struct TokenizerFileTests {
  @discardableResult
  private func error(_ change: (inout JSONObject) -> Void) -> TokenizerError? {
    #expect(throws: TokenizerError.self) {
      try BytePairTokenizer(
        json: tokenizerJSON(tokens: ["ab"], merges: [("a", "b")], changing: change))
    }
  }

  private func changingModel(_ field: String, _ value: JSONValue?) -> TokenizerError? {
    error { root in
      var model = root["model"]?.object ?? [:]
      model[field] = value
      root["model"] = .object(model)
    }
  }

  private func changingVocabulary(_ token: String, _ id: JSONValue?) -> TokenizerError? {
    error { root in
      var model = root["model"]?.object ?? [:]
      var vocabulary = model["vocab"]?.object ?? [:]
      vocabulary[token] = id
      model["vocab"] = .object(vocabulary)
      root["model"] = .object(model)
    }
  }

  @Test("a file that is not JSON, not there, or lacks a part")
  func missing() {
    #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: Array("{".utf8)) }
    #expect(throws: TokenizerError.self) { try BytePairTokenizer(json: Array("[]".utf8)) }
    #expect(throws: TokenizerError.self) { try BytePairTokenizer(contentsOf: "/nowhere/at.all") }
    #expect(error { $0["model"] = nil } == .missingField("model"))
    #expect(error { $0["pre_tokenizer"] = nil } == .missingField("pre_tokenizer"))
    #expect(changingModel("vocab", nil) == .missingField("model.vocab"))
    #expect(changingModel("merges", nil) == .missingField("model.merges"))
    #expect(
      changingModel("merges", ["a"])
        == .malformedField("model.merges[0]", expected: "two tokens"))
  }

  @Test("ids that clash, are missing, or are no ids")
  func ids() {
    #expect(changingVocabulary("xy", 7) == .duplicateID(id: 7, tokens: ["xy", "ć"]))
    #expect(changingVocabulary("xy", 258) == .missingID(id: 257, count: 258))
    #expect(changingVocabulary("xy", 2_000_000_000) == .missingID(id: 257, count: 258))
    #expect(
      changingVocabulary("xy", -1) == .malformedField("model.vocab[\"xy\"]", expected: "an id"))
    #expect(
      changingVocabulary("xy", 1.5) == .malformedField("model.vocab[\"xy\"]", expected: "an id"))
    #expect(
      error { $0["added_tokens"] = [["id": 0, "content": "<x>"]] }
        == .duplicateID(id: 0, tokens: ["Ā", "<x>"]))
    #expect(
      error { $0["added_tokens"] = [["id": 300, "content": "<x>"]] }
        == .missingID(id: 257, count: 258))
  }

  @Test("a byte that no token stands for")
  func missingByte() {
    // The line break (written Ċ) gives its id to a token of two characters.
    let error = error { root in
      var model = root["model"]?.object ?? [:]
      var vocabulary = model["vocab"]?.object ?? [:]
      vocabulary["Ċ"] = nil
      vocabulary["xy"] = 10
      model["vocab"] = .object(vocabulary)
      root["model"] = .object(model)
    }
    #expect(error == .missingByte(10))
  }

  @Test("merges of unknown tokens, and merges twice")
  func merges() {
    #expect(
      changingModel("merges", ["a b", "ab c"]) == .unknownTokenInMerge(index: 1, token: "abc"))
    #expect(
      changingModel("merges", [["qu", "b"]]) == .unknownTokenInMerge(index: 0, token: "qu"))
    #expect(
      changingModel("merges", ["a b", ["a", "b"]])
        == .duplicateMerge(index: 1, pair: ["a", "b"]))
  }

  @Test("what is not supported is named")
  func unsupported() {
    #expect(changingModel("type", "Unigram") == .unsupported("a Unigram model"))
    #expect(changingModel("byte_fallback", true) == .unsupported("model.byte_fallback"))
    #expect(changingModel("end_of_word_suffix", "</w>")?.description.contains("</w>") == true)
    #expect(changingModel("dropout", 0.1)?.description.contains("dropout 0.1") == true)
    let normalizer = error { $0["normalizer"] = ["type": "Lowercase"] }
    #expect(normalizer == .unsupported("a normalizer of type Lowercase"))
    let whitespace = error { $0["pre_tokenizer"] = ["type": "Whitespace"] }
    #expect(whitespace?.description.contains("Whitespace") == true)
    let prefix = error { $0["pre_tokenizer"] = ["type": "ByteLevel", "add_prefix_space": true] }
    #expect(prefix?.description.contains("ByteLevel") == true)
    let added = error {
      $0["added_tokens"] = [["id": 257, "content": "<x>", "lstrip": true]]
    }
    #expect(added?.description.contains("lstrip") == true)
  }
}

/// A small `tokenizer.json`: the bytes are ids 0 to 255, then `tokens`.
func tokenizerJSON(
  tokens: [String], merges: [(String, String)],
  changing change: (inout JSONObject) -> Void = { _ in }
) -> [UInt8] {
  let empty = BytePairTokenizer.train(on: [], vocabularyCount: 256)
  guard var root = (try? JSONValue(parsing: empty.json()))?.object,
    var model = root["model"]?.object, var vocabulary = model["vocab"]?.object
  else { return [] }
  for (index, token) in tokens.enumerated() {
    vocabulary[token] = .number(JSONNumber(256 + index))
  }
  model["vocab"] = .object(vocabulary)
  model["merges"] = .array(merges.map { .string("\($0.0) \($0.1)") })
  root["model"] = .object(model)
  change(&root)
  return JSONValue.object(root).bytes()
}

/// Text with a bit of everything that splitting looks at.
func randomText(_ stream: inout RandomStream) -> String {
  let pieces = [
    "the", " cat", "'s", "'LL", " ", "  ", "\t", "\n", "\r\n", "\u{a0}", "\u{2028}", "7", "½", "٣",
    "é", "e\u{301}", "ß", "ǅ", "東", "京", "😀", "👨‍👩‍👧", ".", "...", " ?!", "\u{0}", "\u{7f}", "'",
    "\u{200b}", "\u{10ffff}", "ﬁ", "'ſ",
  ]
  var text = ""
  for _ in 0..<stream.index(below: 30) { text += stream.choice(pieces) ?? "" }
  return text
}
