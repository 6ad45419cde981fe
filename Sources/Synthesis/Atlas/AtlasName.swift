/// A name, and what else the same thing is called.
public struct AtlasName: Sendable, Hashable, CustomStringConvertible {
  /// The name that pages and questions use, such as "Ivory Coast".
  public let common: String
  /// Other names of the same thing that an answer may use, such as "Côte d'Ivoire"; often none.
  public let others: [String]

  /// A thing called `common`, and also each of `others`.
  public init(_ common: String, others: [String] = []) {
    self.common = common
    self.others = others
  }

  /// ``common`` first, then ``others``.
  public var all: [String] { [common] + others }

  /// ``common``.
  public var description: String { common }
}
