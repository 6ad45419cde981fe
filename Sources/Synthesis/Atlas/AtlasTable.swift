/// The rows that ``Atlas`` is made of, and how they are read.
///
/// The grammar of a field: `=` stands before another name of the same thing, `/` before another
/// thing that also fills the column, `~` before a neighbour whose border is debated.
enum AtlasTable {
  /// What the fields of a row are, in order; `|` stands between them.
  static let columns = [
    "name", "alpha-2", "alpha-3", "capital", "currency", "languages", "neighbours", "river", "year",
    "calling code",
  ]

  static let continents: [(AtlasContinent, String)] = [
    (.africa, africa), (.asia, asia), (.europe, europe), (.northAmerica, northAmerica),
    (.southAmerica, southAmerica), (.oceania, oceania),
  ]

  /// Countries that reach into a second continent, and which.
  static let otherContinents: [String: [AtlasContinent]] = [
    "AM": [.europe], "AZ": [.europe], "CY": [.europe], "EG": [.asia], "GE": [.europe],
    "ID": [.oceania], "KZ": [.europe], "RU": [.asia], "TR": [.europe],
  ]

  /// Countries whose names have an article inside a sentence.
  static let articles: Set<String> = [
    "AE", "BS", "CD", "CF", "CG", "CK", "DO", "GB", "GM", "KM", "MH", "MV", "NL", "PH", "SB", "US",
  ]

  static func countries() -> [AtlasCountry] {
    let currencies = currenciesByCode()
    let languages = languagesByName()
    return continents.flatMap { continent, table in
      rows(of: table).map { fields in
        precondition(
          fields.count == columns.count,
          "The row \(fields) has \(fields.count) fields, not \(columns.count).")
        return country(fields, on: continent, currencies: currencies, languages: languages)
      }
    }
  }

  private static func country(
    _ fields: [String], on continent: AtlasContinent, currencies: [String: AtlasCurrency],
    languages: [String: AtlasName]
  ) -> AtlasCountry {
    let capitals = list(fields[3], separatedBy: "/").map(name)
    let tender = list(fields[4], separatedBy: "/").map { code in
      guard let currency = currencies[code] else {
        preconditionFailure("The currency \(code) of \(fields[0]) has no row of its own.")
      }
      return currency
    }
    let neighbours = list(fields[6], separatedBy: " ")
    return AtlasCountry(
      name: name(fields[0]), hasArticle: articles.contains(fields[1]), alpha2: fields[1],
      alpha3: fields[2], capital: capitals.first,
      otherCapitals: Array(capitals.dropFirst()), continent: continent,
      otherContinents: otherContinents[fields[1]] ?? [], currency: tender.first,
      otherCurrencies: Array(tender.dropFirst()),
      languages: list(fields[5], separatedBy: ",").map { languages[$0] ?? AtlasName($0) },
      neighbours: neighbours.filter { !$0.hasPrefix("~") },
      debatedNeighbours: neighbours.filter { $0.hasPrefix("~") }.map { String($0.dropFirst()) },
      capitalRiver: fields[7].isEmpty ? nil : name(fields[7]), independenceYear: Int(fields[8]),
      callingCode: fields[9].isEmpty ? nil : fields[9])
  }

  private static func currenciesByCode() -> [String: AtlasCurrency] {
    Dictionary(
      uniqueKeysWithValues: rows(of: currencies).map { fields in
        precondition(fields.count == 2, "The row \(fields) is not a code and a name.")
        return (fields[0], AtlasCurrency(code: fields[0], name: name(fields[1])))
      })
  }

  private static func languagesByName() -> [String: AtlasName] {
    Dictionary(
      uniqueKeysWithValues: rows(of: languages).map { fields in
        let language = name(fields[0])
        return (language.common, language)
      })
  }

  static func rows(of table: String) -> [[String]] {
    table.split(separator: "\n").map { row in
      row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func name(_ field: String) -> AtlasName {
    let names = list(field, separatedBy: "=")
    return AtlasName(names[0], others: Array(names.dropFirst()))
  }

  private static func list(_ field: String, separatedBy separator: Character) -> [String] {
    field.split(separator: separator).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
