internal import RandomStreams

/// The sounds of one family of invented languages.
///
/// Lists what syllables may start with, turn on and end with, and how words may end. An empty
/// string means that nothing is there.
struct WordFlavour: Sendable {
  let onsets: [String]
  let nuclei: [String]
  let codas: [String]
  let endings: [String]

  private init(_ onsets: String, _ nuclei: String, _ codas: String, _ endings: String) {
    self.onsets = Self.parts(onsets)
    self.nuclei = Self.parts(nuclei)
    self.codas = Self.parts(codas)
    self.endings = Self.parts(endings)
  }

  /// Splits at spaces; `-` stands for nothing.
  private static func parts(_ text: String) -> [String] {
    text.split(separator: " ").map { $0 == "-" ? "" : String($0) }
  }

  /// Sixteen families whose letters and letter pairs together are as varied as those of the world's
  /// place names.
  static let all = [
    WordFlavour(
      "b d f g l m n p r s t v c - fl tr", "a e i o u a o ia", "- - - n r l s", "- a ia um is ora"),
    WordFlavour(
      "br vl kr zd st sk dr gr pr b d k l m n r z t v zh", "a e i o u y", "- - v k n sk r j l",
      "ov grad sk ica ava ets"),
    WordFlavour(
      "b k g d w y z dj kp gb t m n s f l nd mb ng", "ou a o e i a oua", "- - - m n ng",
      "- ou dou é so"),
    WordFlavour(
      "kh q gh sh j h z r b d m n s t y", "a i u aa a", "- b d r m n q sh t l", "ah iyya ad an - i"),
    WordFlavour(
      "k q t zh g sh d b s ts ch y m", "y a u i e o", "- rg z k st n r l", "stan bek zia gul yk -"),
    WordFlavour(
      "s t p r c l m n b v qu gu ch g", "a e i o a o", "- - - s n r l", "ão é ós ín ña ara edo ez"),
    WordFlavour(
      "h sk st fr gr kj bj k l r n v hj", "ö ø å e a i o u y ei", "- rg ld n d k ng r l m",
      "vik holm berg land by -"),
    WordFlavour(
      "th ph kh tr v m n l s b p ch ng", "a o u ie uo ai i ea", "- ng n m t k p", "- ong ay anh iet"
    ),
    WordFlavour(
      "t p k m n l f h v - w", "a e i o u ua ao ai", "- - - -", "- lu ti fa ru ki"),
    WordFlavour(
      "w h st br ch sh th bl cl l m n f gr wh sw", "a e i o u ee oo ea", "- ck ll rd nt n mp x",
      "ton ford ster wick ley by ham ough"),
    WordFlavour(
      "sz gy b c d k m n r t v z cs", "á é o i ă e a ö ü", "- ly r n l t s", "ány ești eni ok -"),
    WordFlavour(
      "bh dh sr j k l m n p r t v ch h gh", "a aa i u e o", "- - sh r n t m",
      "pur abad garh ia am ore"),
    WordFlavour(
      "l m n r s c b v d p t ç gl", "a e i o u eau oi", "- - l r n s", "eux ille ance ière ogne et"),
    WordFlavour(
      "x tl ch tz c qu hu m n t p z y", "a e i o u ua", "- - c l n x tz", "tlan pec cal ango -"),
    WordFlavour(
      "k s t n h m y r w g z j ts ky ry", "a i u e o ou", "- - - n", "- ma ka shi to"),
    WordFlavour(
      "b c d f g k l m n p r s t v w y z j h tw sw bw mw", "a e i o u", "- - -",
      "- we ni go ele ane isi"),
  ]

  /// A word of one to four syllables in lower case, of four letters or more.
  ///
  /// At `wildness` 1 one word in five takes each sound from a family of its own, and one in six any
  /// letters at all, so that nobody learns to expect a particular spelling; at 0 no word does.
  static func word(
    upTo longest: Int, wildness: Float, _ stream: inout RandomStream
  ) -> String {
    let base = stream.index(below: all.count)
    let isWild = stream.chance(0.2 * wildness)
    if stream.chance(wildness / 6) { return spelledAtRandom(upTo: longest, &stream) }
    while true {
      let syllables = [1, 2, 2, 2, 2, 3, 3][stream.index(below: 7)]
      var word = ""
      for _ in 0..<syllables {
        word += pick(\.onsets, base, isWild, &stream)
        word += pick(\.nuclei, base, isWild, &stream)
        if stream.chance(0.7) { word += pick(\.codas, base, isWild, &stream) }
      }
      if stream.chance(0.6) { word += pick(\.endings, base, isWild, &stream) }
      if (4...longest).contains(word.count), isPronounceable(word) { return word }
    }
  }

  /// A word of any letters, a little less than half of them vowels and one in twelve with a mark.
  private static func spelledAtRandom(upTo longest: Int, _ stream: inout RandomStream) -> String {
    let (vowels, consonants) = (Array("aeiouy"), Array("bcdfghjklmnpqrstvwxz"))
    let marked = Array("áéíóúãôöüåøçñčšžłđăâêîș")
    while true {
      let count = 4 + stream.index(below: longest - 3)
      let word = String(
        (0..<count).map { _ in
          let letters = stream.chance(1.0 / 12) ? marked : stream.chance(0.45) ? vowels : consonants
          return letters[stream.index(below: letters.count)]
        })
      if isPronounceable(word) { return word }
    }
  }

  private static func pick(
    _ part: KeyPath<WordFlavour, [String]>, _ base: Int, _ isWild: Bool,
    _ stream: inout RandomStream
  ) -> String {
    let flavour = all[isWild ? stream.index(below: all.count) : base]
    return stream.choice(flavour[keyPath: part]) ?? ""
  }

  /// No letter three times in a row, no five consonants and no five vowels together.
  private static func isPronounceable(_ word: String) -> Bool {
    let vowels: Set<Character> = Set("aeiouyáéíóúăãâêôöøåü")
    var (previous, repeats, run, runIsVowel): (Character, Int, Int, Bool) = (" ", 0, 0, false)
    for letter in word {
      repeats = letter == previous ? repeats + 1 : 1
      let isVowel = vowels.contains(letter)
      run = isVowel == runIsVowel ? run + 1 : 1
      (previous, runIsVowel) = (letter, isVowel)
      if repeats > 2 || run > 4 { return false }
    }
    return true
  }
}
