public import Policy
public import Trajectories

/// Checks that a learning policy keeps what ``Policy/LearningPolicy`` promises, and returns what it
/// breaks.
///
/// The same batch gives the same numbers, bit for bit, whole, split into rows or with its rows in
/// another order; gradients add up over rows, also where rows are said to need none; a gradient of zeros moves nothing, one that is not
/// finite is refused, one towards the rows makes them likelier; the reference stays where it was;
/// every applied step raises the version by one; and what isn't declared is refused.
///
///     #expect(await checkLearningPolicy(policy, batch: batch).isEmpty)
///
/// The policy learns from this: check a copy, or one made for the purpose.
///
/// - Parameters:
///   - policy: What is checked; nothing accumulated.
///   - batch: Two rows or more, with selected tokens that are not certain.
///   - learningRate: A step of this size along the gradient must not overshoot.
/// - Returns: One sentence per violation; empty when the policy conforms.
public func checkLearningPolicy(
  _ policy: some LearningPolicy, batch: PackedBatch, learningRate: Float = 1e-3
) async -> [String] {
  precondition(
    batch.rowCount >= 2 && batch.selectedCount > 0,
    "the batch needs two rows and a selected token, got \(batch.rowCount) and "
      + "\(batch.selectedCount)")
  let check = LearningCheck(policy: policy, batch: batch, learningRate: learningRate)
  return await Violations.found(by: [
    check.forwards, check.outputs, check.gradientsOfZeros, check.gradientsThatAreNotFinite,
    check.sums, check.rowsWithoutGradient, check.direction,
  ])
}

private struct LearningCheck<Learner: LearningPolicy> {
  let policy: Learner
  let batch: PackedBatch
  let learningRate: Float

  func logProbabilities() async throws -> [Float] {
    try await policy.forward(batch).logProbabilities
  }

  func uniform(_ gradient: Float, for batch: PackedBatch? = nil) -> PolicyGradients {
    PolicyGradients(
      logProbabilities: Array(
        repeating: gradient, count: (batch ?? self.batch).selectedCount))
  }

  /// Ends an accumulation without moving: the norm of what was accumulated.
  func norm() async throws -> StepReport {
    try await policy.step(OptimizerStep(learningRate: 0, maximumGradientNorm: nil))
  }

  func forwards(_ violations: inout Violations) async throws {
    let first = try await logProbabilities()
    violations.require(
      first.allSatisfy { $0.isFinite && $0 <= 0 },
      "log-probabilities are not all finite and at most 0")
    let second = try await logProbabilities()
    violations.require(second == first, "the same batch gave other log-probabilities")
    let inference = try await policy.forward(
      batch, weights: .current, outputs: [], gradient: false)
    violations.require(
      inference.logProbabilities == first, "a pass without gradient gave other log-probabilities")

    let rows = batch.ragged(first)
    for row in 0..<batch.rowCount {
      let alone = try await policy.forward(batch.rows([row]))
      violations.require(
        alone.logProbabilities == Array(rows[row: row]),
        "row \(row) alone has other log-probabilities than within the batch")
    }
    let order = Array((0..<batch.rowCount).reversed())
    let turned = try await policy.forward(batch.rows(order))
    violations.require(
      turned.logProbabilities == order.flatMap { Array(rows[row: $0]) },
      "the order of rows changes log-probabilities")
  }

  func outputs(_ violations: inout Violations) async throws {
    let offered: [(String, PolicyCapabilities, KeyPath<PolicyPass, [Float]?>)] = [
      ("entropies", .entropies, \.entropies), ("values", .values, \.values),
    ]
    for (name, capability, numbers) in offered {
      do {
        let pass = try await policy.forward(
          batch, weights: .current, outputs: capability, gradient: false)
        let isOffered = policy.capabilities.contains(capability)
        violations.require(isOffered, "\(name) are not declared and were not refused")
        violations.require(
          !isOffered || pass[keyPath: numbers]?.count == batch.selectedCount,
          "\(name) are declared and did not come, one per selected token")
        violations.require(
          pass[keyPath: numbers]?.allSatisfy(\.isFinite) ?? true, "\(name) are not all finite")
      } catch {
        violations.require(
          !policy.capabilities.contains(capability), "\(name) are declared and threw \(error)")
      }
    }
  }

