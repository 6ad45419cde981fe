public import RandomStreams

/// How much a world holds.
public struct WorldSize: Sendable, Hashable, Codable {
  /// Countries, at least 3.
  public var countries: Int
  /// Cities per country, at least 1; the first is the capital.
  public var citiesPerCountry: Int
  /// Companies that make things.
  public var companies: Int
  /// Books, at least 1, with an author and a publisher for each three.
  public var books: Int
  /// People who are neither mayors nor authors.
  public var citizens: Int

  /// A size.
  ///
  /// - Precondition: Every count reaches its minimum.
  public init(countries: Int, citiesPerCountry: Int, companies: Int, books: Int, citizens: Int) {
    precondition(
      countries >= 3 && citiesPerCountry >= 1 && companies >= 0 && books >= 1 && citizens >= 0,
      "a world needs 3 countries, 1 city in each and 1 book, got \(countries), \(citiesPerCountry) and \(books)"
    )
    self.countries = countries
    self.citiesPerCountry = citiesPerCountry
    self.companies = companies
    self.books = books
    self.citizens = citizens
  }

  /// About 330 passages: enough for some hundred questions.
  public static let small = WorldSize(
    countries: 10, citiesPerCountry: 3, companies: 10, books: 24, citizens: 16)
  /// About 1,400 passages.
  public static let medium = WorldSize(
    countries: 40, citiesPerCountry: 3, companies: 40, books: 100, citizens: 70)
}

/// A world of invented countries, cities, people, companies and books.
///
/// Its names exist nowhere else, so its questions can't be answered from memory.
public struct InventedWorld: Sendable {
  /// What is true in it.
  public let graph: KnowledgeGraph
  /// The pages that tell it.
  public let encyclopaedia: Encyclopaedia
  /// The half of all words that its names are made of.
  public let names: NameSpace

  /// Invents a world; the same stream invents the same one.
  ///
  /// Complexity: linear in the number of passages.
  ///
  /// - Parameter wildness: How much of what makes names hard to spell is let in, in `0...1`: at 1 one
  ///   word in six is any letters and one in five mixes the sounds of several families, at 0 none is
  ///   and none does. For lessons that begin with tame names.
  public init(
    stream: RandomStream, size: WorldSize = .small, names: NameSpace, wildness: Float = 1
  ) {
    var builder = WorldBuilder(stream: stream, size: size, names: names, wildness: wildness)
    builder.build()
    graph = builder.graph
    encyclopaedia = Encyclopaedia(builder.graph, stream: stream.child("pages"))
    self.names = names
  }
}
