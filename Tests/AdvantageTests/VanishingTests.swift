import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Rows without advantage")
struct VanishingTests {
  static let vanishing: [any PolicyObjective] = [
    ClippedSurrogate(), ClippedSurrogate(dualClip: 3, cap: 2),
    ClippedSurrogate(correction: .truncated(at: 2)), Reinforce(), CISPO(), GSPO(),
    GSPO(gradient: .token), WholeRow(ClippedSurrogate()),
    OffPolicySequenceMask(ClippedSurrogate(), threshold: 0.1),
    ClippedSurrogate() + 0.0 * KLPenalty(.k3), 2.0 * (Reinforce() + CISPO()),
  ]

  /// Three rows, the middle one without advantage; its current numbers can be moved.
  static func input(movedBy shift: Float = 0) -> ObjectiveInput<Float> {
    var stream = RandomStream(seed: 3)
    func numbers(_ scale: Float) -> [[Float]] {
      [4, 3, 2].map { count in (0..<count).map { _ in -1 + scale * Float(stream.normal()) } }
    }
    var current = numbers(0.4)
    current[1] = current[1].map { $0 + shift }
    return ObjectiveInput(
      current: Ragged(current), weights: RowWeights(perToken: [0.1, 0.2, 0.3]),
      old: Ragged(numbers(0.4)), reference: Ragged(numbers(0.4)), sampler: Ragged(numbers(0.4)),
      advantages: Ragged([[1, -1, 0, 2], [0, -0.0, 0], [-1, 1]]), entropies: Ragged(numbers(0)))
  }

  @Test("pull nothing under an objective that says so, and move no other row's gradient")
  func exactlyNothing() throws {
    for objective in Self.vanishing {
      #expect(objective.vanishesWithoutAdvantage)
      let result = try objective.evaluate(Self.input())
      let wide = try objective.evaluate(Self.input(movedBy: -3))
      for gradient in [result, wide].map(\.gradients.logProbabilities) {
        #expect(gradient[4..<7].allSatisfy { $0 == 0 }, "\(objective)")
        #expect(gradient.contains { $0 != 0 })
      }
      let others = [0, 1, 2, 3, 7, 8]
      #expect(
        others.map { result.gradients.logProbabilities[$0] }
          == others.map { wide.gradients.logProbabilities[$0] }, "\(objective)")
    }
  }

  @Test("still pull where a term pulls on all rows, which its sum then says")
  func penalties() throws {
    for objective in [
      KLPenalty(.k3), ClippedSurrogate() + 0.001 * KLPenalty(.k3),
      ClippedSurrogate() + 0.01 * EntropyBonus(), WholeRow(KLPenalty(.k3)), 0.5 * KLPenalty(.k3),
    ] as [any PolicyObjective] {
      #expect(!objective.vanishesWithoutAdvantage)
    }
    let result = try (ClippedSurrogate() + 0.1 * KLPenalty(.k3)).evaluate(Self.input())
    #expect(result.gradients.logProbabilities[4..<7].contains { $0 != 0 })
    #expect(!(ClippedSurrogate() + ValueLoss()).vanishesWithoutAdvantage)
  }
}