  func gradientsOfZeros(_ violations: inout Violations) async throws {
    let before = try await policy.forward(batch)
    let version = policy.weightVersion
    try await policy.backward(before, uniform(0))
    let report = try await policy.step(OptimizerStep(learningRate: learningRate))
    violations.require(report.gradientNorm == 0, "zeros have the norm \(report.gradientNorm)")
    violations.require(
      try await logProbabilities() == before.logProbabilities, "a gradient of zeros moved weights")
    checkVersion(report, after: version, &violations)
  }

  func gradientsThatAreNotFinite(_ violations: inout Violations) async throws {
    for bad in [Float.nan, .infinity] {
      let pass = try await policy.forward(batch)
      var gradients = uniform(0)
      gradients.logProbabilities[0] = bad
      do {
        try await policy.backward(pass, gradients)
        violations.require(false, "a gradient of \(bad) was accepted")
      } catch {
        var isNonFinite = false
        if case .nonFinite = error as? PolicyError { isNonFinite = true }
        violations.require(
          isNonFinite, "a gradient of \(bad) threw \(error) and not PolicyError.nonFinite")
      }
      _ = try await policy.step(OptimizerStep(learningRate: learningRate))
      violations.require(
        try await logProbabilities() == pass.logProbabilities, "a gradient of \(bad) moved weights")
    }
  }

  func sums(_ violations: inout Violations) async throws {
    let pass = try await policy.forward(batch)
    try await policy.backward(pass, uniform(-1))
    let whole = try await norm().gradientNorm
    for row in 0..<batch.rowCount {
      let part = batch.rows([row])
      try await policy.backward(try await policy.forward(part), uniform(-1, for: part))
    }
    let parts = try await norm().gradientNorm
    violations.require(whole > 0, "the rows' log-probabilities have no gradient")
    violations.require(
      abs(parts - whole) <= 1e-4 * whole,
      "the gradient of all rows has the norm \(whole), row by row it is \(parts)")
    let cleared = try await norm().gradientNorm
    violations.require(cleared == 0, "a step left a gradient of norm \(cleared) behind")
    violations.require(
      try await logProbabilities() == pass.logProbabilities, "a learning rate of 0 moved weights")
  }

  func rowsWithoutGradient(_ violations: inout Violations) async throws {
    let marked = batch.withoutGradient(ofRows: [0])
    var gradients = uniform(-1)
    for token in 0..<batch.selectedOffsets[1] { gradients.logProbabilities[token] = 0 }
    let pass = try await policy.forward(batch)
    try await policy.backward(pass, gradients)
    let unmarked = try await norm().gradientNorm
    let other = try await policy.forward(marked)
    violations.require(
      other.logProbabilities == pass.logProbabilities,
      "that a row needs no gradient changes log-probabilities")
    try await policy.backward(other, gradients)
    let norm = try await norm().gradientNorm
    violations.require(
      norm == unmarked, "that a row needs no gradient changes its norm from \(unmarked) to \(norm)")
  }

  func direction(_ violations: inout Violations) async throws {
    let reference = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    let before = try await policy.forward(batch)
    let version = policy.weightVersion
    // The loss is minus the sum of log-probabilities: its gradient is −1 everywhere.
    try await policy.backward(before, uniform(-1))
    let report = try await policy.step(
      OptimizerStep(learningRate: learningRate, maximumGradientNorm: 1e-3))
    checkVersion(report, after: version, &violations)
    violations.require(
      abs(report.clipScale - min(1, 1e-3 / report.gradientNorm)) < 1e-6,
      "a gradient of norm \(report.gradientNorm) was scaled by \(report.clipScale) for 0.001")
    let after = try await logProbabilities()
    let gain = zip(after, before.logProbabilities).reduce(0) { $0 + Double($1.0) - Double($1.1) }
    violations.require(gain > 0, "a step towards the rows changed their log-probability by \(gain)")
    let unmoved = try await policy.forward(
      batch, weights: .reference, outputs: [], gradient: false)
    violations.require(
      unmoved.logProbabilities == reference.logProbabilities, "a step moved the reference weights")
  }

  private func checkVersion(
    _ report: StepReport, after version: Int, _ violations: inout Violations
  ) {
    violations.require(
      report.weightVersion == policy.weightVersion,
      "a step reported version \(report.weightVersion), the policy has \(policy.weightVersion)")
    violations.require(
      policy.weightVersion == version + (report.applied ? 1 : 0),
      "a step that was \(report.applied ? "applied" : "refused") took version \(version) to "
        + "\(policy.weightVersion)")
  }
}
