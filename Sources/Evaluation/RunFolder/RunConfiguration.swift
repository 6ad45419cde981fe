/// What was run: names with texts or numbers, in alphabetical order of the names.
///
/// Read from any JSON object. Nested objects become dotted names (`model.layers`), lists become one
/// text with commas, `null` becomes an empty text.
public struct RunConfiguration: Sendable, Hashable {
  /// One setting.
  public struct Entry: Sendable, Hashable {
    /// Its name, dotted where the file nests.
    public let name: String
    /// Its value as people read it.
    public let value: String

    /// A setting.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// All settings.
  public let entries: [Entry]

  /// A configuration of some settings.
  public init(entries: [Entry]) {
    self.entries = entries.sorted { $0.name < $1.name }
  }

  /// The value of a name, if it is there.
  public subscript(name: String) -> String? { entries.first { $0.name == name }?.value }
}

extension RunConfiguration: Decodable {
  /// Reads any JSON object.
  public init(from decoder: any Decoder) throws {
    guard case .object(let members) = try Setting(from: decoder) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "it is not a JSON object"))
    }
    self.init(entries: members.flatMap { Setting.flatten($0.value, name: $0.key) })
  }

  private enum Setting: Decodable {
    case text(String)
    case list([Setting])
    case object([String: Setting])

    init(from decoder: any Decoder) throws {
      if let object = try? decoder.container(keyedBy: AnyKey.self) {
        var members: [String: Setting] = [:]
        for key in object.allKeys {
          members[key.stringValue] = try object.decode(Setting.self, forKey: key)
        }
        self = .object(members)
        return
      }
      if var list = try? decoder.unkeyedContainer() {
        var elements: [Setting] = []
        while !list.isAtEnd { elements.append(try list.decode(Setting.self)) }
        self = .list(elements)
        return
      }
      let single = try decoder.singleValueContainer()
      if single.decodeNil() {
        self = .text("")
      } else if let truth = try? single.decode(Bool.self) {
        self = .text(truth ? "yes" : "no")
      } else if let integer = try? single.decode(Int64.self) {
        self = .text("\(integer)")
      } else if let number = try? single.decode(Double.self) {
        self = .text("\(number)")
      } else {
        self = .text(try single.decode(String.self))
      }
    }

    static func flatten(_ setting: Setting, name: String) -> [Entry] {
      switch setting {
      case .text(let value): [Entry(name: name, value: value)]
      case .object(let members):
        members.flatMap { flatten($0.value, name: "\(name).\($0.key)") }
      case .list(let elements):
        [Entry(name: name, value: elements.map(\.inline).joined(separator: ", "))]
      }
    }

    private var inline: String {
      switch self {
      case .text(let value): value
      case .list(let elements): "[" + elements.map(\.inline).joined(separator: ", ") + "]"
      case .object(let members):
        members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.inline)" }
          .joined(separator: ", ")
      }
    }
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
