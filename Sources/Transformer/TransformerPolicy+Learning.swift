public import Policy
internal import Synchronization
internal import Tensor
public import Trajectories

/// What a forward pass keeps for the way back.
struct RetainedPass: Sendable {
  let batch: PackedBatch
  let weights: DecoderWeights
  let outputs: PolicyCapabilities
  let shards: [[MicroBatch]]
}

/// What a pass gives up to go backward, handed over whole: what somebody else still held would be
/// copied where it is changed, and stay where it is used up.
private struct WayBack: Sendable {
  let weights: DecoderWeights
  let outputs: PolicyCapabilities
  /// Of each shard.
  let retainedLogits: Int
  let shards: [Handoff<[MicroBatch]>]
  /// Of passes before.
  let gradient: Handoff<Tensor>

  init(_ pass: RetainedPass, retainedLogits: Int, gradient: Tensor?) {
    (weights, outputs) = (pass.weights, pass.outputs)
    self.retainedLogits = retainedLogits / pass.shards.count
    shards = pass.shards.map { Handoff($0) }
    self.gradient = Handoff(gradient)
  }
}

/// Some rows of a batch, cut behind their last selected token, and what was computed on them.
struct MicroBatch: Sendable {
  let tokens: [Int32]
  /// The rows, which share the tokens of their common beginnings.
  let forest: SequenceForest
  /// Where each selected token stands among the whole batch's selected tokens, row after row.
  let places: [Int]
  /// The prediction of each selected token; rows that share it share its numbers too.
  let predictions: [Int]
  /// Where each prediction is made, in `tokens`.
  let positions: [Int]
  let targets: [Int32]
  let temperatures: [Float]
  /// Whether its rows take part in the way back.
  var needsGradient = true
  var computed: Computed?

  struct Computed: Sendable {
    var tape: Tape
    let logProbabilities: Variable
    let entropies: Variable?
    let values: Variable?
  }
}

extension TransformerPolicy {
  /// Computes per-token numbers at the batch's selected positions.
  public func forward(
    _ batch: PackedBatch, weights reference: WeightReference, outputs: PolicyCapabilities,
    gradient: Bool
  ) async throws -> PolicyPass {
    guard capabilities.isSuperset(of: outputs) else {
      throw PolicyError.missingCapability(
        outputs.contains(.values) && !capabilities.contains(.values) ? "values" : "these outputs")
    }
    if let id = batch.tokens.first(where: { $0 < 0 || $0 >= configuration.vocabularyCount }) {
      throw PolicyError.unknownToken(id: id, vocabularyCount: configuration.vocabularyCount)
    }
    for (start, end) in zip(batch.rowOffsets, batch.rowOffsets.dropFirst())
    where end - start > configuration.contextLength {
      throw PolicyError.contextOverflow(
        held: 0, adding: end - start, limit: configuration.contextLength)
    }
    let (version, id, drops) = state.withLock { state in
      defer { state.nextPass += 1 }
      guard let version = reference == .current ? state.weights : state.reference else {
        preconditionFailure("the reference was released: freeze weights before asking for it")
      }
      return (version, state.nextPass, state.drops)
    }
    let execution = execution
    let result = try await offPool { () throws -> (PolicyPass, RetainedPass) in
      let plan = batch.microBatches(execution)
      let weights = version.scoring(plan)
      let room = gradient ? execution.retainedTokens / plan.count : 0
      let shards = parallelMap(plan.count, threads: execution.threads) { shard in
        var kept = 0
        var retainedLogits = execution.retainedLogits / plan.count
        return plan[shard].map { micro in
          kept += micro.needsGradient ? micro.tokens.count : 0
          let isRecording = micro.needsGradient && kept <= room
          defer {
            if isRecording { retainedLogits -= micro.targets.count * weights.head.outputCount }
          }
          return micro.computed(
            weights, outputs: outputs, recording: isRecording,
            retainedLogits: max(0, retainedLogits)
          )
        }
      }
      let pass = try Self.gather(shards, of: batch, id: id, outputs: outputs)
      return (pass, RetainedPass(batch: batch, weights: weights, outputs: outputs, shards: shards))
    }
    if gradient {
      // A step that came meanwhile has dropped the passes of the weights this one read.
      state.withLock { if $0.drops == drops { $0.passes[id] = result.1 } }
    }
    return result.0
  }

