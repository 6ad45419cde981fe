import Advantage
import Rewards
import Testing
import Trajectories

@testable import Training

@Suite("Learning by a recipe")
struct RecipeTests {
  /// One step; every second rollout of each group ran out of turns.
  static func step(
    _ recipe: PolicyGradientRecipe, cutOff: Bool = true, updates: Int = 1
  ) async throws -> [Double] {
    var groups = try SelectionTests.groups()
    for group in groups.indices where cutOff {
      for member in groups[group].members.indices where member % 2 == 1 {
        groups[group].members[member].status = .truncated(by: .turns)
      }
    }
    let policy = UnigramPolicy()
    _ = try await PolicyImprovement(
      recipe, updatesPerBatch: updates, learningRate: LearningRateSchedule(peak: 0.1)
    ).improve(
      policy, with: RolloutBatch(scoring: groups, with: ClosureReward("given") { $0.score }),
      step: 0, of: 1)
    return policy.lastGradient
  }

  @Test("takes the step that its parts take")
  func parts() async throws {
    let recipe = PolicyGradientRecipe(
      "own", surrogate: ClippedSurrogate(), divergence: .loss(coefficient: 0.1, KLPenalty(.k3)),
      entropyCoefficient: 0.01)
    let policy = UnigramPolicy()
    let parts = try await SelectionTests.improvement(SelectionTests.groups(), policy)
    let whole = try await Self.step(recipe, cutOff: false)
    #expect(zip(whole, parts.gradient).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(whole.contains { abs($0) > 1e-3 })
  }

  @Test("leaves out the rollouts that were cut off, if it says so")
  func truncation() async throws {
    var recipe = PolicyGradientRecipe("own", surrogate: Reinforce())
    let learned = try await Self.step(recipe)
    #expect(try await Self.step(recipe, cutOff: false) == learned)
    recipe.truncation = .leaveOut
    let without = try await Self.step(recipe)
    #expect(without != learned)
    #expect(without.contains { abs($0) > 1e-3 })
  }

  @Test("weighs by its own rule and charges for the divergence inside the reward")
  func weightingAndCharge() async throws {
    var recipe = PolicyGradientRecipe("own", surrogate: Reinforce())
    let plain = try await Self.step(recipe, updates: 2)
    recipe.weighting = LossAggregation.sequenceMeanTokenMean
    let bySequence = try await Self.step(recipe, updates: 2)
    #expect(bySequence != plain)
    recipe.divergence = .score(KLInReward(coefficient: 1))
    #expect(try await Self.step(recipe, updates: 2) != bySequence)
  }

  @Test("is refused by name where it needs chosen tokens")
  func chosenTokens() async throws {
    await #expect(throws: ObjectiveError.missing(.chosenTokens)) {
      _ = try await Self.step(PolicyGradientRecipe("own", surrogate: KLCov()))
    }
  }
}
