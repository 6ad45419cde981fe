/// What sort of thing an entity is.
///
/// Values such as years are entities too: they only have no pages of their own.
public enum EntityKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Somebody.
  case person
  /// A town or city.
  case city
  /// A country.
  case country
  /// A company.
  case company
  /// A book.
  case book
  /// A river.
  case river
  /// A language.
  case language
  /// A currency.
  case currency
  /// A continent.
  case continent
  /// A year of the common era, named by its digits.
  case year
  /// Something that a company makes.
  case product
  /// What somebody does for a living, from a closed list.
  case profession
  /// What sort of book it is, from a closed list.
  case genre

  /// Whether its values come from a list so short that a guess would often be right.
  public var isClosedList: Bool { self == .profession || self == .genre }
}

/// How a text refers to an entity after the first mention.
public enum Pronoun: String, Sendable, Hashable, Codable, CaseIterable {
  /// it, its
  case it
  /// she, her
  case she
  /// he, his
  case he

  /// At the start of a sentence: "It".
  var subject: String {
    switch self {
    case .it: "It"
    case .she: "She"
    case .he: "He"
    }
  }

  /// Of whom, at the start of a sentence: "Its".
  var possessive: String {
    switch self {
    case .it: "Its"
    case .she: "Her"
    case .he: "His"
    }
  }

  /// Whom: "it".
  var object: String {
    switch self {
    case .it: "it"
    case .she: "her"
    case .he: "him"
    }
  }
}

/// A thing that facts speak of.
public struct Entity: Sendable, Hashable, Codable, Identifiable {
  /// Its position in the graph.
  public let id: Int
  /// What sort of thing it is.
  public let kind: EntityKind
  /// The name that pages and questions use; unique within its kind.
  public let name: String
  /// Other names that count as the same answer.
  public let aliases: [String]
  /// How pages refer to it after its first mention.
  public let pronoun: Pronoun

  /// The year that it stands for, where its kind is ``EntityKind/year``.
  public var year: Int? { kind == .year ? Int(name) : nil }
}
