/// A country and what is true of it on ``Atlas/date``.
///
/// A fact that is unsettled, or that states disagree on, is `nil` or empty: it is never guessed.
public struct AtlasCountry: Sendable, Hashable {
  /// The common English name, without its article: "Gambia", "Netherlands".
  public let name: AtlasName
  /// Whether its name has an article inside a sentence: "the Gambia".
  public let hasArticle: Bool
  /// ISO 3166-1 code of two letters, such as "NA"; Kosovo has the user-assigned "XK".
  public let alpha2: String
  /// ISO 3166-1 code of three letters, such as "NAM"; Kosovo has the customary "XKX".
  public let alpha3: String
  /// The capital by constitution or law; `nil` where disputed, and for a state that is one city.
  public let capital: AtlasName?
  /// Other cities with a share in the role, such as a seat of government that isn't the capital.
  public let otherCapitals: [AtlasName]
  /// The continent that United Nations statistics count it to.
  public let continent: AtlasContinent
  /// Other continents that it reaches into: Russia's Asia, Egypt's Asia.
  public let otherContinents: [AtlasContinent]
  /// The legal tender, the country's own if it has one; `nil` where it has none by law.
  public let currency: AtlasCurrency?
  /// Foreign currencies that are legal tender beside ``currency``.
  public let otherCurrencies: [AtlasCurrency]
  /// Official languages, or the main ones where none is official: most widely used first.
  public let languages: [AtlasName]
  /// Countries with an undebated land border to it, as two-letter codes in alphabetical order.
  public let neighbours: [String]
  /// Countries that share a land border with it by some counts only, as two-letter codes.
  ///
  /// Such a border runs through an overseas department, an exclave on another continent, or a
  /// territory whose status is disputed. None of them is also in ``neighbours``.
  public let debatedNeighbours: [String]
  /// The best-known river through its capital, where there is one: "Nile", without "River".
  public let capitalRiver: AtlasName?
  /// The year (CE) in which it became independent from another state, where that is undisputed.
  public let independenceYear: Int?
  /// The telephone calling code without its plus sign: "264", or "1-246" inside a shared plan.
  public let callingCode: String?

  /// The name as it stands inside a sentence: "Namibia", "the Gambia".
  public var nameInSentence: String { hasArticle ? "the \(name.common)" : name.common }
}

/// A continent of the ``Atlas``, by its English name.
///
/// Central America and the Caribbean are counted to North America.
public enum AtlasContinent: String, Sendable, Hashable, CaseIterable {
  /// Africa with its islands, Madagascar among them.
  case africa = "Africa"
  /// Asia, to which Armenia, Azerbaijan, Cyprus, Georgia, Kazakhstan and Turkey are counted.
  case asia = "Asia"
  /// Europe, to which Russia is counted.
  case europe = "Europe"
  /// North America, from Canada to Panama and Trinidad.
  case northAmerica = "North America"
  /// South America.
  case southAmerica = "South America"
  /// Australia, New Zealand and the Pacific islands, Papua New Guinea among them.
  case oceania = "Oceania"
}

/// A currency by its code and name.
public struct AtlasCurrency: Sendable, Hashable {
  /// ISO 4217 code, such as "NAD".
  public let code: String
  /// The name, with the adjective that tells it from its namesakes: "Namibian dollar", "yen".
  public let name: AtlasName
}
