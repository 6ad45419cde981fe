import Evaluation
import Foundation
import Synchronization

/// Where the example talks: progress to standard error, results to standard output.
struct Console: Sendable {
  private let style = ProgressWriter.Style.suiting(
    isTerminal: isatty(STDERR_FILENO) == 1, width: Self.width,
    environment: ProcessInfo.processInfo.environment)

  /// Prints a line of result.
  func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// A progress bar, or plain lines where there is no terminal.
  func progress(_ title: String, total: Int, start: Int = 0) -> ProgressWriter {
    ProgressWriter(title: title, total: total, start: start, style: style) { text in
      FileHandle.standardError.write(Data(text.utf8))
    }
  }

  private static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }
}

/// A counter that many tasks share.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  /// Adds one and returns the new value.
  func increment() -> Int {
    value.wrappingAdd(1, ordering: .relaxed).newValue
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