  private static func gather(
    _ shards: [[MicroBatch]], of batch: PackedBatch, id: Int, outputs: PolicyCapabilities
  ) throws -> PolicyPass {
    func scattered(_ choose: (MicroBatch.Computed) -> Variable?) -> [Float] {
      var result = [Float](repeating: 0, count: batch.selectedCount)
      for micro in shards.joined() {
        guard let variable = micro.computed.flatMap(choose) else { continue }
        variable.value.withUnsafeBufferPointer { values in
          for (place, prediction) in zip(micro.places, micro.predictions) {
            result[place] = values[prediction]
          }
        }
      }
      return result
    }
    let logProbabilities = scattered { $0.logProbabilities }
    if let index = logProbabilities.firstIndex(where: { !$0.isFinite }) {
      throw PolicyError.nonFinite("the log-probability of selected token \(index)")
    }
    return PolicyPass(
      id: id, batch: batch, logProbabilities: logProbabilities,
      entropies: outputs.contains(.entropies) ? scattered { $0.entropies } : nil,
      values: outputs.contains(.values) ? scattered { $0.values } : nil)
  }

  /// Adds the gradient of the weights to what is accumulated.
  public func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    let count = pass.batch.selectedCount
    for (name, values) in [
      ("log-probability", gradients.logProbabilities), ("entropy", gradients.entropies ?? []),
      ("value", gradients.values ?? []),
    ] {
      precondition(
        values.isEmpty || values.count == count,
        "\(count) selected tokens came with \(values.count) \(name) gradients")
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw PolicyError.nonFinite("the \(name) gradient of selected token \(index)")
      }
      pass.batch.checkRowsWithoutGradient(values, name)
    }
    let taken = state.withLock { state -> WayBack? in
      guard let retained = state.passes.removeValue(forKey: pass.id) else { return nil }
      state.waitsForNoWayBack("another pass")
      state.waitsForNoStep("the way back")
      state.goesBackward = true
      defer { state.gradient = nil }
      return WayBack(
        retained, retainedLogits: execution.retainedLogits, gradient: state.gradient)
    }
    guard let way = taken else {
      preconditionFailure(
        "pass \(pass.id) was not made with gradient: true, went backward already, or a step came after it"
      )
    }
    let (threads, parameterCount) = (execution.threads, parameterCount)
    let sum = try await offPool {
      let sum = GradientSum(
        from: way.gradient.take(), count: parameterCount, parts: way.shards.count)
      parallelFor(way.shards.count, threads: threads) { shard in
        let part = GradientSum.Part(shard, of: sum)
        var left = Array((way.shards[shard].take() ?? []).filter(\.needsGradient).reversed())
        while var micro = left.popLast() {
          micro.spend(gradients, along: way, into: part, isLast: left.isEmpty)
        }
        part.end()
      }
      return sum.finished()
    }
    state.withLock { state in
      state.gradient = sum
      state.goesBackward = false
    }
  }

  /// Clips, updates, clears, publishes.
  ///
  /// Going backward, saving, restoring, resetting the optimiser and another step come before or after
  /// it: while one is under way they trap. Sampling and passes forward go on; passes that began before
  /// the step ended keep nothing for the way back.
  public func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    // Handed over whole, like gradients: what somebody else still held would be copied when changed.
    let (old, moments, gradient) = state.withLock { state in
      state.waitsForNoWayBack("a step")
      state.waitsForNoStep("another step")
      defer {
        state.isStepping = true
        state.optimizer = AdamW(count: 0)
        state.dropPasses()
      }
      return (state.weights, Handoff(state.optimizer), Handoff(state.gradient))
    }
    let (count, threads) = (parameterCount, execution.threads)
    let (weights, adam, report) = try await offPool { () -> (WeightVersion, AdamW, StepReport) in
      guard var adam = moments.take() else { preconditionFailure("the optimizer was handed over") }
      var total = gradient.take() ?? Tensor(zeros: [count])
      let norm = euclideanNorm(total)
      guard norm.isFinite else {
        let report = StepReport(
          gradientNorm: norm, clipScale: 1, applied: false, weightVersion: old.number)
        return (old, adam, report)
      }
      let scale = optimizer.maximumGradientNorm.map { min(1, Double($0) / max(norm, 1e-12)) } ?? 1
      // Whoever samples or reads meanwhile goes on with the old parameters.
      adam.update(
        from: old.parameters, replacing: &total, learningRate: optimizer.learningRate,
        gradientScale: Float(scale), threads: threads)
      let weights = old.successor(total, number: old.number + 1)
      let report = StepReport(
        gradientNorm: norm, clipScale: scale, applied: true, weightVersion: weights.number)
      return (weights, adam, report)
    }
    state.withLock { state in
      (state.weights, state.optimizer) = (weights, adam)
      state.isStepping = false
      state.dropPasses()
    }
    if weights !== old { old.forgetPacked() }
    return report
  }
}

