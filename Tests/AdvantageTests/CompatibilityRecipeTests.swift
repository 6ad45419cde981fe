import Advantage
import Foundation
import RandomStreams
import Testing
import Trajectories

@Suite("Every recipe")
struct CompatibilityRecipeTests {
  private static let recipes = PolicyGradientRecipe.all

  /// Rows with everything that any recipe reads.
  private func rows(_ batch: RandomBatch, seed: Int) throws -> ScoredRows {
    var rows = try batch.rows()
    var random = RandomStream(seed: UInt64(seed)).child("recipe")
    rows.values = random.numbers(like: rows.offsets)
    rows.steps = (0..<rows.rowCount).filter { !rows.range(ofRow: $0).isEmpty }
      .map { AgentStep(row: $0, turn: $0, tokens: rows.range(ofRow: $0)) }
    return rows
  }

  private func input(
    _ recipe: PolicyGradientRecipe, _ rows: ScoredRows, _ numbers: ObjectiveInput<Double>
  ) throws -> ObjectiveInput<Double> {
    try recipe.input(
      for: rows, current: numbers.current, old: numbers.old, reference: numbers.reference,
      sampler: numbers.sampler, entropies: numbers.entropies, values: numbers.values)
  }

  @Test("gives finite losses and gradients, and none to rollouts without a score")
  func finite() throws {
    for seed in 0..<20 {
      // Whitening needs two tokens.
      var batch = RandomBatch(seed: seed)
      batch.scores += [.value(0), .value(1)]
      batch.groups += [99, 99]
      batch.rollouts += [1000, 1001]
      batch.tokenCounts += [2, 3]
      let rows = try rows(batch, seed: seed)
      let numbers = ObjectiveInput.random(
        rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: seed)
      for recipe in Self.recipes {
        let result = try recipe.evaluate(input(recipe, rows, numbers))
        #expect(result.loss.isFinite, "\(recipe.name)")
        #expect(result.gradients.logProbabilities.allSatisfy { $0.isFinite }, "\(recipe.name)")
        #expect(result.gradients.logProbabilities.contains { $0 != 0 }, "\(recipe.name)")
        for row in 0..<rows.rowCount where rows.scores[row].value == nil {
          let tokens = rows.range(ofRow: row)
          #expect(
            result.gradients.logProbabilities[tokens].allSatisfy { $0 == 0 }, "\(recipe.name)")
        }
      }
    }
  }

  @Test("gives the same loss when its rows are shuffled and when they are cut into micro-batches")
  func order() throws {
    for seed in 0..<10 {
      var batch = RandomBatch(seed: seed, missing: 0.1)
      batch.scores += [.value(0), .value(1)]
      batch.groups += [99, 99]
      batch.rollouts += [1000, 1001]
      batch.tokenCounts += [2, 3]
      let rows = try rows(batch, seed: seed)
      let numbers = ObjectiveInput.random(
        rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: seed)
      var random = RandomStream(seed: UInt64(seed)).child("order")
      let order = random.shuffled(Array(0..<rows.rowCount))
      for recipe in Self.recipes {
        let whole = try input(recipe, rows, numbers)
        let expected = try recipe.evaluate(whole).loss
        let cut = order.count / 2
        let parts = try [Array(order[..<cut]), Array(order[cut...])]
          .map { try recipe.evaluate(whole.picking($0)).loss }
        #expect(
          abs(parts[0] + parts[1] - expected) <= 1e-12 * max(1, abs(expected)), "\(recipe.name)")

        var shuffled = try batch.permuted(order).rows()
        shuffled.values = rows.values?.picking(order)
        shuffled.steps = (0..<shuffled.rowCount).filter { !shuffled.range(ofRow: $0).isEmpty }
          .map { AgentStep(row: $0, turn: order[$0], tokens: shuffled.range(ofRow: $0)) }
        let again = try recipe.evaluate(input(recipe, shuffled, numbers.picking(order))).loss
        #expect(abs(again - expected) <= 1e-9 * max(1, abs(expected)), "\(recipe.name)")
      }
    }
  }

  @Test("learns nothing from a group of equal scores, unless a critic or a penalty speaks")
  func equalScores() throws {
    var rows = try ScoredRows(
      scores: Array(repeating: .value(0.1), count: 4), groups: [0, 0, 0, 0],
      tokenCounts: [2, 3, 1, 4])
    rows.steps = (0..<4).map { AgentStep(row: $0, turn: 0, tokens: rows.range(ofRow: $0)) }
    let numbers = ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: 1)
    for var recipe in Self.recipes where recipe.critic == nil {
      recipe.divergence = nil
      if recipe.name == "primeRL" { recipe.surrogate = PrimeRL.TrustRegionLoss(pull: 0) }
      let result = try recipe.evaluate(input(recipe, rows, numbers))
      #expect(result.loss == 0, "\(recipe.name)")
      #expect(result.gradients.logProbabilities.allSatisfy { $0 == 0 }, "\(recipe.name)")
    }
  }

  @Test("has a name of its own, and stands in the guide's table")
  func guide() throws {
    let names = Self.recipes.map(\.name)
    #expect(Set(names).count == names.count)
    let guides = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../DocsSource").standardized
    guard FileManager.default.fileExists(atPath: guides.path()) else {
      print("skipped: the guides are not here")
      return
    }
    let guide = try String(
      contentsOf: guides.appending(path: "Compatibility.md"), encoding: .utf8)
    for name in names { #expect(guide.contains("`\(name)`"), "\(name)") }
  }
}

