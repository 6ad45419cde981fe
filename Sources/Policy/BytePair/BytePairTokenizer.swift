internal import OrderedJSON

/// Byte-level byte-pair encoding, as GPT-2, Qwen2, Qwen3, Llama 3 and SmolLM2 use it.
///
/// Text is cut into words (``WordSplitting``), each word into bytes, and neighbouring tokens are
/// joined by the merge of lowest rank, leftmost first, until none applies. Every text can be
/// encoded, and without normalization the bytes of the ids are the bytes of the text.
///
///     let tokenizer = try BytePairTokenizer(contentsOf: "model/tokenizer.json")
///     let ids = tokenizer.encode("Who wrote Middlemarch?<|im_end|>")
///
/// - Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units";
///   Radford et al. 2019 (GPT-2) for bytes.
/// - Differs: from the `tokenizers` library in that no post-processor is ever applied: `encode`
///   adds no token that the text doesn't hold.
public struct BytePairTokenizer: Tokenizer {
  /// How many ids there are, added tokens included.
  public let vocabularyCount: Int
  /// Tokens matched in text before anything else, ascending by id.
  public let addedTokens: [AddedToken]
  /// How text is cut into words.
  public let splitting: WordSplitting
  /// Whether text is brought into Unicode normalization form C first (Qwen does).
  public let composesCanonically: Bool

  let vocabulary: BytePairVocabulary
  let merges: MergeTable
  /// Whether a word that is a token as a whole is taken as such, whatever the merges say.
  let prefersWholeWords: Bool
  /// Carried along from and to the file, never applied.
  let postProcessor: JSONValue?

  private let byteTokens: [Int32]
  private let wholeWords: [[UInt8]: Int32]
  private let matcher: AddedTokenMatcher
  private let addedIDs: [[UInt8]: Int32]

  init(
    vocabulary: BytePairVocabulary, merges: [Merge], splitting: WordSplitting,
    composesCanonically: Bool = false, prefersWholeWords: Bool = false,
    postProcessor: JSONValue? = nil
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    self.merges = MergeTable(merges)
    self.splitting = splitting
    self.composesCanonically = composesCanonically
    self.prefersWholeWords = prefersWholeWords
    self.postProcessor = postProcessor
    vocabularyCount = vocabulary.count
    addedTokens = vocabulary.addedTokens
    byteTokens = try vocabulary.byteTokens()
    wholeWords = prefersWholeWords ? vocabulary.modelTokens() : [:]
    matcher = AddedTokenMatcher(vocabulary.addedTokens)
    addedIDs = Dictionary(
      vocabulary.addedTokens.map { (Array($0.text.utf8), $0.id) },
      uniquingKeysWith: { first, _ in
        first
      })
  }

  /// The ids of a text; none for an empty text.
  ///
  /// Added tokens written out in the text become their one id, the longest where several match.
  /// Takes O(n log n) at worst, for a text that is one long word.
  public func encode(_ text: String) -> [Int32] {
    let bytes = Array(text.utf8)
    var output: [Int32] = []
    output.reserveCapacity(bytes.count / 3 + 1)
    var merger = WordMerger()
    var start = 0
    while let match = matcher.firstMatch(in: bytes, from: start) {
      encode(bytes, start..<match.range.lowerBound, &merger, into: &output)
      output.append(match.id)
      start = match.range.upperBound
    }
    encode(bytes, start..<bytes.count, &merger, into: &output)
    return output
  }

  /// Appends the ids of a stretch without added tokens.
  private func encode(
    _ bytes: [UInt8], _ range: Range<Int>, _ merger: inout WordMerger, into output: inout [Int32]
  ) {
    var bytes = bytes
    var range = range
    if composesCanonically, !range.isEmpty {
      bytes = canonicallyComposed(Array(bytes[range]))
      range = bytes.indices
    }
    splitting.forEachWord(in: bytes, range) { word in
      if prefersWholeWords, let id = wholeWords[Array(bytes[word])] {
        output.append(id)
      } else {
        merger.merge(
          bytes[word].lazy.map { byteTokens[Int($0)] }, by: merges, into: &output)
      }
    }
  }

  /// The bytes one id stands for, in constant time; empty for an id outside the vocabulary.
  public func bytes(of id: Int32) -> [UInt8] { Array(vocabulary.bytes(of: id)) }

  /// The id of an added token by its exact text, or `nil`.
  public func specialToken(_ text: String) -> Int32? { addedIDs[Array(text.utf8)] }
}
