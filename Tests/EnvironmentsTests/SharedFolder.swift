import Foundation

/// A folder of other people's data beside the package; tests that need it are skipped without it.
enum SharedFolder {
  static let url: URL = {
    if let path = ProcessInfo.processInfo.environment["PEREGRINE_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return root.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// The bytes of a file, or `nil` after saying that the test is skipped.
  static func data(_ path: String) -> Data? {
    let data = try? Data(contentsOf: url.appendingPathComponent(path))
    if data == nil { print("skipped: \(path) is not in PEREGRINE_SHARED") }
    return data
  }
}
