internal import FoundationEssentials
internal import Tensor

/// Prints what is measured and on what, the first lines of every benchmark.
public func printHeading(_ title: String) {
  print("\(title)\n\(processorName()), \(TensorDiagnostics.current)")
  #if DEBUG
    print("This is a debug build: its numbers mean nothing. Use -c release.")
  #endif
  print()
}

/// The processor as the system names it.
public func processorName() -> String {
  guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else {
    return "unknown processor"
  }
  let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
  func value(_ key: String) -> Substring? {
    lines.first { $0.hasPrefix(key) }?.split(separator: ":").last?.drop { $0 == " " }
  }
  guard let name = value("model name") else { return "unknown processor" }
  let numbers = [("family", "cpu family"), ("model", "model\t")].compactMap { label, key in
    value(key).map { "\(label) \($0)" }
  }
  return ([String(name)] + numbers).joined(separator: ", ")
}
