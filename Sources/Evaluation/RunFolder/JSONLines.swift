internal import FoundationEssentials

/// The records of a `.jsonl` file, one a line, decoded when asked for.
///
/// A run can be killed in the middle of a write. A last line without its line break that is not a
/// record was torn by that: it is left out, and ``torn`` says so. Empty lines are skipped.
public struct JSONLines<Record: RunRecord>: Sendable {
  /// A last line that was cut in the middle of a write.
  public struct TornLine: Sendable, Hashable {
    /// Its number, from 1.
    public let line: Int
    /// How many bytes of it were written.
    public let byteCount: Int
  }

  /// The cut last line, if there is one.
  public let torn: TornLine?
  /// How many bytes at the front of the file hold whole records: where a resumed run goes on
  /// writing, after it has cut the rest.
  public let wholeByteCount: Int

  private let data: Data
  private let file: String
  private let lines: [Line]

  private struct Line {
    let number: Int
    let bytes: Range<Int>
  }

  /// The records of a file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - file: What errors call the file.
  /// - Complexity: One pass over the bytes, one decoded record for a last line without its break.
  public init(bytes: [UInt8], file: String) {
    self.init(data: Data(bytes), file: file)
  }

  init(data: Data, file: String) {
    var lines: [Line] = []
    var number = 0
    var start = 0
    data.withUnsafeBytes { bytes in
      while start < bytes.count {
        number += 1
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let isBlank = bytes[start..<end].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if !isBlank { lines.append(Line(number: number, bytes: start..<end)) }
        start = end + 1
      }
    }
    var torn: TornLine?
    var whole = data.count
    if let last = lines.last, last.bytes.upperBound == data.count,
      (try? RunCoding.decoder().decode(Record.self, from: Self.slice(data, last.bytes))) == nil
    {
      torn = TornLine(line: last.number, byteCount: last.bytes.count)
      whole = last.bytes.lowerBound
      lines.removeLast()
    }
    self.data = data
    self.file = file
    self.lines = lines
    self.torn = torn
    wholeByteCount = whole
  }

  /// How many records there are.
  public var count: Int { lines.count }

  /// One record.
  ///
  /// - Throws: ``RunFolderError/broken(file:line:reason:)`` if the line is not a record.
  public func record(at index: Int) throws(RunFolderError) -> Record {
    try decode(Record.self, at: index)
  }

  /// A part of a record, for those who need only that.
  func decode<Part: Decodable>(_ type: Part.Type, at index: Int) throws(RunFolderError) -> Part {
    let line = lines[index]
    do {
      return try RunCoding.decoder().decode(type, from: Self.slice(data, line.bytes))
    } catch {
      throw .broken(file: file, line: line.number, reason: RunCoding.reason(for: error))
    }
  }

  /// All records, in order.
  ///
  /// - Throws: ``RunFolderError/broken(file:line:reason:)`` at the first line that is not a record.
  public func all() throws(RunFolderError) -> [Record] {
    var records: [Record] = []
    records.reserveCapacity(count)
    for index in 0..<count { records.append(try record(at: index)) }
    return records
  }

  private static func slice(_ data: Data, _ range: Range<Int>) -> Data {
    data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)]
  }
}
