import Foundation
import RandomStreams
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  @Test("the same path gives the same numbers, whatever was drawn before and in which order")
  func childrenIgnorePosition() {
    let fresh = RandomStream(seed: 7)
    var used = RandomStream(seed: 7)
    var late = used.child("late")
    for _ in 0..<100 { _ = used.next() }
    _ = used.child("other", 3).word(at: 0)
    #expect(used.child("rollout", 1, 2) == fresh.child("rollout", 1, 2))
    #expect(late.next() == fresh.child("late").word(at: 0))
  }

  @Test("different paths give different streams")
  func distinctPaths() {
    let root = RandomStream(seed: 1)
    var streams = [
      root, RandomStream(seed: 2), root.child(""), root.child("a"), root.child("b"),
      root.child("ab"), root.child("a").child("b"), root.child("a", 0), root.child("a", 0, 0),
      root.child("a", 1), root.child("a", -1), root.child("a", .max), root.child("a", .min),
      root.child("a", 0).child("b"), root.child("a", 97), root.child("a", 1, 2),
      root.child("a", 2, 1), root.child("a", 0x10000), root.child("\u{e9}"),
      root.child("e\u{301}"),
    ]
    for i in 0..<50 { for j in 0..<50 { streams.append(root.child("grid", i, j)) } }
    #expect(Set(streams).count == streams.count)
    #expect(Set(streams.map { $0.word(at: 0) }).count == streams.count)
  }

  @Test("drawing is reading at consecutive positions")
  func positions() {
    var stream = RandomStream(seed: 11).child("use", 4)
    let fixed = stream
    for position in 0..<10 as Range<UInt64> {
      #expect(stream.position == position)
      #expect(stream.next() == fixed.word(at: position))
    }
    #expect(stream.uniform() == fixed.uniform(at: 10))
  }

  @Test("a stream written down goes on where it stopped")
  func coding() throws {
    var stream = RandomStream(seed: .max).child("x", 9)
    for _ in 0..<5 { _ = stream.next() }
    var again = try JSONDecoder().decode(RandomStream.self, from: JSONEncoder().encode(stream))
    #expect(again == stream)
    #expect(again.next() == stream.next())
  }

  @Test("uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12")
  func uniform() {
    var stream = RandomStream(seed: 3)
    let count = 100_000
    var (sum, squares) = (0.0, 0.0)
    var bins = [Int](repeating: 0, count: 16)
    for _ in 0..<count {
      let u = stream.uniform()
      #expect(u >= 0 && u < 1)
      sum += Double(u)
      squares += Double(u) * Double(u)
      bins[Int(u * 16)] += 1
    }
    let mean = sum / Double(count)
    #expect(abs(mean - 0.5) < 0.004)
    #expect(abs(squares / Double(count) - mean * mean - 1.0 / 12) < 0.002)
    // χ² with 15 degrees of freedom exceeds 44.3 once in ten thousand.
    #expect(chiSquare(bins, expected: Double(count) / 16) < 44.3)
  }

  @Test("streams of neighbouring indices are uncorrelated")
  func correlation() {
    let root = RandomStream(seed: 5)
    let count = 4_000
    var sum = 0.0
    for index in 0..<count {
      let left = Double(root.child("member", index).uniform(at: 0)) - 0.5
      let right = Double(root.child("member", index + 1).uniform(at: 0)) - 0.5
      sum += left * right
    }
    // Each product has deviation 1/12.
    #expect(abs(sum * 12 / Double(count).squareRoot()) < 4)
  }

  @Test("normal numbers have mean 0, variance 1 and kurtosis 3")
  func normal() {
    var stream = RandomStream(seed: 4)
    let count = 50_000
    let draws = (0..<count).map { _ in stream.normal() }
    #expect(stream.position == UInt64(2 * count))
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + $1 * $1 } / Double(count)
    let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(abs(fourth - 3) < 0.25)
  }
}

@Suite("Choosing")
struct ChoosingTests {
  @Test("every index below a bound is equally likely", arguments: [1, 2, 3, 7, 10])
  func indexUnbiased(bound: Int) {
    var stream = RandomStream(seed: 6)
    var bins = [Int](repeating: 0, count: bound)
    for _ in 0..<30_000 { bins[stream.index(below: bound)] += 1 }
    #expect(bound == 1 || chiSquare(bins, expected: 30_000 / Double(bound)) < 34)
  }

  @Test("a bound of three quarters of the range shows no modulo bias")
  func hugeBound() {
    var stream = RandomStream(seed: 8)
    let bound = Int.max / 4 * 3
    let below = (0..<4_000).count { _ in stream.index(below: bound) < bound / 2 }
    #expect(abs(Double(below) - 2_000) < 130)
  }

  @Test("an index is Lemire's product of the word and the bound")
  func lemire() {
    var stream = RandomStream(seed: 9)
    for position in 0..<100 as Range<UInt64> {
      let product = stream.word(at: position).multipliedFullWidth(by: 10)
      #expect(stream.index(below: 10) == Int(product.high))
    }
  }

  @Test("a shuffle keeps the elements, and every order of three is equally likely")
  func shuffle() {
    var stream = RandomStream(seed: 10)
    #expect(stream.shuffled(Array(0..<100)).sorted() == Array(0..<100))
    #expect(stream.shuffled([Int]()) == [])
    var orders: [[Int]: Int] = [:]
    for _ in 0..<6_000 { orders[stream.shuffled([1, 2, 3]), default: 0] += 1 }
    #expect(orders.count == 6)
    #expect(chiSquare(Array(orders.values), expected: 1_000) < 25.7)
  }

  @Test("a choice comes from the elements, and from none there is none")
  func choice() {
    var stream = RandomStream(seed: 12)
    #expect(stream.choice([Int]()) == nil)
    #expect(Set((0..<100).compactMap { _ in stream.choice(["a", "b"]) }) == ["a", "b"])
  }

  @Test("a chance of 0 never comes true, of 1 always, of 0.3 in three of ten")
  func chance() {
    var stream = RandomStream(seed: 13)
    #expect(!(0..<1_000).contains { _ in stream.chance(0) })
    #expect((0..<1_000).allSatisfy { _ in stream.chance(1) })
    #expect(abs((0..<10_000).count { _ in stream.chance(0.3) } - 3_000) < 200)
  }

  @Test("an empty range has no index: the caller is stopped")
  func emptyBound() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1)
      _ = stream.index(below: 0)
    }
  }
}

private func chiSquare(_ bins: [Int], expected: Double) -> Double {
  bins.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}
