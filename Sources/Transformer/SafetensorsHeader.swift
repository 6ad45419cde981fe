internal import OrderedJSON

/// The checked header of a safetensors file.
struct SafetensorsHeader {
  let entries: [SafetensorsFile.Entry]
  let metadata: [String: String]

  /// Longest header that is read: the format's own limit.
  static let maximumLength = 100_000_000

  /// The header's length from a file's first eight bytes.
  static func length(_ bytes: [UInt8], size: Int) throws(SafetensorsError) -> Int {
    guard bytes.count == 8 else { throw .tooShort(bytes: size) }
    let claimed = bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard let length = Int(exactly: claimed), length <= min(size - 8, maximumLength) else {
      throw .headerLength(claimed: claimed, available: size - 8)
    }
    return length
  }

  /// Reads the header of a file with so many bytes of data behind it.
  init(json: [UInt8], dataSize: Int) throws(SafetensorsError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: json)
    } catch {
      throw .headerNotJSON("\(error)")
    }
    guard let object = value.object else { throw .headerNotJSON("no JSON object") }
    let dataStart = 8 + json.count
    var metadata: [String: String] = [:]
    var entries: [SafetensorsFile.Entry] = []
    for member in object.members {
      if member.key == "__metadata__" {
        metadata = try Self.metadata(member.value)
      } else {
        entries.append(try Self.entry(member.key, member.value, dataStart: dataStart))
      }
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = dataStart
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw .notAdjacent(
          name: entry.name, begins: entry.range.lowerBound - dataStart, expected: end - dataStart)
      }
      end = entry.range.upperBound
    }
    guard end - dataStart == dataSize else {
      throw .dataLength(described: end - dataStart, held: dataSize)
    }
    self.entries = entries
    self.metadata = metadata
  }

  private static func metadata(_ value: JSONValue) throws(SafetensorsError) -> [String: String] {
    guard let members = value.object?.members else {
      throw .malformedEntry(name: "__metadata__", expected: "an object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw .malformedEntry(name: "__metadata__", expected: "a text for \"\(member.key)\"")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue, dataStart: Int
  ) throws(SafetensorsError) -> SafetensorsFile.Entry {
    guard let typeName = value["dtype"]?.string else {
      throw .malformedEntry(name: name, expected: "a dtype")
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw .unknownType(name: name, type: typeName)
    }
    guard let shape = integers(value["shape"]) else {
      throw .malformedEntry(name: name, expected: "a shape of whole numbers from 0")
    }
    guard let offsets = integers(value["data_offsets"]), offsets.count == 2,
      offsets[0] <= offsets[1], offsets[1] <= Int.max - dataStart
    else { throw .malformedEntry(name: name, expected: "two ascending data_offsets") }
    var needed = type.byteCount
    for length in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: length)
      guard !overflow else { throw .shapeTooLarge(name: name, shape: shape) }
      needed = product
    }
    guard needed == offsets[1] - offsets[0] else {
      throw .sizeMismatch(name: name, needed: needed, held: offsets[1] - offsets[0])
    }
    return SafetensorsFile.Entry(
      name: name, type: type, shape: shape,
      range: dataStart + offsets[0]..<dataStart + offsets[1])
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard let array = value?.array else { return nil }
    let integers = array.compactMap(\.integer).filter { $0 >= 0 }
    return integers.count == array.count ? integers : nil
  }
}
