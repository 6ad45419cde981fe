/// Which relations share a paragraph, kind by kind.
///
/// Relations that questions chain one after the other stand in different paragraphs, so that each
/// hop needs a reading of its own.
public struct PageLayout: Sendable {
  /// For each kind that has pages the paragraphs, each a list of relations in order of mention.
  public let paragraphs: [EntityKind: [[Relation]]]

  /// A layout.
  public init(_ paragraphs: [EntityKind: [[Relation]]]) { self.paragraphs = paragraphs }

  /// Two or three short paragraphs for cities, countries, people, companies and books.
  public static let standard = PageLayout([
    .city: [[.country, .mayor], [.cityFounded, .river]],
    .country: [[.continent, .capital], [.currency, .language], [.neighbour, .independence]],
    .person: [[.profession, .birthplace], [.birthYear, .employer, .wrote], [.spouse, .speaks]],
    .company: [[.headquarters, .product], [.founder, .companyFounded], [.published]],
    .book: [[.genre, .author], [.publisher], [.bookYear, .setting]],
  ])
}
