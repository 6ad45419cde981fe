internal import OrderedJSON
internal import Trajectories

extension SafetensorsFile {
  /// Writes arrays as F32, in the order given, with texts beside them.
  ///
  /// The old file stays until the new one is safe on the disk: a full disk or a kill at any instant
  /// leaves one or the other.
  ///
  /// - Parameters:
  ///   - tensors: Distinct names, each with its lengths and its numbers in row-major order.
  ///   - metadata: Free texts.
  ///   - path: Where to.
  /// - Precondition: names are distinct and not `__metadata__`; each array has as many numbers as
  ///   the product of its shape.
  /// - Throws: ``SafetensorsError/file(_:)`` with the system's reason.
  public static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:],
    to path: String
  ) throws(SafetensorsError) {
    let header = header(tensors, metadata: metadata)
    do {
      try DurableFile.write(to: path) { writer throws(FileError) in
        try header.withUnsafeBufferPointer { header throws(FileError) in
          try writer.append(UnsafeRawBufferPointer(header))
        }
        // Every platform Swift runs on keeps numbers little-endian, as the format does.
        for tensor in tensors {
          try tensor.values.withUnsafeBufferPointer { values throws(FileError) in
            try writer.append(UnsafeRawBufferPointer(values))
          }
        }
      }
    } catch {
      throw .file(error)
    }
  }

  /// Length and JSON, padded with spaces so that the numbers start at a multiple of eight.
  private static func header(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String]
  ) -> [UInt8] {
    var object = JSONObject()
    if !metadata.isEmpty {
      var texts = JSONObject()
      for (key, text) in metadata.sorted(by: { $0.key < $1.key }) { texts[key] = .string(text) }
      object["__metadata__"] = .object(texts)
    }
    var end = 0
    for (name, shape, values) in tensors {
      precondition(
        name != "__metadata__" && object[name] == nil, "there is already an entry \"\(name)\"")
      precondition(
        shape.reduce(1, *) == values.count,
        "tensor \"\(name)\" of shape \(shape) came with \(values.count) numbers")
      let start = end
      end += 4 * values.count
      object[name] = [
        "dtype": "F32", "shape": .array(shape.map { .number(JSONNumber($0)) }),
        "data_offsets": [.number(JSONNumber(start)), .number(JSONNumber(end))],
      ]
    }
    var json = JSONValue.object(object).bytes()
    json += repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }
}
