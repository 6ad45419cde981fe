extension JSONSchema.Node {
  func violations(of value: JSONValue, at path: String) -> [JSONSchemaViolation] {
    switch self {
    case .anything: []
    case .nothing: [JSONSchemaViolation(path: path, message: "is not allowed")]
    case .checks(let checks): checks.flatMap { $0.violations(of: value, at: path) }
    }
  }
}

extension JSONSchema.Check {
  func violations(of value: JSONValue, at path: String) -> [JSONSchemaViolation] {
    func violation(_ message: String, if wrong: Bool = true) -> [JSONSchemaViolation] {
      wrong ? [JSONSchemaViolation(path: path, message: message)] : []
    }
    switch self {
    case .type(let types):
      let matches = types.contains(value.typeName) || types.contains("integer") && value.isWhole
      return violation(
        "should be of type \(types.joined(separator: " or ")), is \(value.typeName)", if: !matches)
    case .oneOf(let values):
      let list = values.map { $0.text() }.joined(separator: ", ")
      return violation(
        values.count == 1 ? "should be \(list)" : "should be one of \(list)",
        if: !values.contains(value))
    case .property(let name, let node):
      return value[name].map { node.violations(of: $0, at: path + Self.pointer(name)) } ?? []
    case .required(let name):
      return violation("lacks \"\(name)\"", if: value.object != nil && value[name] == nil)
    case .additionalProperties(let known, let node):
      let known = Set(known.map(ExactString.init))
      let others = (value.object?.members ?? []).filter { !known.contains(ExactString($0.key)) }
      return others.flatMap { node.violations(of: $0.value, at: path + Self.pointer($0.key)) }
    case .items(let node):
      return (value.array ?? []).enumerated().flatMap { index, item in
        node.violations(of: item, at: "\(path)/\(index)")
      }
    case .itemCount(let minimum, let maximum):
      guard let count = value.array?.count else { return [] }
      return violation("needs at least \(minimum) items, has \(count)", if: count < minimum)
        + violation("may have \(maximum) items, has \(count)", if: count > maximum)
    case .uniqueItems:
      guard let array = value.array else { return [] }
      return violation("holds an item twice", if: Set(array).count < array.count)
    case .length(let minimum, let maximum):
      guard let count = value.string?.unicodeScalars.count else { return [] }
      return violation("needs at least \(minimum) characters, has \(count)", if: count < minimum)
        + violation("may have \(maximum) characters, has \(count)", if: count > maximum)
    case .range(let minimum, let maximum):
      guard let number = value.number?.approximate else { return [] }
      return violation("should be at least \(Self.text(minimum))", if: number < minimum)
        + violation("should be at most \(Self.text(maximum))", if: number > maximum)
    case .exclusiveRange(let minimum, let maximum):
      guard let number = value.number?.approximate else { return [] }
      return violation("should be more than \(Self.text(minimum))", if: number <= minimum)
        + violation("should be less than \(Self.text(maximum))", if: number >= maximum)
    case .alternatives(let nodes, let accepted):
      let results = nodes.map { $0.violations(of: value, at: path) }
      let count = results.count(where: \.isEmpty)
      if accepted.contains(count) { return [] }
      if accepted.lowerBound == nodes.count { return results.flatMap(\.self) }
      let reasons = results.joined().map(\.description).joined(separator: "; ")
      return count == 0
        ? violation("fits none of \(nodes.count) alternatives: \(reasons)")
        : violation("fits \(count) alternatives, should fit one")
    }
  }

  private static func text(_ bound: Double) -> String { JSONNumber(bound)?.text ?? "\(bound)" }

  /// One step of a JSON pointer.
  private static func pointer(_ key: String) -> String {
    "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}

extension JSONValue {
  /// Whether it is a number without a fraction.
  fileprivate var isWhole: Bool { number?.isWhole ?? false }
}

extension JSONNumber {
  /// The nearest `Double`, infinite where the magnitude is too large.
  fileprivate var approximate: Double? { Double(text) }
}
