import Foundation
import Synthesis
import Testing

/// The table against the code lists that many systems install as `iso-codes`; skipped without them.
@Suite("Atlas against ISO codes")
struct AtlasCodesTests {
  /// One entry of any of the lists.
  struct Entry: Decodable {
    var name: String
    var alpha_2: String?
    var alpha_3: String?
    var common_name: String?
    var inverted_name: String?
  }

  /// The entries of a list, or `nil` with a word on the console where it isn't installed.
  func list(_ standard: String) throws -> [Entry]? {
    let file = URL(filePath: "/usr/share/iso-codes/json/iso_\(standard).json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("skipped: \(file.path) is not installed")
      return nil
    }
    let lists = try JSONDecoder().decode([String: [Entry]].self, from: Data(contentsOf: file))
    let entries = try #require(lists[standard])
    return entries
  }

  /// Names that the standard writes in another way than anyone speaks.
  static let officialNames = [
    "CD": "Congo, The Democratic Republic of the", "PS": "Palestine, State of",
    "ST": "Sao Tome and Principe", "VA": "Holy See (Vatican City State)",
    "CG": "Congo", "FM": "Micronesia, Federated States of",
  ]

  @Test("both codes of a country are a pair in ISO 3166-1, under one of its names")
  func countryCodes() throws {
    guard let entries = try list("3166-1") else { return }
    let byCode = Dictionary(grouping: entries, by: { $0.alpha_2 ?? "" })
    for country in Atlas.countries where country.alpha2 != "XK" {
      let entry = try #require(byCode[country.alpha2]?.first, "\(country.name) \(country.alpha2)")
      #expect(entry.alpha_3 == country.alpha3, "\(country.name)")
      let official = [entry.name, entry.common_name].compactMap { $0 }
      let ours = country.name.all + [Self.officialNames[country.alpha2]].compactMap { $0 }
      #expect(!Set(official).isDisjoint(with: ours), "\(country.name) is \(official)")
    }
    #expect(byCode["XK"] == nil, "Kosovo has a code now")
  }

  /// Currencies that the standard names without an adjective or in another language.
  static let currencyNames = [
    "KRW": "Won", "TMT": "Turkmenistan New Manat", "TOP": "Pa’anga", "UYU": "Peso Uruguayo",
    "XAF": "CFA Franc BEAC", "XOF": "CFA Franc BCEAO",
  ]
  /// Younger than many an installed list.
  static let recentCurrencies: Set<String> = ["ZWG"]

  @Test("every currency is in ISO 4217, under one of its names")
  func currencies() throws {
    guard let entries = try list("4217") else { return }
    let names = Dictionary(
      entries.map { ($0.alpha_3 ?? "", $0.name.lowercased()) },
      uniquingKeysWith: { first, _ in first })
    let currencies = Set(
      Atlas.countries.flatMap { [$0.currency].compactMap { $0 } + $0.otherCurrencies })
    #expect(currencies.count > 140)
    for currency in currencies {
      if names[currency.code] == nil, Self.recentCurrencies.contains(currency.code) { continue }
      let official = try #require(names[currency.code], "\(currency.code)")
      let ours = currency.name.all + [Self.currencyNames[currency.code]].compactMap { $0 }
      #expect(ours.map { $0.lowercased() }.contains(official), "\(currency.name) is \(official)")
    }
  }

  @Test("the code of a national currency begins with that of its country")
  func currencyCodesBeginWithTheCountry() {
    for country in Atlas.countries {
      guard let code = country.currency?.code else { continue }
      let users = Atlas.countries.count { $0.currency?.code == code }
      if users == 1 { #expect(code.hasPrefix(country.alpha2), "\(country.name): \(code)") }
    }
  }

  /// Languages that the standards name with a qualifier.
  static let languageNames = [
    "Nauruan": "Nauru", "Comorian": "Ngazidja Comorian", "Greek": "Modern Greek (1453-)",
    "Berber": "Berber languages", "Southern Ndebele": "South Ndebele", "Tuvaluan": "Tuvalu",
    "Tongan": "Tonga (Tonga Islands)", "Seychellois Creole": "Seselwa Creole French",
    "Northern Ndebele": "North Ndebele",
  ]

  @Test("every language is in ISO 639, under one of its names")
  func languages() throws {
    var names: Set<String> = []
    for part in ["639-2", "639-3", "639-5"] {
      guard let entries = try list(part) else { return }
      for text in entries.flatMap({ [$0.name, $0.inverted_name ?? "", $0.common_name ?? ""] }) {
        names.formUnion(text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) })
      }
    }
    let languages = Set(Atlas.countries.flatMap(\.languages))
    #expect(languages.count > 100)
    for language in languages {
      let ours = language.all + [Self.languageNames[language.common]].compactMap { $0 }
      let isListed = !names.isDisjoint(with: ours)
      #expect(isListed, "\(language)")
    }
  }
}
