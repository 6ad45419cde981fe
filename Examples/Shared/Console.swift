package import Evaluation
internal import Foundation
internal import Synchronization

/// Where the example talks: progress to standard error, results to standard output.
package struct Console: Sendable {
  private let style = ProgressWriter.Style.suiting(
    isTerminal: isatty(STDERR_FILENO) == 1, width: Self.width,
    environment: ProcessInfo.processInfo.environment)

  package init() {}

  /// Prints a line of result.
  package func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// A progress bar, or plain lines where there is no terminal.
  package func progress(_ title: String, total: Int, start: Int = 0) -> ProgressWriter {
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
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  package init() {}

  /// Adds one and returns the new value.
  package func increment() -> Int {
    value.wrappingAdd(1, ordering: .relaxed).newValue
  }
}

extension Duration {
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
