/// A JSON Schema: what a tool's arguments or a judge's answer must look like.
///
/// Understands `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `minItems`, `maxItems`, `uniqueItems`, `minLength`, `maxLength`, `minimum`, `maximum`,
/// `exclusiveMinimum`, `exclusiveMaximum`, `anyOf`, `allOf` and `oneOf`, as draft 2020-12 defines
/// them. Annotations (`title`, `description`, `default`, `examples`, `format`, `deprecated`,
/// `$schema`, `$id`, `$comment`) are carried along; any other keyword is refused, so that a schema
/// never means less than it says.
public struct JSONSchema: Sendable, Hashable {
  /// The schema as written.
  public let json: JSONValue

  let root: Node

  /// Reads a schema.
  ///
  /// - Throws: ``JSONSchemaError`` naming the place and the keyword that is wrong.
  public init(_ json: JSONValue) throws(JSONSchemaError) {
    self.json = json
    root = try Node(json, at: "#")
  }

  /// What is wrong with a value, outermost first; empty when it conforms.
  public func violations(of value: JSONValue) -> [JSONSchemaViolation] {
    root.violations(of: value, at: "")
  }

  /// Whether a value conforms.
  public func accepts(_ value: JSONValue) -> Bool { violations(of: value).isEmpty }
}

/// One thing that is wrong with a value.
public struct JSONSchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// Where, as a JSON pointer (`/filters/0/year`); empty for the value itself.
  public let path: String
  /// What is wrong, in words an agent can act on.
  public let message: String

  /// Place and message in one sentence.
  public var description: String { (path.isEmpty ? "the value" : path) + " " + message }
}

/// Why something is no usable schema.
public struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in the schema, as a fragment (`#/properties/year`).
  public let path: String
  /// The keyword.
  public let keyword: String
  /// What is wrong with it.
  public let reason: String

  /// One sentence.
  public var description: String { "schema \(path): \"\(keyword)\" \(reason)" }
}

extension JSONSchema {
  /// The checks of one level.
  indirect enum Node: Sendable, Hashable {
    case anything
    case nothing
    case checks([Check])
  }

  enum Check: Sendable, Hashable {
    case type([String])
    case oneOf(values: [JSONValue])
    case property(String, Node)
    case required(String)
    case additionalProperties(known: [String], Node)
    case items(Node)
    case itemCount(minimum: Int, maximum: Int)
    case uniqueItems
    case length(minimum: Int, maximum: Int)
    case range(minimum: Double, maximum: Double)
    case exclusiveRange(minimum: Double, maximum: Double)
    case alternatives([Node], accepted: ClosedRange<Int>)
  }
}
