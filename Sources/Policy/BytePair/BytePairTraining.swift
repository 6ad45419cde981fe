extension BytePairTokenizer {
  /// Learns a vocabulary from text.
  ///
  /// Ids 0 to 255 are the bytes, then come the merges in the order learned, then the special
  /// tokens. Each merge joins the pair of neighbours that is most frequent in the words counted so
  /// far; ties go to the lowest pair of ids, so the same texts in any order give the same
  /// tokenizer. A pair seen once teaches nothing: learning ends early when only such are left, and
  /// ``vocabularyCount`` is then lower than asked for.
  ///
  /// Two ids never stand for the same bytes: between two token borders every merge so far has seen
  /// those bytes alone, so equal bytes were always joined in the same way.
  ///
  /// - Parameters:
  ///   - texts: What to learn from. Special tokens in it are skipped over.
  ///   - vocabularyCount: How many ids to end with, special tokens included.
  ///   - specialTokens: Markup that is never split.
  ///   - splitting: How text is cut into words.
  /// - Precondition: `vocabularyCount` is at least 256 and one per special token; special tokens
  ///   are distinct, not empty, and longer than any token learned that spells them.
  /// - Complexity: O(bytes) to count words, then for each merge O(bytes of the distinct words that
  ///   hold the pair).
  public static func train(
    on texts: some Sequence<String>, vocabularyCount: Int, specialTokens: [String] = [],
    splitting: WordSplitting = .qwen2
  ) -> BytePairTokenizer {
    precondition(
      vocabularyCount >= 256 + specialTokens.count,
      "256 bytes and \(specialTokens.count) special tokens need more than \(vocabularyCount) ids")
    precondition(
      Set(specialTokens.map { Array($0.utf8) }).count == specialTokens.count
        && specialTokens.allSatisfy { !$0.isEmpty },
      "special tokens must be distinct and not empty: \(specialTokens)")
    let skipped = AddedTokenMatcher(specialTokens.map { AddedToken(id: 0, text: $0) })
    var learner = BytePairLearner(
      wordCounts: WordCounts(texts, splitting: splitting, skipping: skipped))
    learner.learn(tokenCount: vocabularyCount - specialTokens.count)
    for text in specialTokens {
      // A file could not tell the two apart.
      precondition(
        !(ByteAlphabet.bytes(of: text).map(learner.tokens.contains) ?? false),
        "special token \"\(text)\" is written like a token learned from text; make it longer")
    }
    let tokens = learner.tokens
    let added = specialTokens.enumerated().map { offset, text in
      AddedToken(id: Int32(tokens.count + offset), text: text)
    }
    let vocabulary = BytePairVocabulary(
      tokens: tokens + added.map { Array($0.text.utf8) }, addedTokens: added,
      addedBeside: Set(added.map(\.id)))
    do {
      return try BytePairTokenizer(
        vocabulary: vocabulary, merges: learner.merges, splitting: splitting)
    } catch {
      preconditionFailure("every byte has its id: \(error)")
    }
  }
}

/// Distinct words with how often they occur.
private struct WordCounts {
  var words: [[UInt8]] = []
  var counts: [Int] = []
  private var positions: [[UInt8]: Int] = [:]

  init(
    _ texts: some Sequence<String>, splitting: WordSplitting, skipping skipped: AddedTokenMatcher
  ) {
    for text in texts {
      let bytes = Array(text.utf8)
      var start = 0
      while let match = skipped.firstMatch(in: bytes, from: start) {
        splitting.forEachWord(in: bytes, start..<match.range.lowerBound) { count(bytes[$0]) }
        start = match.range.upperBound
      }
      splitting.forEachWord(in: bytes, start..<bytes.count) { count(bytes[$0]) }
    }
  }

  private mutating func count(_ word: ArraySlice<UInt8>) {
    let word = Array(word)
    if let position = positions[word] {
      counts[position] += 1
    } else {
      positions[word] = words.count
      words.append(word)
      counts.append(1)
    }
  }
}

