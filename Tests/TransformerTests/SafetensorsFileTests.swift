import RandomStreams
import Testing
import Transformer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Safetensors")
struct SafetensorsFileTests {
  /// A file of F32 numbers, an empty array and a single number, as bytes.
  private func sample() throws -> [UInt8] {
    try withTemporaryFile { path in
      try SafetensorsFile.write(
        [
          ("layer.weight", [2, 3], [1, -2, 3.5, .infinity, 0x1p-140, -0.0]), ("empty", [0, 4], []),
          ("scale", [], [0.25]),
        ], metadata: ["format": "pt", "é": "naïve \"quoted\""], to: path)
      return try contents(path)
    }
  }

  @Test("what is written is read back bit for bit, in order, with its texts")
  func roundTrip() throws {
    try withTemporaryFile { path in
      let values = (0..<1000).map { Float(bitPattern: UInt32($0) &* 4_000_037) }
      try SafetensorsFile.write([("a", [10, 100], values)], metadata: ["k": "v"], to: path)
      try SafetensorsFile.write(
        [("b", [3], [1, 2, 3]), ("a", [10, 100], values)], metadata: ["k": "w"], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.entries.map(\.name) == ["b", "a"])
      #expect(file.entry("a")?.shape == [10, 100])
      #expect(file.entry("a")?.type == .float32)
      #expect(file.metadata == ["k": "w"])
      #expect(try file.floats("b") == [1, 2, 3])
      #expect(try file.floats("a").map(\.bitPattern) == values.map(\.bitPattern))
      #expect(file.entries.allSatisfy { $0.range.lowerBound.isMultiple(of: 4) })
      #expect(access(path + ".writing", F_OK) != 0)
    }
  }

  @Test("a file in memory and a file on disk read the same")
  func memory() throws {
    let file = try SafetensorsFile(bytes: sample())
    #expect(try file.floats("layer.weight") == [1, -2, 3.5, .infinity, 0x1p-140, -0.0])
    #expect(try file.floats("empty") == [])
    #expect(try file.floats("scale") == [0.25])
    #expect(throws: SafetensorsError.unknownTensor("none")) { try file.floats("none") }
  }

