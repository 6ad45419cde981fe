import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Preference losses")
struct PreferenceTests {
  static let forms: [(name: String, form: PreferenceLoss.Form)] = [
    ("sigmoid", .sigmoid()), ("conservative", .sigmoid(labelSmoothing: 0.2)),
    ("per token", .sigmoid(labelSmoothing: 0.1, perToken: true)), ("hinge", .hinge),
    ("ipo", .ipo()), ("ipo of sums", .ipo(perToken: false)), ("exo", .exo(labelSmoothing: 0.1)),
    ("nca", .nca), ("robust", .robust(labelSmoothing: 0.2)), ("bco", .bco), ("sppo", .sppo),
    ("aot", .aot(labelSmoothing: 0.1)), ("aot unpaired", .aot(paired: false)),
    ("apo zero", .apoZero), ("apo down", .apoDown), ("discovered", .discoPOP(temperature: 0.5)),
  ]
  static let divergences: [PreferenceLoss.Divergence] = [
    .reverseKL, .forwardKL, .jensenShannon, .alpha(0.5), .alpha(1),
  ]

  private func pairs(
    _ seed: Int, count: Int = 5, scale: Double = 1, weighted: Bool = false
  ) -> PreferencePairs<Double> {
    var random = RandomStream(seed: UInt64(seed)).child("pairs")
    func numbers() -> [Double] { (0..<count).map { _ in -6 * scale + scale * random.normal() } }
    return PreferencePairs(
      chosen: numbers(), rejected: numbers(), referenceChosen: numbers(),
      referenceRejected: numbers(),
      chosenLengths: (0..<count).map { _ in 1 + random.index(below: 9) },
      rejectedLengths: (0..<count).map { _ in 1 + random.index(below: 9) },
      weights: weighted ? (0..<count).map { _ in Double(1 + random.index(below: 3)) } : nil)
  }

