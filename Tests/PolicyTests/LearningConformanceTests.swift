import PeregrineTesting
import Policy
import RandomStreams
import Testing
import Trajectories

@Suite("The kit that checks learning policies")
struct LearningConformanceTests {
  static let batch = PackedBatch(
    rows: [[1, 2, 3, 4], [5, 6, 5, 6, 7], [2, 3]], selections: [[1, 3], [2, 3, 4], [1]],
    temperatures: [[1, 1], [0.5, 0.5, 2], [1]])

  static func bigrams() -> BigramPolicy {
    BigramPolicy(vocabularyCount: 8, stream: RandomStream(seed: 3))
  }

  @Test("the bigram policy conforms")
  func conforms() async {
    #expect(await checkLearningPolicy(Self.bigrams(), batch: Self.batch) == [])
  }

  /// What a broken policy does.
  enum Fault: CaseIterable {
    case drifting, batchSize, rowOrder, restless, acceptsNonFinite, silentVersion, uphill
    case movingReference, undeclared, unkept, positive, wrongSum, skipsTooMuch

    var complaint: String {
      switch self {
      case .drifting: "the same batch gave other"
      case .batchSize: "alone has other"
      case .rowOrder: "the order of rows"
      case .restless: "a gradient of zeros"
      case .acceptsNonFinite: "was accepted"
      case .silentVersion: "version"
      case .uphill: "a step towards the rows"
      case .movingReference: "moved the reference"
      case .undeclared: "were not refused"
      case .unkept: "did not come"
      case .positive: "at most 0"
      case .wrongSum: "row by row it is"
      case .skipsTooMuch: "needs no gradient changes its norm"
      }
    }
  }

  final class BrokenPolicy: LearningPolicy {
    let fault: Fault
    let base = LearningConformanceTests.bigrams()

    init(_ fault: Fault) { self.fault = fault }

    var capabilities: PolicyCapabilities {
      switch fault {
      case .undeclared: []
      case .unkept: [.entropies, .values]
      default: base.capabilities
      }
    }

    var weightVersion: Int { fault == .silentVersion ? 0 : base.weightVersion }

    func forward(
      _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
    ) async throws -> PolicyPass {
      let pass = try await base.forward(
        batch, weights: fault == .movingReference ? .current : weights,
        outputs: fault == .unkept ? [] : outputs, gradient: gradient)
      let change: Float =
        switch fault {
        case .drifting: Float(pass.id) * -0.1
        case .batchSize: Float(batch.rowCount) * -0.1
        case .rowOrder: batch.tokens[0] > 1 && batch.rowCount > 1 ? -0.1 : 0
        case .positive: 100
        default: 0
        }
      return PolicyPass(
        id: pass.id, batch: batch, logProbabilities: pass.logProbabilities.map { $0 + change },
        entropies: pass.entropies)
    }

    func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
      var gradients = gradients
      switch fault {
      case .restless:
        gradients.logProbabilities = gradients.logProbabilities.map { $0 + 1 }
      case .acceptsNonFinite:
        gradients.logProbabilities = gradients.logProbabilities.map { $0.isFinite ? $0 : 0 }
      case .uphill: gradients.logProbabilities = gradients.logProbabilities.map { -$0 }
      case .wrongSum:
        let count = Float(pass.batch.rowCount)
        gradients.logProbabilities = gradients.logProbabilities.map { $0 / count }
      case .skipsTooMuch where !pass.batch.rowsWithoutGradient.isEmpty:
        gradients.logProbabilities = gradients.logProbabilities.map { _ in 0 }
      default: break
      }
      try await base.backward(pass, gradients)
    }

    func step(_ optimizer: OptimizerStep) async throws -> StepReport {
      try await base.step(optimizer)
    }
  }

  @Test("each fault is found", arguments: Fault.allCases)
  func faults(fault: Fault) async {
    let found = await checkLearningPolicy(BrokenPolicy(fault), batch: Self.batch)
    #expect(found.contains { $0.contains(fault.complaint) }, "\(found)")
  }
}

@Suite("Bigram policy")
struct BigramPolicyTests {
  @Test("what it sampled with is what it learns from, bit for bit")
  func samplingIsLearning() async throws {
    let policy = LearningConformanceTests.bigrams()
    let context = try await policy.makeContext()
    try await context.append([1])
    for temperature in [Float(0), 0.7, 1] {
      let start = context.tokens.count
      let drawn = try await context.generate(
        GenerationRequest(
          settings: SamplingSettings(temperature: temperature),
          stop: StopConditions(maximumTokens: 20), stream: RandomStream(seed: 4)))
      let settings = SamplingSettings(temperature: temperature)
      let batch = PackedBatch(
        rows: [context.tokens], selections: [Array(start..<context.tokens.count)],
        temperatures: [drawn.tokens.map { _ in settings.scoringTemperature }])
      let pass = try await policy.forward(batch)
      #expect(pass.logProbabilities == drawn.record.logProbabilities)
    }
  }

  @Test("gradients are those of finite differences", arguments: [true, false])
  func gradient(ofEntropy: Bool) async throws {
    let batch = LearningConformanceTests.batch
    func total(_ policy: BigramPolicy) async throws -> Double {
      let pass = try await policy.forward(
        batch, weights: .current, outputs: .entropies, gradient: true)
      let numbers = ofEntropy ? pass.entropies ?? [] : pass.logProbabilities
      return numbers.reduce(0) { $0 + Double($1) }
    }
    let policy = LearningConformanceTests.bigrams()
    let before = try await total(policy)
    let ones = [Float](repeating: -1, count: batch.selectedCount)
    let zeros = ones.map { _ in Float(0) }
    try await policy.backward(
      policy.forward(batch),
      PolicyGradients(
        logProbabilities: ofEntropy ? zeros : ones, entropies: ofEntropy ? ones : zeros))
    let rate = 1e-2
    let report = try await policy.step(
      OptimizerStep(learningRate: Float(rate), maximumGradientNorm: nil))
    // A small step along the gradient gains the step's size times the squared norm.
    let gain = try await total(policy) - before
    let expected = rate * report.gradientNorm * report.gradientNorm
    #expect(abs(gain - expected) < 0.03 * expected)
  }

  @Test("a full context says so, and one that would overflow stays as it was")
  func limits() async throws {
    let policy = BigramPolicy(vocabularyCount: 4, contextLimit: 5, stream: RandomStream(seed: 1))
    let context = try await policy.makeContext()
    try await context.append([0, 1, 2])
    await #expect(throws: PolicyError.contextOverflow(held: 3, adding: 3, limit: 5)) {
      try await context.append([0, 0, 0])
    }
    #expect(context.tokens == [0, 1, 2])
    let request = GenerationRequest(
      settings: SamplingSettings(), stop: StopConditions(maximumTokens: 9),
      stream: RandomStream(seed: 1))
    let drawn = try await context.generate(request)
    #expect(drawn.tokens.count == 2 && drawn.stopReason == .contextFull)
    await #expect(throws: PolicyError.contextFull(limit: 5)) { try await context.generate(request) }
  }
}
