import Testing

@testable import RandomStreams

@Suite("Philox 4×32-10")
struct PhiloxTests {
  @Test("the known answers of Random123 come out")
  func knownAnswers() {
    let zeros = Philox.block(key: (0, 0), counter: (0, 0, 0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(key: (.max, .max), counter: (.max, .max, .max, .max))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      key: (0xa409_3822, 0x299f_31d0),
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("a 64-bit word is the block's first two, with position and key in their places")
  func word() {
    let key = Philox.Key(low: 0x299f_31d0_a409_3822, high: 0x0370_7344_1319_8a2e)
    #expect(Philox.block(key: key, counter: 0x85a3_08d3_243f_6a88) == 0x94fd_cceb_d16c_fe09)
  }

  @Test("one changed bit of the path changes half of the bits of the key")
  func avalanche() {
    let root = Philox.Key(low: 1, high: 2)
    let base = Philox.Key(absorbing: 77, into: root)
    for bit in 0..<64 {
      let other = Philox.Key(absorbing: 77 ^ (1 << UInt64(bit)), into: root)
      let flipped =
        (base.low ^ other.low).nonzeroBitCount + (base.high ^ other.high).nonzeroBitCount
      #expect((36...92).contains(flipped), "bit \(bit) flipped \(flipped) of 128")
    }
  }
}