  @Test("have the gradient that central differences give", arguments: forms.indices)
  func gradient(index: Int) throws {
    let (name, form) = Self.forms[index]
    for (seed, divergence) in Self.divergences.enumerated() {
      let loss = PreferenceLoss(form, beta: 0.4, divergence: divergence)
      var weighted = true
      if case .aot = form { weighted = false }
      let pairs = pairs(seed, weighted: weighted)
      let gradients = try loss.evaluate(pairs).gradients
      for pair in 0..<pairs.count {
        func slope(_ isChosen: Bool) throws -> Double {
          let step = 1e-6
          let sides = try [step, -step].map {
            try loss.evaluate(pairs.moving(pair, isChosen, $0)).loss
          }
          return (sides[0] - sides[1]) / (2 * step)
        }
        let scale = 1 + abs(gradients.chosen[pair]) + abs(gradients.rejected[pair])
        #expect(
          abs(try slope(true) - gradients.chosen[pair]) < 1e-6 * scale, "\(name), \(divergence)")
        #expect(
          abs(try slope(false) - gradients.rejected[pair]) < 1e-6 * scale, "\(name), \(divergence)")
      }
    }
  }

  @Test("never give NaN for finite input, however large", arguments: forms.indices)
  func finite(index: Int) throws {
    for divergence in Self.divergences + [.alpha(-3), .alpha(4)] {
      for scale in [0, 1e2, 1e5, 1e20, 1e200, 1e307] {
        let loss = PreferenceLoss(Self.forms[index].form, beta: 0.1, divergence: divergence)
        let result = try loss.evaluate(pairs(index, scale: scale))
        let numbers =
          [result.loss] + result.pairLosses + result.margins + result.gradients.chosen
          + result.gradients.rejected + result.diagnostics.all.map(\.value)
        #expect(
          !numbers.contains { $0.isNaN }, "\(Self.forms[index].name), \(divergence), \(scale)")
      }
    }
  }

  @Test("add up over micro-batches, except those that sort", arguments: forms.indices)
  func microBatches(index: Int) throws {
    let loss = PreferenceLoss(Self.forms[index].form)
    if case .aot = loss.form { return }
    let pairs = pairs(index, count: 7, weighted: true)
    let whole = try loss.evaluate(pairs)
    let parts = try [0..<3, 3..<7].map { try loss.evaluate(pairs.cut($0), batchCount: 7) }
    #expect(abs(parts[0].loss + parts[1].loss - whole.loss) < 1e-12 * (1 + abs(whole.loss)))
    #expect(parts[0].gradients.chosen + parts[1].gradients.chosen == whole.gradients.chosen)
    #expect(parts[0].gradients.rejected + parts[1].gradients.rejected == whole.gradients.rejected)
    let seen = parts[0].diagnostics + parts[1].diagnostics
    for (name, value) in whole.diagnostics.all {
      let together = try #require(seen[Diagnostics.Name(rawValue: name)])
      #expect(abs(together - value) < 1e-12 * (1 + abs(value)), "\(name)")
    }
  }

  @Test("where nothing is preferred yet, DPO costs log 2 and pulls half of beta each way")
  func start() throws {
    let same = PreferencePairs<Float>(
      chosen: [-3, -5], rejected: [-4, -9], referenceChosen: [-3, -5],
      referenceRejected: [-4, -9])
    let result = try PreferenceLoss(beta: 0.5).evaluate(same)
    #expect(abs(result.loss - 0.693147180559945) < 1e-14)
    #expect(result.gradients.chosen == [-0.125, -0.125])
    #expect(result.gradients.rejected == [0.125, 0.125])
    #expect(result.diagnostics[.preferenceAccuracy] == 0)
    #expect(result.diagnostics[.rewardMargin] == 0)
  }

  @Test("lengths count only per token, and an empty completion counts as one token")
  func lengths() throws {
    func pairs(_ lengths: [Int]) -> PreferencePairs<Double> {
      PreferencePairs(
        chosen: [-3], rejected: [-5], referenceChosen: [-4], referenceRejected: [-4],
        chosenLengths: lengths, rejectedLengths: lengths)
    }
    for form: PreferenceLoss.Form in [.ipo(), .sigmoid(perToken: true)] {
      let loss = PreferenceLoss(form)
      #expect(try loss.evaluate(pairs([1])).loss != loss.evaluate(pairs([2])).loss)
      #expect(try loss.evaluate(pairs([0])).loss == loss.evaluate(pairs([1])).loss)
    }
    let plain = PreferenceLoss(.ipo(perToken: false))
    #expect(try plain.evaluate(pairs([1])).loss == plain.evaluate(pairs([2])).loss)
  }

  @Test("tokens share the gradient of their completion")
  func perToken() throws {
    let chosen = Ragged<Double>([[-1, -2], [], [-3]])
    let rejected = Ragged<Double>([[-1], [-2, -2], [-1, -1, -1]])
    let zero = { (rows: Ragged<Double>) in rows.with(rows.values.map { _ in -1.5 }) }
    let pairs = PreferencePairs(
      chosen: chosen, rejected: rejected, referenceChosen: zero(chosen),
      referenceRejected: zero(rejected))
    #expect(pairs.chosen == [-3, 0, -3])
    #expect(pairs.chosenLengths == [2, 0, 1])
    let result = try PreferenceLoss().evaluate(pairs)
    let tokens = result.gradients.perToken(chosen: chosen, rejected: rejected)
    let (up, down) = (result.gradients.chosen, result.gradients.rejected)
    #expect(tokens.chosen.values == [up[0], up[0], up[2]])
    #expect(tokens.rejected.values == [down[0], down[1], down[1], down[2], down[2], down[2]])
  }

  @Test("without a reference, the sigmoid is the Bradley-Terry loss of a reward model")
  func bradleyTerry() throws {
    let pairs = PreferencePairs<Double>(
      chosen: [2], rejected: [0], referenceChosen: [0], referenceRejected: [0])
    let loss = try PreferenceLoss(beta: 1).evaluate(pairs).loss
    #expect(abs(loss - 0.126928011042972) < 1e-14)
  }

  @Test("no pairs cost nothing; a number that is not finite is refused by name")
  func edges() throws {
    let none = PreferencePairs<Double>(
      chosen: [], rejected: [], referenceChosen: [], referenceRejected: [])
    for (_, form) in Self.forms {
      let result = try PreferenceLoss(form).evaluate(none)
      #expect(result.loss == 0)
      #expect(result.gradients.chosen.isEmpty)
    }
    let broken = PreferencePairs<Double>(
      chosen: [-1, -1], rejected: [-1, .infinity], referenceChosen: [-1, -1],
      referenceRejected: [-1, -1])
    #expect(throws: PreferenceError.nonFinite(input: "rejected", index: 1)) {
      try PreferenceLoss().evaluate(broken)
    }
  }

  @Test("unpaired losses have the gradient of central differences with the divergence held")
  func unpairedGradient() throws {
    var random = RandomStream(seed: 3).child("unpaired")
    func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in -5 + random.normal() } }
    for form in UnpairedPreferenceLoss.Form.allCases {
      let loss = UnpairedPreferenceLoss(
        form, beta: 0.3, desirableWeight: 1.3, undesirableWeight: 0.7)
      let (good, goodReference) = (numbers(3), numbers(3))
      let (bad, badReference) = (numbers(2), numbers(2))
      func evaluate(
        _ good: [Double], _ bad: [Double]
      ) throws -> UnpairedPreferenceResult<Double> {
        try loss.evaluate(
          UnpairedPreferences(
            desirable: good, referenceDesirable: goodReference, undesirable: bad,
            referenceUndesirable: badReference), divergence: 0.4)
      }
      let result = try evaluate(good, bad)
      let step = 1e-6
      for index in good.indices {
        let sides = try [step, -step].map { try evaluate(good.adding($0, at: index), bad).loss }
        #expect(
          abs((sides[0] - sides[1]) / (2 * step) - result.desirableGradients[index]) < 1e-8)
      }
      for index in bad.indices {
        let sides = try [step, -step].map { try evaluate(good, bad.adding($0, at: index)).loss }
        #expect(
          abs((sides[0] - sides[1]) / (2 * step) - result.undesirableGradients[index]) < 1e-8)
      }
    }
  }

  @Test("Kahneman-Tversky needs mismatched completions, and never measures from below 0")
  func divergence() throws {
    let plain = UnpairedPreferences<Double>(
      desirable: [-1], referenceDesirable: [-2], undesirable: [], referenceUndesirable: [])
    #expect(throws: PreferenceError.noMismatchedPairs) {
      try UnpairedPreferenceLoss().evaluate(plain)
    }
    #expect(try UnpairedPreferenceLoss(.apoZero).evaluate(plain).divergence == 0)
    let unlikely = UnpairedPreferences<Double>(
      desirable: [-1], referenceDesirable: [-2], undesirable: [], referenceUndesirable: [],
      mismatched: [-9], referenceMismatched: [-5])
    #expect(try UnpairedPreferenceLoss().evaluate(unlikely).divergence == 0)
    let wild = UnpairedPreferences<Double>(
      desirable: [1e300, -1e300], referenceDesirable: [-1e300, 1e300], undesirable: [1e308],
      referenceUndesirable: [-1e308], mismatched: [1e308], referenceMismatched: [-1e308])
    let result = try UnpairedPreferenceLoss().evaluate(wild)
    #expect(!result.loss.isNaN)
    #expect(!(result.desirableGradients + result.undesirableGradients).contains { $0.isNaN })
  }
}

extension [Double] {
  fileprivate func adding(_ step: Double, at index: Int) -> [Double] {
    var result = self
    result[index] += step
    return result
  }
}

extension PreferencePairs where Number == Double {
  /// The same pairs with one log-probability moved.
  fileprivate func moving(_ pair: Int, _ isChosen: Bool, _ step: Double) -> PreferencePairs {
    PreferencePairs(
      chosen: isChosen ? chosen.adding(step, at: pair) : chosen,
      rejected: isChosen ? rejected : rejected.adding(step, at: pair),
      referenceChosen: referenceChosen, referenceRejected: referenceRejected,
      chosenLengths: chosenLengths, rejectedLengths: rejectedLengths, weights: weights)
  }

  /// Some of the pairs.
  fileprivate func cut(_ range: Range<Int>) -> PreferencePairs {
    PreferencePairs(
      chosen: Array(chosen[range]), rejected: Array(rejected[range]),
      referenceChosen: Array(referenceChosen[range]),
      referenceRejected: Array(referenceRejected[range]),
      chosenLengths: Array(chosenLengths[range]), rejectedLengths: Array(rejectedLengths[range]),
      weights: Array(weights[range]))
  }
}
