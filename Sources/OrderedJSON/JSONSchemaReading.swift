extension JSONSchema.Node {
  private static let annotations: Set<String> = [
    "title", "description", "default", "examples", "format", "deprecated", "$schema", "$id",
    "$comment",
  ]
  private static let types: Set<String> = [
    "null", "boolean", "number", "integer", "string", "array", "object",
  ]

  /// Reads one level of a schema.
  init(_ json: JSONValue, at path: String) throws(JSONSchemaError) {
    if let bool = json.bool {
      self = bool ? .anything : .nothing
      return
    }
    guard let object = json.object else {
      throw JSONSchemaError(path: path, keyword: "", reason: "a schema is an object or a boolean")
    }
    var checks: [JSONSchema.Check] = []
    for member in object.members where !Self.annotations.contains(member.key) {
      checks += try Self.checks(member.key, member.value, in: object, at: path)
    }
    self = .checks(checks)
  }

  private static func checks(
    _ keyword: String, _ value: JSONValue, in object: JSONObject, at path: String
  ) throws(JSONSchemaError) -> [JSONSchema.Check] {
    func refused(_ reason: String) -> JSONSchemaError {
      JSONSchemaError(path: path, keyword: keyword, reason: reason)
    }
    func count() throws(JSONSchemaError) -> Int {
      guard let count = value.integer, count >= 0 else { throw refused("needs a count") }
      return count
    }
    func bound() throws(JSONSchemaError) -> Double {
      guard let bound = value.double else { throw refused("needs a number") }
      return bound
    }
    func schemas() throws(JSONSchemaError) -> [JSONSchema.Node] {
      guard let array = value.array, !array.isEmpty else { throw refused("needs schemas") }
      var nodes: [JSONSchema.Node] = []
      for (index, schema) in array.enumerated() {
        nodes.append(try JSONSchema.Node(schema, at: "\(path)/\(keyword)/\(index)"))
      }
      return nodes
    }
    switch keyword {
    case "type":
      let names = value.array?.map(\.string) ?? [value.string]
      let types = names.compactMap(\.self).filter(Self.types.contains)
      guard !names.isEmpty, types.count == names.count else { throw refused("is unknown") }
      return [.type(types)]
    case "enum":
      guard let values = value.array, !values.isEmpty else { throw refused("needs values") }
      return [.oneOf(values: values)]
    case "const": return [.oneOf(values: [value])]
    case "properties":
      guard let members = value.object?.members else { throw refused("needs an object") }
      var checks: [JSONSchema.Check] = []
      for member in members {
        let node = try JSONSchema.Node(member.value, at: "\(path)/properties/\(member.key)")
        checks.append(.property(member.key, node))
      }
      return checks
    case "required":
      let names = value.array?.compactMap(\.string)
      guard let names, names.count == value.array?.count else { throw refused("needs names") }
      return names.map { .required($0) }
    case "additionalProperties":
      let node = try JSONSchema.Node(value, at: "\(path)/additionalProperties")
      return [.additionalProperties(known: object["properties"]?.object?.keys ?? [], node)]
    case "items": return [.items(try JSONSchema.Node(value, at: "\(path)/items"))]
    case "minItems": return [.itemCount(minimum: try count(), maximum: .max)]
    case "maxItems": return [.itemCount(minimum: 0, maximum: try count())]
    case "uniqueItems":
      guard let unique = value.bool else { throw refused("needs a boolean") }
      return unique ? [.uniqueItems] : []
    case "minLength": return [.length(minimum: try count(), maximum: .max)]
    case "maxLength": return [.length(minimum: 0, maximum: try count())]
    case "minimum": return [.range(minimum: try bound(), maximum: .infinity)]
    case "maximum": return [.range(minimum: -.infinity, maximum: try bound())]
    case "exclusiveMinimum": return [.exclusiveRange(minimum: try bound(), maximum: .infinity)]
    case "exclusiveMaximum": return [.exclusiveRange(minimum: -.infinity, maximum: try bound())]
    case "anyOf":
      let nodes = try schemas()
      return [.alternatives(nodes, accepted: 1...nodes.count)]
    case "allOf":
      let nodes = try schemas()
      return [.alternatives(nodes, accepted: nodes.count...nodes.count)]
    case "oneOf": return [.alternatives(try schemas(), accepted: 1...1)]
    default: throw refused("is not supported")
    }
  }
}