  @Test("half, brain and double precision become the nearest Float")
  func conversions() throws {
    let half: [UInt16] = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0x8000, 0x3555]
    let brain: [UInt16] = [0x3f80, 0xc000, 0x7f80, 0x0001]
    let file = try SafetensorsFile(
      bytes: assemble(
        #"{"h":{"dtype":"F16","shape":[9],"data_offsets":[0,18]},"#
          + #""b":{"dtype":"BF16","shape":[2,2],"data_offsets":[18,26]},"#
          + #""d":{"dtype":"F64","shape":[1],"data_offsets":[26,34]},"#
          + #""i":{"dtype":"I64","shape":[1],"data_offsets":[34,42]}}"#,
        data: littleEndian(half) + littleEndian(brain) + littleEndian([(0.1 as Double).bitPattern])
          + littleEndian([UInt64(7)])))
    let expected: [Float] = [
      1, -2, 0x1p-24, 0x1.ff8p-15, 0x1p-14, 65504, .infinity, -0.0, 0.333251953125,
    ]
    #expect(try file.floats("h").map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(try file.floats("b") == [1, -2, .infinity, Float(bitPattern: 0x10000)])
    #expect(try file.floats("d") == [0.1])
    #expect(throws: SafetensorsError.notFloatingPoint(name: "i", type: "I64")) {
      try file.floats("i")
    }
    #expect(try file.bytes("i") == [7, 0, 0, 0, 0, 0, 0, 0])
    let nan = try SafetensorsFile(
      bytes: assemble(
        #"{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#,
        data: littleEndian([0x7e01 as UInt16])))
    #expect(try nan.floats("h").allSatisfy(\.isNaN))
  }

  @Test(
    "headers that contradict themselves are refused by name",
    arguments: [
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "needs 8 bytes"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "begins at byte 4"),
      (
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        "\"b\" begins at byte 4"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "describes 4 bytes"),
      (#"{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}"#, "describes 36 bytes"),
      (#"{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, "F31"),
      (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "a shape"),
      (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, "a shape"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "data_offsets"),
      (
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, "data_offsets"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
        "more elements"
      ),
      (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, "a dtype"),
      (#"{"a":3}"#, "a dtype"),
      (#"{"__metadata__":{"k":1}}"#, "a text"),
      (#"{"__metadata__":[]}"#, "an object"),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        "\"a\" twice"
      ),
      ("[]", "no JSON object"), ("{", "not JSON"), ("", "not JSON"),
    ])
  func refused(header: String, reason: String) {
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(bytes: assemble(header, data: Array(repeating: 0, count: 8)))
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("a header longer than the file, or no header, is refused")
  func headerLength() {
    #expect(throws: SafetensorsError.tooShort(bytes: 3)) { try SafetensorsFile(bytes: [1, 2, 3]) }
    #expect(throws: SafetensorsError.headerLength(claimed: 3, available: 2)) {
      try SafetensorsFile(bytes: [3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d])
    }
    #expect(throws: SafetensorsError.headerLength(claimed: .max, available: 0)) {
      try SafetensorsFile(bytes: Array(repeating: 0xff, count: 8))
    }
  }

  @Test("a file cut at any byte is refused")
  func everyCut() throws {
    let bytes = try sample()
    for end in 0..<bytes.count {
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: Array(bytes[..<end])) }
    }
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes + [0]) }
  }

  @Test("a header with any byte changed is refused or reads inside of its file")
  func flippedBytes() throws {
    let bytes = try sample()
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var stream = RandomStream(seed: 3)
    for position in 0..<headerEnd {
      for _ in 0..<8 {
        var changed = bytes
        changed[position] = UInt8(truncatingIfNeeded: stream.next())
        guard let file = try? SafetensorsFile(bytes: changed) else { continue }
        for entry in file.entries {
          #expect(entry.range.upperBound <= changed.count)
          let count = try file.bytes(entry.name).count
          #expect(count == entry.shape.reduce(entry.type.byteCount, *))
        }
      }
    }
  }

  @Test("a path that can't be written or read says why, and leaves nothing behind")
  func paths() throws {
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write([("a", [1], [1])], to: "/nowhere/at/all.safetensors")
    }
    #expect(error?.description.contains("No such file") == true)
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/nowhere") }
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/") }
  }

  @Test("a full disk is an error with the system's reason, and the old file stays")
  func fullDisk() throws {
    guard access("/dev/full", W_OK) == 0 else { return print("skipped: no /dev/full here") }
    try withTemporaryFile { path in
      try SafetensorsFile.write([("a", [1], [1])], to: path)
      symlink("/dev/full", path + ".writing")
      let error = #expect(throws: SafetensorsError.self) {
        try SafetensorsFile.write([("a", [1], [2])], to: path)
      }
      #expect(error?.description.contains("No space left") == true)
      #expect(try SafetensorsFile(contentsOf: path).floats("a") == [1])
      #expect(access(path + ".writing", F_OK) != 0)
    }
  }
}

private func assemble(_ header: String, data: [UInt8]) -> [UInt8] {
  littleEndian([UInt64(header.utf8.count)]) + Array(header.utf8) + data
}

private func littleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
  numbers.flatMap { number in
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

private func contents(_ path: String) throws -> [UInt8] {
  let file = try #require(fopen(path, "rb"))
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = fread(&bytes, 1, bytes.count, file)
  return Array(bytes[..<count])
}

private func withTemporaryFile<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/safetensors-XXXXXX".utf8CString)
  try #require(mkdtemp(&template) != nil)
  let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer {
    unlink(folder + "/file")
    rmdir(folder)
  }
  return try body(folder + "/file")
}
