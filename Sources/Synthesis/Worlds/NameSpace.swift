/// Which half of all possible words a world's names are made of.
///
/// The hash of a lower-cased word decides, so two worlds of different name spaces share no invented
/// word however they were made.
public enum NameSpace: String, Sendable, Hashable, Codable, CaseIterable {
  /// Words of worlds that are trained on.
  case train
  /// Words that only worlds for evaluation use.
  case heldOut

  /// Whether a word belongs to this half, whatever the case of its letters.
  public func admits(_ word: String) -> Bool {
    (fingerprint(word.lowercased()) & 2 == 0) == (self == .train)
  }

  /// The invented words of a name, in lower case: runs of at least three letters that aren't among
  /// ``sharedWords``.
  public static func words(of name: String) -> [String] {
    name.lowercased().split { !$0.isLetter }.map(String.init)
      .filter { $0.count > 2 && !sharedWords.contains($0) }
  }

  /// The words of real countries, capitals, languages and currencies, which no invented name uses.
  static let realWords: Set<String> = Set(
    Atlas.graph().entities.flatMap { words(of: $0.name) + $0.aliases.flatMap { words(of: $0) } })

  /// Plain words that names of every space may contain, like "new" and "port".
  public static let sharedWords: Set<String> = Set(
    (NameShapes.shared + BookTitles.nouns.map { $0.lowercased() } + BookTitles.shared
      + CompanyShapes.shared + ProductNames.nouns)
      .flatMap { $0.split(separator: " ").map(String.init) })
}