/// Finds merges by the counts of pairs, kept up to date word by word.
private struct BytePairLearner {
  /// A pair with the count it had when proposed; the most frequent, then the lowest, comes first.
  private struct Candidate: Comparable {
    let count: Int
    let pair: TokenPair

    static func < (left: Candidate, right: Candidate) -> Bool {
      left.count != right.count ? left.count > right.count : left.pair < right.pair
    }
  }

  private(set) var merges: [Merge] = []
  /// The bytes of each id.
  private(set) var tokens = (UInt8.min...UInt8.max).map { [$0] }
  private var words: [[Int32]]
  private let wordCounts: [Int]
  private var pairCounts: [TokenPair: Int] = [:]
  /// Words that hold a pair, or once did.
  private var wordsOfPair: [TokenPair: [Int]] = [:]
  private var candidates = Heap<Candidate>()

  private static let minimumPairCount = 2

  init(wordCounts: WordCounts) {
    words = wordCounts.words.map { $0.map(Int32.init) }
    self.wordCounts = wordCounts.counts
    for word in words.indices {
      for (left, right) in zip(words[word], words[word].dropFirst()) {
        pairCounts[TokenPair(left, right), default: 0] += wordCounts.counts[word]
      }
      file(word) { _ in true }
    }
    candidates = Heap(pairCounts.map { Candidate(count: $0.value, pair: $0.key) })
  }

  mutating func learn(tokenCount: Int) {
    while tokens.count < tokenCount, let candidate = candidates.pop(),
      candidate.count >= Self.minimumPairCount
    {
      let count = pairCounts[candidate.pair] ?? 0
      guard count == candidate.count else {
        // Counts only fall behind a candidate's back; when they rise, it is proposed anew.
        if count < candidate.count {
          candidates.push(Candidate(count: count, pair: candidate.pair))
        }
        continue
      }
      let bytes = tokens[Int(candidate.pair.left)] + tokens[Int(candidate.pair.right)]
      let merge = Merge(pair: candidate.pair, result: Int32(tokens.count))
      tokens.append(bytes)
      merges.append(merge)
      apply(merge)
    }
  }

  private mutating func apply(_ merge: Merge) {
    var changes: [TokenPair: Int] = [:]
    for word in wordsOfPair.removeValue(forKey: merge.pair) ?? [] {
      let merged = Self.applying(merge, to: words[word])
      guard merged.count < words[word].count else { continue }
      add(word, times: -1, to: &changes)
      words[word] = merged
      add(word, times: 1, to: &changes)
      file(word) { $0.left == merge.result || $0.right == merge.result }
    }
    for (pair, change) in changes where change != 0 {
      let count = pairCounts[pair, default: 0] + change
      pairCounts[pair] = count == 0 ? nil : count
      if change > 0 { candidates.push(Candidate(count: count, pair: pair)) }
    }
  }

  /// Adds the occurrences of a word's pairs to `counts`.
  private func add(_ word: Int, times sign: Int, to counts: inout [TokenPair: Int]) {
    for (left, right) in zip(words[word], words[word].dropFirst()) {
      counts[TokenPair(left, right), default: 0] += sign * wordCounts[word]
    }
  }

  /// Files a word under those of its pairs that are new to it.
  private mutating func file(_ word: Int, where isNew: (TokenPair) -> Bool) {
    for (left, right) in zip(words[word], words[word].dropFirst()) {
      let pair = TokenPair(left, right)
      if isNew(pair), wordsOfPair[pair]?.last != word {
        wordsOfPair[pair, default: []].append(word)
      }
    }
  }

  private static func applying(_ merge: Merge, to word: [Int32]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(word.count)
    var position = 0
    while position < word.count {
      if word[position] == merge.pair.left, position + 1 < word.count,
        word[position + 1] == merge.pair.right
      {
        result.append(merge.result)
        position += 2
      } else {
        result.append(word[position])
        position += 1
      }
    }
    return result
  }
}
