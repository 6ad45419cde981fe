internal import RandomStreams

/// Fills a graph with an invented world, places first.
struct WorldBuilder {
  var graph = KnowledgeGraph()
  private let size: WorldSize
  private var stream: RandomStream
  private var names: NameGenerator
  private var cities: [Entity.ID] = []
  private var languages: [Entity.ID] = []
  private var people: [Entity.ID] = []
  private var births: [Entity.ID: Int] = [:]

  init(stream: RandomStream, size: WorldSize, names space: NameSpace, wildness: Float) {
    self.size = size
    self.stream = stream.child("facts")
    names = NameGenerator(space, wildness: wildness, stream: stream.child("names"))
  }

  mutating func build() {
    buildCountries()
    let mayors = (0..<cities.count).map { _ in makePerson() }
    for (city, mayor) in zip(cities, mayors) { graph.add(city, .mayor, mayor) }
    let authors = (0..<(size.books + 2) / 3).map { _ in makePerson() }
    let citizens = (0..<size.citizens).map { _ in makePerson() }
    let publishers = (0..<1 + (size.books + 2) / 3).map { _ in
      graph.entity(.company, names.publisher())
    }
    let makers = (0..<size.companies).map { _ in make(.company) }
    for company in publishers + makers { describe(company: company) }
    for company in makers { graph.add(company, .product, make(.product)) }
    for citizen in citizens {
      graph.add(citizen, .employer, pick(publishers + makers))
    }
    buildBooks(authors: authors, publishers: publishers)
    marry()
  }

  private mutating func buildCountries() {
    let continents = (0..<5).map { _ in make(.continent) }
    let rivers = (0..<max(2, size.countries * size.citiesPerCountry * 2 / 3)).map { _ in
      make(.river)
    }
    let countries = (0..<size.countries).map { _ in make(.country) }
    languages = countries.map { make(.language, of: $0) } + (0..<4).map { _ in make(.language) }
    var currencies: [Entity.ID] = []
    for (index, country) in countries.enumerated() {
      graph.add(country, .continent, pick(continents))
      for number in 0..<size.citiesPerCountry {
        let city = make(.city)
        if number == 0 { graph.add(country, .capital, city) }
        graph.add(city, .country, country)
        graph.add(city, .cityFounded, year(in: 900...1900))
        graph.add(city, .river, pick(rivers))
        cities.append(city)
      }
      if currencies.isEmpty || stream.chance(0.85) {
        currencies.append(make(.currency, of: country))
      }
      graph.add(country, .currency, pick(Array(currencies.suffix(3))))
      let own = stream.chance(0.6) ? [languages[index]] : []
      let others = stream.shuffled(languages).filter { !own.contains($0) }
      let spoken = (own + others).prefix([1, 1, 2, 2, 3][stream.index(below: 5)])
      for language in spoken { graph.add(country, .language, language) }
      graph.add(country, .independence, year(in: 1600...2020))
      // A strip of countries some wide: each touches the next one and many of those after it.
      for step in 1...5 where index >= step && (step == 1 || stream.chance(0.55)) {
        graph.add(country, .neighbour, countries[index - step])
      }
    }
  }

  private mutating func makePerson() -> Entity.ID {
    let pronoun: Pronoun = stream.chance(0.5) ? .she : .he
    let person = graph.entity(.person, names.name(.person), pronoun: pronoun)
    let birth = 1860 + stream.index(below: 110)
    births[person] = birth
    graph.add(person, .profession, pick(.profession, Self.professions))
    graph.add(person, .birthplace, pick(cities))
    graph.add(person, .birthYear, graph.entity(.year, "\(birth)"))
    for language in stream.shuffled(languages).prefix(1 + stream.index(below: 3)) {
      graph.add(person, .speaks, language)
    }
    people.append(person)
    return person
  }

  private mutating func describe(company: Entity.ID) {
    let founder = pick(people)
    let earliest = (births[founder] ?? 1900) + 20
    graph.add(company, .headquarters, pick(cities))
    graph.add(company, .founder, founder)
    graph.add(company, .companyFounded, year(in: earliest...earliest + 35))
  }

  private mutating func buildBooks(authors: [Entity.ID], publishers: [Entity.ID]) {
    for number in 0..<size.books {
      let book = make(.book)
      let author = authors[number % authors.count]
      let publisher = pick(publishers.filter { graph.objects(of: $0, .published).count < 4 })
      let earliest = (births[author] ?? 1900) + 20
      graph.add(book, .genre, pick(.genre, Self.genres))
      graph.add(book, .author, author)
      graph.add(author, .wrote, book)
      graph.add(book, .publisher, publisher)
      graph.add(publisher, .published, book)
      graph.add(book, .bookYear, year(in: earliest...earliest + 45))
      graph.add(book, .setting, pick(cities))
    }
  }

  private mutating func marry() {
    let order = stream.shuffled(people)
    for couple in 0..<order.count * 2 / 5 {
      graph.add(order[2 * couple], .spouse, order[2 * couple + 1])
    }
  }

  private mutating func make(_ kind: EntityKind) -> Entity.ID {
    graph.entity(kind, names.name(kind))
  }

  /// A language or a currency that is named after a country, more often than not.
  private mutating func make(_ kind: EntityKind, of country: Entity.ID) -> Entity.ID {
    guard stream.chance(0.6), let name = names.name(kind, after: graph[country].name) else {
      return make(kind)
    }
    return graph.entity(kind, name)
  }

  private mutating func year(in range: ClosedRange<Int>) -> Entity.ID {
    graph.entity(.year, "\(range.lowerBound + stream.index(below: range.count))")
  }

  private mutating func pick(_ choices: [Entity.ID]) -> Entity.ID {
    choices[stream.index(below: choices.count)]
  }

  private mutating func pick(_ kind: EntityKind, _ values: [String]) -> Entity.ID {
    graph.entity(kind, values[stream.index(below: values.count)])
  }

  private static let professions = [
    "carpenter", "painter", "lawyer", "doctor", "nurse", "sailor", "teacher", "baker", "cook",
    "potter", "weaver", "tailor", "farmer", "pilot", "chemist", "banker", "singer", "dancer",
    "judge", "surveyor", "gardener", "printer", "mason", "librarian",
  ]

  private static let genres = [
    "novel", "thriller", "comedy", "ghost story", "travelogue", "family saga", "love story",
    "war novel", "satire", "memoir",
  ]
}
