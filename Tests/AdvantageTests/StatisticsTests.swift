import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Statistics")
struct StatisticsTests {
  @Test("permuting numbers changes no bit of mean, variance and whitening", arguments: 0..<20)
  func permutation(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let magnitude = [1, 1e-8, 1e12][seed % 3]
    let numbers = (0..<(2 + random.index(below: 500))).map { _ in
      random.normal() * magnitude * (random.chance(0.1) ? 1e6 : 1)
    }
    let order = random.shuffled(Array(numbers.indices))
    let permuted = order.map { numbers[$0] }
    #expect(Moments(numbers) == Moments(permuted))
    let whitened = try Whitening()(numbers)
    #expect(try Whitening()(permuted) == order.map { whitened[$0] })
  }

  @Test("a hundred thousand numbers lose nothing, also far from 0")
  func longRows() throws {
    let count = 100_000
    let tenths = Moments(Array(repeating: 0.1, count: count))
    #expect(tenths.mean == 0.1)
    #expect(tenths.sumOfSquares == 0)
    // Whole numbers around a million: mean and sum of squares are known exactly.
    let steps = Moments((0..<count).map { 1e6 + Double($0) })
    #expect(steps.mean == 1e6 + Double(count - 1) / 2)
    let squares = Double(count) * (Double(count) * Double(count) - 1) / 12
    #expect(abs(steps.sumOfSquares - squares) <= 1e-15 * squares)
    // What two huge numbers of opposite sign hide comes back.
    let hidden = Moments([1e15, -1e15] + Array(repeating: 0.125, count: count - 2))
    #expect(abs(hidden.sum - 0.125 * Double(count - 2)) < 1)
  }

  @Test("the textbook's variances")
  func variances() throws {
    let moments = Moments([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(moments.mean == 5)
    #expect(moments.variance(correction: 0) == 4)
    #expect(moments.deviation(correction: 0) == 2)
    #expect(moments.variance(correction: 1) == 32.0 / 7)
    #expect(Moments([3]).variance(correction: 1) == nil)
    #expect(Moments([3]).variance(correction: 0) == 0)
    #expect(Moments([]).deviation() == nil)
    #expect(Moments([]).isConstant())
  }

  @Test("epsilon stands where the damping says")
  func damping() throws {
    let numbers = [0.0, 2]
    #expect(try Whitening(correction: 0, damping: .besideRoot(1))(numbers) == [-0.5, 0.5])
    #expect(
      try Whitening(correction: 0, damping: .underRoot(3))(numbers) == [-0.5, 0.5])
    #expect(try Whitening(correction: 0, damping: .floor(16))(numbers) == [-0.25, 0.25])
    #expect(try Whitening(correction: 0, damping: .floor(0.5))(numbers) == [-1, 1])
    #expect(
      try Whitening(correction: 0, damping: .besideRoot(0), keepsMean: true)(numbers) == [0, 2])
  }

  @Test("whitened numbers have mean 0 and variance 1", arguments: 0..<10)
  func whitened(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let numbers = (0..<50).map { _ in 3 + 100 * random.normal() }
    let moments = Moments(try Whitening(epsilon: 0)(numbers))
    #expect(abs(moments.mean) < 1e-13)
    #expect(abs((moments.variance() ?? 0) - 1) < 1e-13)
  }

  @Test("whitening one number is refused, whitening none is nothing")
  func tooFew() throws {
    #expect(throws: AdvantageError.tooFewTokens(count: 1, needed: 2)) { try Whitening()([1]) }
    #expect(try Whitening(correction: 0)([1]) == [0])
    #expect(try Whitening()([]) == [])
  }

  @Test("huge and tiny numbers are standardised all the same")
  func extremes() throws {
    let largest = Double.greatestFiniteMagnitude
    for numbers in [[-largest, largest], [0, 1e-300], [1e300, 1e300 * (1 - 1e-3)]] {
      let result = try Whitening(correction: 0, damping: .underRoot(0))(numbers)
      #expect(result.allSatisfy { abs(abs($0) - 1) < 1e-12 })
    }
  }
}
