/// How JSON is laid out.
public enum JSONLayout: Sendable, Hashable {
  /// No white space at all.
  case compact
  /// One member per line, two spaces deep.
  case pretty
}

extension JSONValue: CustomStringConvertible {
  /// The value as UTF-8 JSON; parsing it gives the value back, digits and order included.
  public func bytes(_ layout: JSONLayout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self)
    return writer.output
  }

  /// The value as JSON text.
  public func text(_ layout: JSONLayout = .compact) -> String {
    String(decoding: bytes(layout), as: UTF8.self)
  }

  /// Compact JSON.
  public var description: String { text() }
}

struct JSONWriter {
  let layout: JSONLayout
  var output: [UInt8] = []
  private var depth = 0

  init(layout: JSONLayout) { self.layout = layout }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: output += "null".utf8
    case .bool(let bool): output += (bool ? "true" : "false").utf8
    case .number(let number): output += number.text.utf8
    case .string(let string): write(string)
    case .array(let array):
      write(array, between: "[", "]") { $0.write($1) }
    case .object(let object):
      write(object.members, between: "{", "}") { writer, member in
        writer.write(member.key)
        writer.output += (writer.layout == .pretty ? ": " : ":").utf8
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], between open: String, _ close: String,
    element: (inout JSONWriter, Element) -> Void
  ) {
    output += open.utf8
    depth += 1
    for (index, one) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      breakLine()
      element(&self, one)
    }
    depth -= 1
    if !elements.isEmpty { breakLine() }
    output += close.utf8
  }

  private mutating func breakLine() {
    guard layout == .pretty else { return }
    output.append(UInt8(ascii: "\n"))
    output += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }

  private mutating func write(_ string: String) {
    output.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): output += #"\""#.utf8
      case UInt8(ascii: "\\"): output += #"\\"#.utf8
      case 0x0a: output += #"\n"#.utf8
      case 0x0d: output += #"\r"#.utf8
      case 0x09: output += #"\t"#.utf8
      case 0..<0x20, 0x7f:
        let digits = String(byte, radix: 16)
        output += (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
