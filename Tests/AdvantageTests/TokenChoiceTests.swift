import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Choosing tokens by covariance")
struct TokenChoiceTests {
  private func input(seed: Int) throws -> ObjectiveInput<Double> {
    let rows = try RandomBatch(seed: seed).rows()
    return ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: seed)
  }

  @Test("covariances of the tokens that count add up to nothing less than their definition")
  func covariance() throws {
    let current = Ragged([[-1.0, -3], [-2], [.nan]])
    let input = ObjectiveInput(
      current: current, weights: RowWeights(perToken: [1, 1, 0]),
      advantages: current.with([3, 0, 0, .infinity]))
    let covariance = try TokenCovariance(input)
    #expect(covariance.values.values == [2, 1, 0, 0])
    #expect(covariance.counted == [0, 1, 2])
  }

  @Test("Clip-Cov leaves out candidates only, no more than its share", arguments: 0..<30)
  func clipCov(seed: Int) throws {
    let input = try input(seed: seed)
    let objective = ClipCov(fraction: 0.2, range: 0.05...2)
    var random = RandomStream(seed: 5)
    let choice = try objective.choose(from: input, drawing: &random)
    let covariance = try TokenCovariance(input)
    #expect(choice.count <= max(1, covariance.counted.count / 5))
    let surrogate = try ClippedSurrogate().evaluate(input).gradients.logProbabilities
    let gradient = try objective.evaluate(input.choosing(choice)).gradients.logProbabilities
    for token in gradient.indices {
      guard choice.contains(token) else {
        #expect(gradient[token] == surrogate[token])
        continue
      }
      #expect(gradient[token] == 0 && surrogate[token] != 0)
      #expect((0.05...2).contains(covariance.values.values[token]))
    }
    var again = RandomStream(seed: 5)
    #expect(try objective.choose(from: input, drawing: &again) == choice)
  }

  @Test("another stream leaves out other tokens, and every candidate has its turn")
  func drawing() throws {
    let tokens = Array(repeating: -1.0, count: 10) + Array(repeating: -3.0, count: 10)
    let current = Ragged([tokens])
    let input = ObjectiveInput(
      current: current, weights: RowWeights(perToken: [1]), old: current,
      advantages: current.with(tokens.map { $0 == -1 ? 3 : -3 }))
    let objective = ClipCov(fraction: 0.1, range: 1...5)
    var turns = Array(repeating: 0, count: 20)
    for seed in 0..<400 {
      var random = RandomStream(seed: UInt64(seed))
      let choice = try objective.choose(from: input, drawing: &random)
      #expect(choice.count == 2)
      for token in turns.indices where choice.contains(token) { turns[token] += 1 }
    }
    // 800 draws from 20 candidates.
    #expect(turns.allSatisfy { (15...70).contains($0) }, "\(turns)")
  }

  @Test("KL-Cov takes the largest covariances, of equal ones the first")
  func klCov() throws {
    let current = Ragged([[-1.0, -3, -1], [-3, -2]])
    let input = ObjectiveInput(
      current: current, weights: RowWeights(perToken: [1, 1]), old: current,
      advantages: current.with([1, -1, 1, -1, 0]))
    let choice = try KLCov(fraction: 0.6).choose(from: input)
    func positions(_ choice: TokenChoice) -> [Int] { (0..<5).filter { choice.contains($0) } }
    #expect(positions(choice) == [0, 1, 2])
    #expect(try KLCov().choose(from: input).count == 1)
    #expect(choice.rows([1, 0]).offsets == [0, 2, 5])
    #expect(positions(choice.rows([1, 0])) == [2, 3, 4])
  }

  @Test("an objective that needs a choice refuses to go without")
  func refusal() throws {
    let current = Ragged([[-1.0]])
    let input = ObjectiveInput(
      current: current, weights: RowWeights(perToken: [1]), old: current, advantages: current)
    #expect(throws: ObjectiveError.missing(.chosenTokens)) { try KLCov().evaluate(input) }
    #expect(throws: ObjectiveError.missing(.chosenTokens)) { try ClipCov().evaluate(input) }
  }

  @Test("a batch without tokens offers none")
  func nothing() throws {
    let input = ObjectiveInput(
      current: Ragged([[Double]]()), weights: RowWeights(perToken: []),
      old: Ragged([[Double]]()), advantages: Ragged([[Double]]()))
    var random = RandomStream(seed: 1)
    #expect(try ClipCov().choose(from: input, drawing: &random).count == 0)
    #expect(try KLCov().choose(from: input).count == 0)
  }
}
