import Foundation
import Testing

@testable import Retrieval

/// Lower case, scalar by scalar.
@Suite("Lower case") struct LowerCaseTests {
  @Test("is Unicode's mapping of every scalar that stands alone, sigma aside")
  func everyScalar() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), scalar != "Σ" else { continue }
      let expected = scalar.properties.lowercaseMapping
      guard String(scalar).lowercasedByScalar.utf8.elementsEqual(expected.utf8) else {
        Issue.record("U+\(String(value, radix: 16)) becomes something else than \(expected)")
        return
      }
    }
  }

  @Test("of sigma depends on the letters around it, over marks")
  func sigma() {
    #expect("ΟΔΟΣ".lowercasedByScalar == "οδος")
    #expect("ΟΔΟΣ\u{301} ΣΑΣ".lowercasedByScalar.isSameScalars(as: "οδος\u{301} σας"))
    #expect("Σ".lowercasedByScalar == "σ")
  }

  /// Seconds of the processor that a body takes on this thread, whatever else runs beside it.
  func processorTime(_ body: () -> Void) -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
    let start = now()
    body()
    return now() - start
  }

  @Test(
    "takes time that grows with the text and not with its square",
    arguments: ["\u{202E}\u{200F}", "\u{301}", "\u{3000}", "Σ", "Σ\u{301}\u{301}", "É", "İ"])
  func linear(unit: String) {
    func time(_ bytes: Int) -> Double {
      let text = String(repeating: unit, count: bytes / unit.utf8.count)
      var count = 0
      let time = processorTime { count = text.lowercasedByScalar.utf8.count }
      #expect(count > 0)
      return time
    }
    _ = time(1_000)
    let (small, large) = (time(20_000), time(160_000))
    // Eight times the text: a square would take 64 times as long.
    #expect(large < 30 * small + 0.02, "\(small) s, then \(large) s")
  }
}
