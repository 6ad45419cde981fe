import Synthesis
import Testing

/// What must hold inside the table, whatever the world is like.
@Suite("Atlas")
struct AtlasTests {
  @Test("it holds every member and observer of the United Nations, and four more")
  func counts() {
    #expect(Atlas.countries.count == 193 + 2 + 4)
    let perContinent = Dictionary(grouping: Atlas.countries, by: \.continent).mapValues(\.count)
    #expect(perContinent[.africa] == 54)
    #expect(perContinent[.southAmerica] == 12)
    #expect(perContinent[.northAmerica] == 23)
    #expect(perContinent.values.reduce(0, +) == Atlas.countries.count)
  }

  @Test("no name or code belongs to two countries, and no capital to two")
  func namesAreUnique() {
    for names in [
      Atlas.countries.flatMap(\.name.all), Atlas.countries.map(\.alpha2),
      Atlas.countries.map(\.alpha3),
      Atlas.countries.flatMap {
        ([$0.capital].compactMap { $0 } + $0.otherCapitals).flatMap(\.all)
      },
    ] {
      let repeated = Dictionary(grouping: names, by: { $0 }).filter { $0.value.count > 1 }.keys
      #expect(repeated.isEmpty, "twice: \(repeated.sorted())")
    }
  }

  @Test("a border runs between two different countries that both know of it")
  func bordersAreSymmetric() throws {
    for country in Atlas.countries {
      for code in country.neighbours {
        let other = try #require(Atlas.country(alpha2: code), "\(country.name) borders \(code)")
        #expect(other.neighbours.contains(country.alpha2), "\(country.name) and \(other.name)")
      }
      for code in country.debatedNeighbours {
        let other = try #require(Atlas.country(alpha2: code), "\(country.name) borders \(code)")
        #expect(other.debatedNeighbours.contains(country.alpha2), "\(country.name), \(other.name)")
      }
      let all = country.neighbours + country.debatedNeighbours
      #expect(Set(all).count == all.count, "\(country.name)")
      #expect(!all.contains(country.alpha2), "\(country.name) borders itself")
      #expect(country.neighbours == country.neighbours.sorted(), "\(country.name)")
    }
  }

  @Test("borders hold a continent together, but for the few that cross from one to another")
  func bordersCrossContinentsSeldom() {
    var crossings: Set<String> = []
    for country in Atlas.countries {
      for other in country.neighbours.compactMap(Atlas.country(alpha2:))
      where other.continent != country.continent {
        crossings.insert([country.alpha2, other.alpha2].sorted().joined(separator: "-"))
      }
    }
    #expect(
      crossings == [
        "AZ-RU", "BG-TR", "CN-RU", "CO-PA", "EG-IL", "EG-PS", "GE-RU", "GR-TR", "ID-PG", "KP-RU",
        "KZ-RU", "MN-RU",
      ])
  }

  @Test("no field carries stray white space, or a sign of the table's own grammar")
  func fieldsAreClean() {
    for country in Atlas.countries {
      var names = [country.name] + country.languages + country.otherCapitals
      names += [country.capital, country.capitalRiver, country.currency?.name].compactMap { $0 }
      names += country.otherCurrencies.map(\.name)
      for text in names.flatMap(\.all) + [country.callingCode ?? "1"] {
        #expect(!text.isEmpty, "\(country.name)")
        #expect(text.first != " " && text.last != " " && !text.contains("  "), "\(text)")
        #expect(!text.contains { "|=/~\t\n\\".contains($0) }, "\(text)")
      }
      #expect(names.allSatisfy { Set($0.all).count == $0.all.count }, "\(country.name)")
      #expect((country.callingCode ?? "1").allSatisfy { $0.isNumber || $0 == "-" })
    }
  }

  @Test("few facts are missing, and only where the pages say so")
  func missingFacts() {
    func lacking(_ isMissing: (AtlasCountry) -> Bool) -> Set<String> {
      Set(Atlas.countries.filter(isMissing).map(\.alpha2))
    }
    #expect(lacking { $0.capital == nil } == ["IL", "MC", "PS", "SG", "VA"])
    #expect(lacking { $0.currency == nil } == ["PS"])
    #expect(lacking { $0.languages.isEmpty } == ["BF", "ML", "NE"])
    #expect(lacking { $0.callingCode == nil } == ["DO", "JM", "VA"])
    #expect(Atlas.countries.count { $0.independenceYear != nil } >= 125)
    #expect(Atlas.countries.count { $0.capitalRiver != nil } >= 80)
    #expect(
      Atlas.countries.compactMap(\.independenceYear).allSatisfy { (1776...2011).contains($0) })
  }

  @Test("a calling code has one country, but for 1 and 7")
  func callingCodes() {
    let groups = Dictionary(
      grouping: Atlas.countries.filter { $0.callingCode != nil }, by: { $0.callingCode ?? "" })
    let shared = groups.filter { $0.value.count > 1 }.mapValues { Set($0.map(\.alpha2)) }
    #expect(shared == ["1": ["CA", "US"], "7": ["KZ", "RU"]])
  }

  @Test("what a schoolbook says of Namibia")
  func namibia() throws {
    let namibia = try #require(Atlas.country(alpha2: "NA"))
    #expect(namibia.name.common == "Namibia")
    #expect(namibia.capital?.common == "Windhoek")
    #expect(namibia.currency?.name.all.contains("Namibia dollar") == true)
    #expect(namibia.neighbours == ["AO", "BW", "ZA", "ZM"])
    #expect(namibia.debatedNeighbours == ["ZW"])
    #expect(namibia.independenceYear == 1990)
    let southAfrica = try #require(Atlas.country(alpha2: "ZA"))
    #expect(southAfrica.capital == AtlasName("Pretoria", others: ["Tshwane"]))
    #expect(southAfrica.otherCapitals.map(\.common) == ["Cape Town", "Bloemfontein"])
    #expect(Atlas.country(alpha2: "na") == nil)
  }
}
