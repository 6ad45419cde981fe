/// The English stemmer of the Snowball project, known as Porter2, in its third version.
///
/// Words in lower case come in; a `y` that acts as a consonant is written `Y` in between. Regions
/// are counted in scalars from the start of the word and stay put while its end changes.
///
/// - Source: snowballstem/snowball, algorithms/english.sbl (3.1).
struct SnowballEnglish {
  /// The stem of a word in lower case; words of one or two scalars are their own stems.
  static func stem(_ word: String) -> String {
    if let exception = exceptions[word] { return exception }
    let scalars = Array(word.unicodeScalars)
    guard scalars.count > 2 else { return word }
    var stemmer = SnowballEnglish(scalars)
    stemmer.removePlural()
    stemmer.removePastAndParticiple()
    stemmer.turnFinalY()
    stemmer.apply(derivations, region: stemmer.region1)
    stemmer.apply(adjectives, region: stemmer.region1)
    stemmer.apply(residues, region: stemmer.region1)
    stemmer.removeFinalLetter()
    return stemmer.text
  }

  private var word: [Unicode.Scalar]
  /// Where the part after the first consonant that follows a vowel begins.
  private var region1: Int
  /// The same within the first region.
  private var region2: Int

  private init(_ scalars: [Unicode.Scalar]) {
    word = scalars
    if word.first == "'" { word.removeFirst() }
    for index in word.indices where word[index] == "y" {
      if index == 0 || Self.isVowel(word[index - 1]) { word[index] = "Y" }
    }
    region1 = word.count
    region2 = word.count
    let prefix = Self.wholePrefixes.first { word.starts(with: $0) }
    guard let start = prefix?.count ?? consonantAfterVowel(from: 0) else { return }
    region1 = start
    region2 = consonantAfterVowel(from: start) ?? word.count
  }

  private var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: word.lazy.map { $0 == "Y" ? "y" : $0 })
    return String(view)
  }
}

// MARK: Steps

extension SnowballEnglish {
  private mutating func removePlural() {
    if let suffix = longest(of: Self.apostrophes) { word.removeLast(suffix.count) }
    switch longest(of: Self.plurals).map(Self.string) {
    case "sses": word.removeLast(2)
    case "ied", "ies": word.removeLast(word.count >= 5 ? 2 : 1)
    case "s":
      if word.dropLast(2).contains(where: Self.isVowel) { word.removeLast() }
    default: break
    }
  }

  private mutating func removePastAndParticiple() {
    guard let suffix = longest(of: Self.participles) else { return }
    let stem = word.dropLast(suffix.count)
    switch Self.string(suffix) {
    case "eed", "eedly":
      guard stem.count >= region1, !Self.wordsInEed.contains(Self.string(stem)) else { return }
      word = stem + ["e", "e"]
      return
    case "ing":
      if stem.count == 2, stem[1] == "y", !Self.isVowel(stem[0]) {
        word = [stem[0], "i", "e"]
        return
      }
      if Self.wordsInIng.contains(Self.string(stem)) { return }
    default: break
    }
    guard stem.contains(where: Self.isVowel) else { return }
    word = Array(stem)
    if longest(of: Self.endingsThatLostAnE) != nil {
      word.append("e")
    } else if let last = word.last, Self.doubled.contains(last), word.dropLast().last == last {
      let isWholeWord = word.count == 3 && ["a", "e", "o"].contains(word[0])
      if !isWholeWord { word.removeLast() }
    } else if word.count == region1, endsInShortSyllable(before: word.count) {
      word.append("e")
    }
  }

  private mutating func turnFinalY() {
    let count = word.count
    guard count > 2, word[count - 1] == "y" || word[count - 1] == "Y",
      !Self.isVowel(word[count - 2])
    else { return }
    word[count - 1] = "i"
  }

  /// Replaces the longest suffix of a table that the word ends in, if its rule allows.
  private mutating func apply(_ rules: [Rule], region: Int) {
    guard let rule = rules.first(where: { word.ends(with: $0.suffix) }) else { return }
    let stem = word.dropLast(rule.suffix.count)
    guard stem.count >= (rule.needsRegion2 ? region2 : region) else { return }
    if let before = rule.before {
      guard let last = stem.last, before.contains(last) else { return }
    }
    word = stem + rule.replacement
  }

  private mutating func removeFinalLetter() {
    let stem = word.count - 1
    switch word.last {
    case "e":
      if stem >= region2 || (stem >= region1 && !endsInShortSyllable(before: stem)) {
        word.removeLast()
      }
    case "l":
      if stem >= region2, stem > 0, word[stem - 1] == "l" { word.removeLast() }
    default: break
    }
  }
}

