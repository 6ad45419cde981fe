internal import Trajectories

/// A safetensors file: named arrays of numbers that load without running anything.
///
///     8 bytes    length N of the header, little-endian
///     N bytes    JSON: name → {"dtype", "shape", "data_offsets"}, and "__metadata__"
///     the rest   the numbers, little-endian, one array after the other
///
/// Only the header is read when a file is opened; ``floats(_:)`` reads one array at a time. What is
/// accepted is checked in full: every byte of the data belongs to exactly one array.
///
/// - Source: the `safetensors` format, huggingface/safetensors.
public struct SafetensorsFile: Sendable {
  /// Where an array is and what it holds.
  public struct Entry: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The type of its numbers.
    public let type: SafetensorsType
    /// Its lengths, outermost first; empty for a single number.
    public let shape: [Int]
    /// Its bytes, counted from the start of the file.
    public let range: Range<Int>
  }

  private enum Storage: Sendable {
    case file(ReadableFile)
    case bytes([UInt8])
  }

  /// The arrays in the order of their bytes.
  public let entries: [Entry]
  /// Free texts beside the arrays.
  public let metadata: [String: String]

  private let storage: Storage
  private let positions: [[UInt8]: Int]

  /// Opens a file and reads its header.
  ///
  /// - Throws: ``SafetensorsError`` naming what is wrong.
  public init(contentsOf path: String) throws(SafetensorsError) {
    let file: ReadableFile
    do {
      file = try ReadableFile(path)
    } catch {
      throw .file(error)
    }
    try self.init(.file(file), size: file.size)
  }

  /// Reads the content of a file.
  ///
  /// - Throws: ``SafetensorsError`` naming what is wrong.
  public init(bytes: [UInt8]) throws(SafetensorsError) {
    try self.init(.bytes(bytes), size: bytes.count)
  }

  private init(_ storage: Storage, size: Int) throws(SafetensorsError) {
    let length = try SafetensorsHeader.length(Self.read(0..<min(8, size), of: storage), size: size)
    let header = try SafetensorsHeader(
      json: Self.read(8..<8 + length, of: storage), dataSize: size - 8 - length)
    entries = header.entries
    metadata = header.metadata
    self.storage = storage
    positions = Dictionary(
      entries.enumerated().map { (Array($1.name.utf8), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The array of a name, or `nil`.
  public func entry(_ name: String) -> Entry? { positions[Array(name.utf8)].map { entries[$0] } }

  /// The numbers of an array as they are stored.
  ///
  /// - Throws: ``SafetensorsError/unknownTensor(_:)``, or ``SafetensorsError/file(_:)``.
  public func bytes(_ name: String) throws(SafetensorsError) -> [UInt8] {
    guard let entry = entry(name) else { throw .unknownTensor(name) }
    let bytes = try Self.read(entry.range, of: storage)
    guard bytes.count == entry.range.count else {
      throw .sizeMismatch(name: name, needed: entry.range.count, held: bytes.count)
    }
    return bytes
  }

  /// The numbers of an array of type F32, F16, BF16 or F64, the last rounded to `Float`.
  ///
  /// - Returns: Row-major, as many as the product of the shape.
  /// - Throws: ``SafetensorsError``; of another type, ``SafetensorsError/notFloatingPoint(name:type:)``.
  public func floats(_ name: String) throws(SafetensorsError) -> [Float] {
    guard let entry = entry(name) else { throw .unknownTensor(name) }
    guard let floats = try entry.type.floats(bytes(name)) else {
      throw .notFloatingPoint(name: name, type: entry.type.rawValue)
    }
    return floats
  }

  private static func read(
    _ range: Range<Int>, of storage: Storage
  ) throws(SafetensorsError) -> [UInt8] {
    switch storage {
    case .bytes(let bytes): return Array(bytes[range])
    case .file(let file):
      do {
        return try file.read(range)
      } catch {
        throw .file(error)
      }
    }
  }
}
