import RandomStreams
import Testing

@testable import Tensor

@Suite("A gradient summed over parts")
struct GradientSumTests {
  static let ranges = [0..<40, 40..<47, 47..<100]
  static let before = (0..<100).map { Float($0) * 0.37 - 11 }

  /// What a part has for a parameter.
  static func share(_ part: Int, _ index: Int) -> Float {
    Float((index * 31 + part * 17) % 23) * 0.1 - 1.3e3 * Float(part % 2)
  }

  /// Adds a part's share of a range.
  static func add(_ range: Range<Int>, _ index: Int, to part: GradientSum.Part) {
    let target = part.place(range)
    for i in range { target[i - range.lowerBound] += share(index, i) }
  }

  /// What the sum is: `((before + part 0) + part 1)` and so on.
  static let expected: [Float] = before.indices.map { i in
    (0..<4).reduce(before[i]) { $0 + share($1, i) }
  }

  @Test("has the same bits in whatever order the parts come", arguments: 0..<40)
  func order(seed: UInt64) {
    var stream = RandomStream(seed: seed)
    let sum = GradientSum(from: Tensor(Self.before), count: 100, parts: 4)
    let parts = (0..<4).map { GradientSum.Part($0, of: sum) }
    // Each part's doings in order, the parts' mixed: a number for each range, then the end.
    var left = (0..<4).map { _ in Array((0..<3).shuffled(using: &stream)) + [3] }
    while let part = left.indices.filter({ !left[$0].isEmpty }).randomElement(using: &stream) {
      let doing = left[part].removeFirst()
      guard doing < 3 else {
        parts[part].end()
        continue
      }
      Self.add(Self.ranges[doing], part, to: parts[part])
      // What is not finished by itself is when the part ends.
      if Bool.random(using: &stream) { parts[part].finish(Self.ranges[doing]) }
    }
    #expect(sum.finished().values == Self.expected)
  }

  @Test("goes on without ranges that a part has nothing for, and without parts that have nothing")
  func gaps() {
    let sum = GradientSum(from: nil, count: 100, parts: 3)
    let parts = (0..<3).map { GradientSum.Part($0, of: sum) }
    Self.add(Self.ranges[1], 2, to: parts[2])
    parts[2].finish(Self.ranges[1])
    parts[2].finish(Self.ranges[2])
    parts[1].end()
    parts[2].end()
    Self.add(Self.ranges[0], 0, to: parts[0])
    parts[0].end()
    #expect(
      sum.finished().values
        == (0..<100).map { $0 < 40 ? Self.share(0, $0) : $0 < 47 ? Self.share(2, $0) : 0 })
  }

  @Test("leaves a gradient alone that somebody else holds")
  func shared() {
    let before = Tensor(Self.before)
    let sum = GradientSum(from: before, count: 100, parts: 1)
    let part = GradientSum.Part(0, of: sum)
    Self.add(Self.ranges[0], 0, to: part)
    part.end()
    #expect(before.values == Self.before)
    #expect(sum.finished() != before)
  }

  @Test("of parts without any parameters is empty")
  func empty() {
    let sum = GradientSum(from: nil, count: 0, parts: 1)
    GradientSum.Part(0, of: sum).end()
    #expect(sum.finished().count == 0)
  }

  @Test("traps on a part that has not ended, a range outside and ranges that overlap")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = GradientSum(from: nil, count: 4, parts: 1).finished()
    }
    await #expect(processExitsWith: .failure) {
      let sum = GradientSum(from: nil, count: 4, parts: 1)
      _ = GradientSum.Part(0, of: sum).place(2..<5)
    }
    await #expect(processExitsWith: .failure) {
      let sum = GradientSum(from: nil, count: 4, parts: 1)
      let part = GradientSum.Part(0, of: sum)
      part.finish(0..<2)
      part.finish(0..<3)
    }
    await #expect(processExitsWith: .failure) {
      _ = GradientSum(from: Tensor([1, 2]), count: 4, parts: 1)
    }
  }

  @Test("of a tape that is spent is the flat gradient, also where two operations share a range")
  func spending() {
    let weights = Tensor((0..<24).map { Float($0 % 5) - 2 })
    let layer = LinearParameters(parameters: weights, weight: 0..<24, outputs: 6, inputs: 4)
    func recorded(_ ids: [Int32]) -> (Tape, Variable) {
      var tape = Tape()
      let rows = tape.embedding(ids, parameters: weights, table: 0..<24, width: 4)
      let output = tape.linear(rows, layer)
      return (tape, output)
    }
    let sum = GradientSum(from: nil, count: 24, parts: 2)
    var flat = [Tensor(zeros: [24]), Tensor(zeros: [24])]
    // The second part is ahead.
    for index in [1, 0] {
      let part = GradientSum.Part(index, of: sum)
      for (ids, isLast) in [([Int32(0), 3, 0], false), ([5, Int32(index)], true)] {
        var (tape, output) = recorded(ids)
        let seed = Tensor((0..<output.value.count).map { Float($0 % 7) - 2.5 })
        tape.gradients(seeding: [(output, seed)], parameters: &flat[index])
        tape.spend(seeding: [(output, seed)], into: part, isLast: isLast)
      }
      part.end()
    }
    #expect(sum.finished() == flat[0] + flat[1])
  }
}