// MARK: Letters

extension SnowballEnglish {
  private static func isVowel(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a", "e", "i", "o", "u", "y": true
    default: false
    }
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The position after the first consonant that follows a vowel.
  private func consonantAfterVowel(from start: Int) -> Int? {
    guard let vowel = word[start...].firstIndex(where: Self.isVowel) else { return nil }
    return word[vowel...].firstIndex { !Self.isVowel($0) }.map { $0 + 1 }
  }

  private func endsInShortSyllable(before end: Int) -> Bool {
    if end >= 2, !Self.isVowel(word[end - 1]), Self.isVowel(word[end - 2]) {
      if end == 2 { return true }
      if !["w", "x", "Y"].contains(word[end - 1]), !Self.isVowel(word[end - 3]) { return true }
    }
    return word[..<end].ends(with: Self.past)
  }

  private func longest(of suffixes: [[Unicode.Scalar]]) -> [Unicode.Scalar]? {
    suffixes.first { word.ends(with: $0) }
  }
}

extension BidirectionalCollection<Unicode.Scalar> {
  fileprivate func ends(with suffix: [Unicode.Scalar]) -> Bool {
    reversed().starts(with: suffix.reversed())
  }
}

// MARK: Tables, longer suffixes before the shorter ones they end in

extension SnowballEnglish {
  /// What becomes of a suffix, under which conditions.
  private struct Rule {
    let suffix: [Unicode.Scalar]
    let replacement: [Unicode.Scalar]
    /// Letters one of which must stand before the suffix.
    var before: [Unicode.Scalar]?
    var needsRegion2 = false
  }

  private static func scalars(_ words: String) -> [[Unicode.Scalar]] {
    words.unicodeScalars.split(separator: " ").map(Array.init)
  }

  /// Rules that turn each of some suffixes into the same ending.
  private static func rules(
    _ suffixes: String, to ending: String = "", after letters: String? = nil,
    inRegion2: Bool = false
  ) -> [Rule] {
    scalars(suffixes).map {
      Rule(
        suffix: $0, replacement: Array(ending.unicodeScalars),
        before: letters.map { Array($0.unicodeScalars) }, needsRegion2: inRegion2)
    }
  }

  private static func longestFirst(_ rules: [Rule]...) -> [Rule] {
    rules.joined().sorted { $0.suffix.count > $1.suffix.count }
  }

  private static let derivations = longestFirst(
    rules("tional", to: "tion"), rules("enci", to: "ence"), rules("anci", to: "ance"),
    rules("abli", to: "able"), rules("entli", to: "ent"), rules("izer ization", to: "ize"),
    rules("ational ation ator", to: "ate"), rules("alism aliti alli", to: "al"),
    rules("fulness fulli", to: "ful"), rules("ousli ousness", to: "ous"),
    rules("iveness iviti", to: "ive"), rules("biliti bli", to: "ble"), rules("ogist", to: "og"),
    rules("ogi", to: "og", after: "l"), rules("lessli", to: "less"),
    rules("li", after: "cdeghkmnrt"))

  private static let adjectives = longestFirst(
    rules("tional", to: "tion"), rules("ational", to: "ate"), rules("alize", to: "al"),
    rules("icate iciti ical", to: "ic"), rules("ful ness"), rules("ative", inRegion2: true))

  private static let residues = longestFirst(
    rules(
      "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize", inRegion2: true),
    rules("ion", after: "st", inRegion2: true))

  private static let apostrophes = scalars("'s' 's '")
  private static let plurals = scalars("sses ied ies us ss s")
  private static let participles = scalars("eedly ingly edly eed ing ed")
  private static let endingsThatLostAnE = scalars("at bl iz")
  private static let doubled: [Unicode.Scalar] = ["b", "d", "f", "g", "m", "n", "p", "r", "t"]
  private static let past: [Unicode.Scalar] = ["p", "a", "s", "t"]
  private static let wholePrefixes = scalars(
    "gener commun arsen past univers later emerg organ inter")
  private static let wordsInEed: Set<String> = ["proc", "exc", "succ"]
  private static let wordsInIng: Set<String> = ["inn", "out", "cann", "herr", "earr", "even"]

  private static let exceptions: [String: String] = [
    "skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli",
    "early": "earli", "only": "onli", "singly": "singl", "sky": "sky", "news": "news",
    "howe": "howe", "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
  ]
}
