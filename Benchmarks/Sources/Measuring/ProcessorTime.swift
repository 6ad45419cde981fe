internal import FoundationEssentials

/// What the system says about the time its processors worked and the memory a process holds.
///
/// Everything is `nil` where there is no `/proc`.
public enum ProcessorTime {
  private static let ticksPerSecond = 100.0

  /// Seconds that all processors together were busy since the machine started, with what the host
  /// took away from them.
  public static func ofMachine() -> Double? {
    guard let line = lines("/proc/stat").first else { return nil }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    let (idle, waiting) = (ticks[3], ticks[4])
    return (ticks.reduce(0, +) - idle - waiting) / ticksPerSecond
  }

  /// Seconds of processor time that a process used.
  public static func ofProcess(_ identifier: Int) -> Double? {
    // The second field, the program's name in brackets, may hold spaces.
    guard let line = lines("/proc/\(identifier)/stat").first, let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[end...].split(separator: " ").dropFirst()
    let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
    return ticks.count == 2 ? (ticks[0] + ticks[1]) / ticksPerSecond : nil
  }

  /// Bytes of memory: what the process holds now, and the most it ever held.
  public static func memory(ofProcess identifier: Int) -> (now: Double, peak: Double)? {
    let status = lines("/proc/\(identifier)/status")
    func bytes(_ key: String) -> Double? {
      status.first { $0.hasPrefix(key) }?.split { $0 == " " || $0 == "\t" }.dropFirst().first
        .flatMap { Double($0) }.map { 1024 * $0 }
    }
    guard let now = bytes("VmRSS:"), let peak = bytes("VmHWM:") else { return nil }
    return (now, peak)
  }

  /// Bytes that a new process could take without anything being swapped out.
  public static var availableMemory: Double? {
    lines("/proc/meminfo").first { $0.hasPrefix("MemAvailable:") }?
      .split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { 1024 * $0 }
  }

  private static func lines(_ path: String) -> [Substring] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }
}
