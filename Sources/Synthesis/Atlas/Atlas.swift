/// The real world, small enough to ship: 199 countries and what is true of them.
///
/// They are the 193 members and 2 observers of the United Nations, and Cook Islands, Kosovo, Niue
/// and Taiwan. Being listed, and any fact listed, says what reference works print and nothing about
/// who is right. Western Sahara isn't listed: a border that depends on it is a debated one.
///
/// A country on two continents belongs to the one that United Nations statistics count it to:
/// Russia to Europe; Armenia, Azerbaijan, Cyprus, Georgia, Kazakhstan and Turkey to Asia; Egypt to
/// Africa; Indonesia to Asia. ``AtlasCountry/otherContinents`` holds the other one.
public enum Atlas {
  /// The day, as year-month-day, on which the facts hold.
  public static let date = "2026-01-01"

  /// Every country, continent by continent and alphabetical inside each; parsed at first use.
  public static let countries: [AtlasCountry] = AtlasTable.countries()

  /// The country with this ISO 3166-1 code of two letters in capitals, or `nil`; O(1).
  public static func country(alpha2: String) -> AtlasCountry? { byCode[alpha2] }

  private static let byCode = Dictionary(
    uniqueKeysWithValues: countries.map { ($0.alpha2, $0) })
}
