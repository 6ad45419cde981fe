extension Atlas {
  /// The countries and capitals as a graph with the relations that invented worlds have too.
  ///
  /// A country has a continent, a capital, a currency, languages, neighbours and a year of
  /// independence; a capital has a country and a river. What ``countries`` leaves open is absent,
  /// and so are debated borders, calling codes and second currencies.
  ///
  /// A country with an article has it in its name, "the Gambia", so that it can stand anywhere in
  /// a sentence. Aliases are the other names of a thing; a capital has as aliases also the other
  /// cities that share its role, because a city of this graph is asked for as a capital only.
  ///
  /// The entities come first in which ``countries`` are, in the same order.
  ///
  /// Complexity: linear in the number of facts.
  public static func graph() -> KnowledgeGraph {
    var graph = KnowledgeGraph()
    let ids = countries.map { country in
      graph.entity(
        .country, country.nameInSentence,
        aliases: (country.hasArticle ? [country.name.common] : []) + country.name.others)
    }
    let positions = Dictionary(
      uniqueKeysWithValues: zip(countries.map(\.alpha2), ids))
    for (country, id) in zip(countries, ids) {
      graph.add(id, .continent, graph.entity(.continent, country.continent.rawValue))
      if let capital = country.capital {
        let city = graph.entity(
          .city, capital.common,
          aliases: capital.others + country.otherCapitals.flatMap(\.all))
        graph.add(id, .capital, city)
        graph.add(city, .country, id)
        if let river = country.capitalRiver {
          graph.add(city, .river, graph.entity(.river, river.common, aliases: aliases(of: river)))
        }
      }
      if let currency = country.currency {
        let name = currency.name
        graph.add(id, .currency, graph.entity(.currency, name.common, aliases: name.others))
      }
      for language in country.languages {
        graph.add(
          id, .language, graph.entity(.language, language.common, aliases: language.others))
      }
      for neighbour in country.neighbours.compactMap({ positions[$0] }) {
        graph.add(id, .neighbour, neighbour)
      }
      if let year = country.independenceYear {
        graph.add(id, .independence, graph.entity(.year, String(year)))
      }
    }
    return graph
  }

  /// What else a river is called: its names with "River" before or after, and the other ones.
  private static func aliases(of river: AtlasName) -> [String] {
    river.others + ["\(river.common) River", "River \(river.common)"]
  }
}