extension MicroBatch {
  /// The same rows with their numbers.
  func computed(
    _ weights: DecoderWeights, outputs: PolicyCapabilities, recording: Bool, retainedLogits: Int
  ) -> MicroBatch {
    var tape = Tape(recording: recording)
    let hidden = weights.hidden(tokens, over: forest, at: positions, on: &tape)
    let (logProbabilities, entropies) = tape.logProbabilities(
      hidden, head: weights.head, targets: targets, temperatures: temperatures,
      entropies: outputs.contains(.entropies), retainedLogits: retainedLogits)
    let values = outputs.contains(.values) ? weights.value.map { tape.linear(hidden, $0) } : nil
    var result = self
    result.computed = Computed(
      tape: tape, logProbabilities: logProbabilities, entropies: entropies, values: values)
    return result
  }

  /// Plays this micro-batch backwards, computing it again if its activations were not kept, and lets
  /// them go as it does.
  fileprivate mutating func spend(
    _ gradients: PolicyGradients, along way: WayBack, into part: GradientSum.Part, isLast: Bool
  ) {
    if !(computed?.tape.isRecording ?? false) {
      // What the pass retained has been played by now.
      self = computed(
        way.weights, outputs: way.outputs, recording: true, retainedLogits: way.retainedLogits)
    }
    guard var spent = computed else { return }
    computed = nil
    func seed(_ variable: Variable?, _ values: [Float]?) -> (output: Variable, gradient: Tensor)? {
      guard let variable, let values, !values.isEmpty else { return nil }
      // Predictions are numbered as they appear: a prediction's first gradient begins its sum.
      var sums: [Float] = []
      for (place, prediction) in zip(places, predictions) {
        if prediction == sums.count {
          sums.append(values[place])
        } else {
          sums[prediction] += values[place]
        }
      }
      return (variable, Tensor(sums))
    }
    let seeds = [
      seed(spent.logProbabilities, gradients.logProbabilities),
      seed(spent.entropies, gradients.entropies), seed(spent.values, gradients.values),
    ].compactMap(\.self)
    spent.tape.spend(seeding: seeds, into: part, isLast: isLast)
  }
}

extension PackedBatch {
  /// Traps where a gradient contradicts what was said of its row.
  fileprivate func checkRowsWithoutGradient(_ gradients: [Float], _ name: String) {
    if gradients.isEmpty { return }
    for row in rowsWithoutGradient {
      precondition(
        gradients[selectedOffsets[row]..<selectedOffsets[row + 1]].allSatisfy { $0 == 0 },
        "row \(row) was said to need no gradient and has a \(name) gradient that is not 0")
    }
  }
}
