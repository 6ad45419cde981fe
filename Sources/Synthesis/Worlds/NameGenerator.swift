public import RandomStreams

/// Invents names that nobody has seen, none of them twice.
public struct NameGenerator: Sendable {
  /// The half of all words that names are made of.
  public let space: NameSpace
  /// How much of what makes names hard to spell is let in, in `0...1`.
  public let wildness: Float
  private var stream: RandomStream
  private var words: [String] = []
  private var used: Set<String> = []
  private var firstNames: [String] = []
  private var lastNames: [String] = []
  private var coins: [String] = []

  /// A generator whose names depend on the arguments only.
  ///
  /// - Precondition: `wildness` is in `0...1`.
  public init(_ space: NameSpace, wildness: Float = 1, stream: RandomStream) {
    precondition((0...1).contains(wildness), "wildness must be in 0...1, got \(wildness)")
    self.space = space
    self.wildness = wildness
    self.stream = stream
  }

  /// A new invented word of the name space, capitalised: at least four letters, never drawn before.
  ///
  /// - Parameter longest: Most letters, at least 6; by default 8, and 12 for one word in five.
  public mutating func word(longest: Int? = nil) -> String {
    let limit = longest ?? (stream.chance(0.2) ? 12 : 8)
    while true {
      let word = WordFlavour.word(upTo: limit, wildness: wildness, &stream)
      guard space.admits(word), !NameSpace.sharedWords.contains(word),
        !NameSpace.realWords.contains(word), used.insert(word).inserted
      else { continue }
      let name = capitalised(word)
      words.append(name)
      return name
    }
  }

  /// A new name for an entity of a kind that has invented names.
  ///
  /// Now and then a place or a person shares a word with another one, as names do in the world.
  ///
  /// - Precondition: `kind` isn't ``EntityKind/year``, ``EntityKind/profession`` or
  ///   ``EntityKind/genre``.
  public mutating func name(_ kind: EntityKind) -> String {
    while true {
      let name = draft(kind)
      if used.insert("\(kind.rawValue):\(name.lowercased())").inserted { return name }
    }
  }

  /// The name of a company that publishes books.
  public mutating func publisher() -> String { fill(CompanyShapes.publisher) }

  private mutating func draft(_ kind: EntityKind) -> String {
    switch kind {
    case .city: place(NameShapes.city)
    case .country: place(NameShapes.country)
    case .person: person()
    case .company: fill(CompanyShapes.maker)
    case .book: fill(BookTitles.shapes)
    case .river: fill(NameShapes.river)
    case .language: language()
    case .currency: currency()
    case .continent: fill(NameShapes.single)
    case .product: "\(word()) \(stream.choice(ProductNames.nouns) ?? "")"
    case .year, .profession, .genre: preconditionFailure("a \(kind) has no invented name")
    }
  }

  /// Fills a shape with words that are new.
  private mutating func fill(
    _ shapes: [(shape: String, weight: Int)], longest: Int? = nil
  ) -> String {
    var name = ""
    for letter in NameShapes.draw(shapes, &stream) {
      switch letter {
      case "@": name += word(longest: longest)
      case "#": name += stream.choice(BookTitles.nouns) ?? ""
      default: name.append(letter)
      }
    }
    return name
  }

  /// One place in twelve is named after a word that another name has already.
  private mutating func place(_ shapes: [(shape: String, weight: Int)]) -> String {
    if stream.chance(1.0 / 12), let known = stream.choice(words),
      let prefix = stream.choice(["New", "Port", "San", "Upper", "North", "South"])
    {
      return "\(prefix) \(known)"
    }
    return fill(shapes)
  }

  /// First and last names come from pools, so that people share them.
  private mutating func person() -> String {
    if firstNames.isEmpty || stream.chance(0.35) { firstNames.append(word(longest: 6)) }
    if lastNames.isEmpty || stream.chance(0.6) {
      lastNames.append(fill(NameShapes.lastName, longest: 7))
    }
    let first = stream.choice(Array(firstNames.suffix(60))) ?? ""
    let last = stream.choice(Array(lastNames.suffix(60))) ?? ""
    return "\(first) \(last)"
  }

  /// A word with an ending of language names, two times in three.
  private mutating func language() -> String {
    guard stream.chance(0.66) else { return word() }
    return derived(from: word(), endings: ["ish", "ian", "ese", "i", "ic", "an"])
  }

  /// "lurn", "Tarkish lurn", "West Tarkish lurn", "Tarkish QVD lurn".
  private mutating func currency() -> String {
    if coins.count < 3 || stream.chance(0.5) { coins.append(uncapitalised(word())) }
    let coin = stream.choice(coins) ?? ""
    let kind = stream.index(below: 10)
    if kind < 3 { return coin }
    let people = derived(from: word(), endings: ["ish", "ian", "ese", "i", "an"])
    switch kind {
    case 3: return "West \(people) \(coin)"
    case 4: return "\(people) \(initials()) \(coin)"
    default: return "\(people) \(coin)"
    }
  }

  /// Three new capital letters.
  private mutating func initials() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    while true {
      let word = String((0..<3).map { _ in letters[stream.index(below: letters.count)] })
      if space.admits(word), !NameSpace.sharedWords.contains(word.lowercased()),
        !NameSpace.realWords.contains(word.lowercased()), used.insert(word.lowercased()).inserted
      {
        return word
      }
    }
  }

  /// The name of a language or a currency that begins like a country's: "Tarkand" gives "Tarkandish"
  /// and "Tarkandese lurn"; `nil` where no such word is left in the name space.
  mutating func name(_ kind: EntityKind, after country: String) -> String? {
    let parts: [Substring] = country.split { !$0.isLetter }
    guard let word = parts.max(by: { $0.count < $1.count }).map(String.init) else { return nil }
    let people = derived(from: word, endings: ["ish", "ian", "ese", "i", "ic", "an"])
    guard people != word else { return nil }
    if kind == .language { return people }
    if coins.count < 3 || stream.chance(0.5) { coins.append(uncapitalised(self.word())) }
    return "\(people) \(stream.choice(coins) ?? "")"
  }

  /// A word plus an ending, where the whole is a word of the name space too.
  private mutating func derived(from word: String, endings: [String]) -> String {
    let stem = word.last.map { "aeiouy".contains($0) } == true ? String(word.dropLast()) : word
    for ending in stream.shuffled(endings) {
      let candidate = stem + ending
      if space.admits(candidate), !NameSpace.realWords.contains(candidate.lowercased()),
        used.insert(candidate.lowercased()).inserted
      {
        return candidate
      }
    }
    return word
  }
}
