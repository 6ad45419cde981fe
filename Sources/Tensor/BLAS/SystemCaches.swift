#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The data caches that one processor reads through.
enum SystemCaches {
  /// Bytes of each level, the first level first; empty where the system doesn't tell.
  static var sizes: [Int] {
    #if os(Linux)
      // The C library counts the caches of a virtual machine's whole host; the kernel doesn't.
      let described = sizes(describedIn: "/sys/devices/system/cpu/cpu0/cache")
      if !described.isEmpty { return described }
    #endif
    #if canImport(Glibc)
      let levels = [_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE]
      return Array(levels.map { sysconf(Int32($0)) }.prefix { $0 > 0 })
    #elseif canImport(Darwin)
      let names = ["hw.l1dcachesize", "hw.l2cachesize", "hw.l3cachesize"]
      let sizes = names.map { name in
        var (size, length) = (0, MemoryLayout<Int>.size)
        return sysctlbyname(name, &size, &length, nil, 0) == 0 ? size : 0
      }
      return Array(sizes.prefix { $0 > 0 })
    #else
      return []
    #endif
  }

  /// The caches that a folder describes as Linux does, those for instructions left out.
  ///
  /// Each has a folder `index0`, `index1` and so on, with the files `level`, `type` and `size`, such
  /// as `2`, `Unified` and `1024K`. Only levels from the first on without a gap count.
  static func sizes(describedIn folder: String) -> [Int] {
    var ofLevel: [Int: Int] = [:]
    var index = 0
    while let level = word(in: "\(folder)/index\(index)/level").flatMap({ Int($0) }) {
      if let type = word(in: "\(folder)/index\(index)/type"), type != "Instruction",
        let size = word(in: "\(folder)/index\(index)/size").flatMap(bytes)
      {
        ofLevel[level] = size
      }
      index += 1
    }
    return Array((1...).lazy.map { ofLevel[$0] ?? 0 }.prefix { $0 > 0 })
  }

  /// `1024K` in bytes.
  private static func bytes(_ text: some StringProtocol) -> Int? {
    switch text.last {
    case "K": Int(text.dropLast()).map { $0 << 10 }
    case "M": Int(text.dropLast()).map { $0 << 20 }
    default: Int(text)
    }
  }

  /// What a short file has before its first white space.
  private static func word(in path: String) -> Substring? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(
      whereSeparator: \.isWhitespace
    )
    .first
  }
}
