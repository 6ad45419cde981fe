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

  @Test(
    "of two megabytes of anything takes one pass", .timeLimit(.minutes(1)),
    arguments: ["\u{202E}\u{200F}", "\u{301}", "\u{3000}", "Σ", "Σ\u{301}\u{301}", "É", "İ"])
  func onePass(unit: String) {
    let text = String(repeating: unit, count: 2_000_000 / unit.utf8.count)
    #expect(text.lowercasedByScalar.unicodeScalars.count >= text.unicodeScalars.count)
  }
}