@Suite("A recipe's choices")
struct CompatibilityChoiceTests {
  private let rows: ScoredRows

  init() throws {
    rows = try ScoredRows(
      scores: [.value(1), .value(0), .value(1), .value(1)], groups: [0, 0, 1, 1],
      tokenCounts: [2, 2, 2, 2])
  }

  private func constant(_ number: Double) -> Ragged<Double> {
    rows.broadcast(Array(repeating: number, count: rows.rowCount))
  }

  @Test("a divergence in the score is summed over the rollout and taken off before scores compare")
  func divergenceInScore() throws {
    let recipe = PolicyGradientRecipe(
      "test", estimator: GroupRelative.score,
      divergence: .score(KLInReward(coefficient: 0.1)))
    let credit = try recipe.credit(for: rows, old: constant(-1), reference: constant(-1.5))
    // Half a nat on each of two tokens costs a tenth.
    #expect(credit.advantages.values == [0.9, 0.9, -0.1, -0.1, 0.9, 0.9, 0.9, 0.9])
  }

  @Test("a divergence in token rewards is charged where it stands")
  func divergenceInTokenRewards() throws {
    let recipe = PolicyGradientRecipe(
      "test", estimator: RewardToGo(), divergence: .tokenRewards(KLInReward(coefficient: 0.1)))
    let credit = try recipe.credit(for: rows, old: constant(-1), reference: constant(-1.5))
    let expected = [0.9, 0.95, -0.1, -0.05, 0.9, 0.95, 0.9, 0.95]
    for (actual, expected) in zip(credit.advantages.values, expected) {
      #expect(abs(actual - expected) < 1e-15)
    }
  }

  @Test("a divergence in the reward names the log-probabilities that are missing")
  func missingLogProbabilities() throws {
    let recipe = PolicyGradientRecipe.trlRLOO
    #expect(
      throws: AdvantageError.missingInput(
        estimator: "trlRLOO", input: "reference log-probabilities")
    ) { try recipe.credit(for: rows, old: constant(-1)) }
    #expect(
      throws: AdvantageError.missingInput(estimator: "trlRLOO", input: "old log-probabilities")
    ) { try recipe.credit(for: rows) }
  }

  @Test("a filter takes groups without signal out of numerator and denominator")
  func filter() throws {
    let recipe = PolicyGradientRecipe.dapo()
    let credit = try recipe.credit(for: rows)
    #expect(recipe.weights(for: rows, credit: credit).perToken == [0.25, 0.25, 0, 0])
  }

  @Test("rows that were cut off are left out, or only where they would be pushed down")
  func truncation() throws {
    var rows = rows
    rows.ends = [
      .truncated(bootstrap: 0), .truncated(bootstrap: 0), .terminated, .truncated(bootstrap: 0),
    ]
    var recipe = PolicyGradientRecipe("test")
    let credit = try recipe.credit(for: rows)
    func counted() -> [Bool] {
      recipe.weights(for: rows, credit: credit).perToken.map { $0 > 0 }
    }
    #expect(counted() == [true, true, true, true])
    recipe.truncation = .leaveOutNegative
    #expect(counted() == [true, false, true, true])
    recipe.truncation = .leaveOut
    #expect(counted() == [false, false, true, false])
  }

  @Test("long answers lose before scores are compared, all branches of a rollout alike")
  func overlong() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(1), .value(1)], groups: [0, 0, 0], rollouts: [0, 0, 1],
      tokenCounts: [5, 4, 6])
    let recipe = PolicyGradientRecipe(
      "test", estimator: GroupRelative.score, overlong: OverlongShaping(limit: 10, buffer: 4))
    let advantages = try recipe.credit(for: rows).advantages
    // Nine tokens are three into the buffer, six are none.
    #expect(advantages[row: 0].allSatisfy { $0 == 0.25 })
    #expect(advantages[row: 1].allSatisfy { $0 == 0.25 })
    #expect(advantages[row: 2].allSatisfy { $0 == 1 })
  }

  @Test("a rollout without a score keeps none whatever is taken off")
  func missingStaysMissing() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .missing(reason: "crash"), .value(0)], groups: [0, 0, 0],
      tokenCounts: [2, 20, 2])
    var recipe = PolicyGradientRecipe.dapo(overlong: OverlongShaping(limit: 10, buffer: 4))
    let shaped = try recipe.credit(for: rows)
    recipe.overlong = nil
    #expect(try recipe.credit(for: rows) == shaped)
    #expect(shaped.advantages[row: 1].allSatisfy { $0 == 0 })
  }

  @Test("the loss is the sum of its parts")
  func parts() throws {
    let numbers = ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: 5)
    let recipe = PolicyGradientRecipe(
      "test", divergence: .loss(coefficient: 0.1, KLPenalty(.k3)), entropyCoefficient: 0.01,
      critic: ValueLoss())
    let expected = try
      (ClippedSurrogate() + 0.1 * KLPenalty(.k3) + 0.01 * EntropyBonus()
      + ValueLoss()).evaluate(numbers)
    let actual = try recipe.evaluate(numbers)
    #expect(actual.loss == expected.loss)
    #expect(actual.gradients == expected.gradients)
    #expect(recipe.objective.needs.contains([.old, .advantages, .reference, .entropies, .values]))
  }
}
