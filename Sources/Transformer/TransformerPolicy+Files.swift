internal import FoundationEssentials
public import Policy
internal import Synchronization
internal import Tensor
internal import Trajectories

extension TransformerPolicy {
  /// Loads a policy from a folder in the Hugging Face layout: `config.json`, `tokenizer.json`,
  /// `model.safetensors`.
  ///
  /// - Parameters:
  ///   - hasValueHead: Whether the policy gets a value head; where the file has none it starts at 0.
  /// - Throws: ``ModelError``, `TokenizerError` and `FileError`, each naming the file or the weight
  ///   at fault.
  public convenience init(
    folder: String, hasValueHead: Bool = false, execution: Execution = Execution()
  ) throws {
    let configuration = try naming(folder + "/config.json") {
      try DecoderConfiguration(json: DurableFile.read($0))
    }
    let tokenizer = try BytePairTokenizer(contentsOf: folder + "/tokenizer.json")
    let layout = DecoderLayout(configuration, hasValueHead: hasValueHead)
    let parameters = try naming(folder + "/model.safetensors") {
      try SafetensorsFile(contentsOf: $0)
        .parameters(of: layout.parameters) { $0.hasPrefix("value_head.") }
    }
    try self.init(
      configuration, tokenizer: tokenizer, layout: layout, parameters: parameters,
      execution: execution)
  }

  /// Writes the policy to a folder in the Hugging Face layout, making the folder if need be.
  ///
  /// - Parameter tokenizer: The file `tokenizer.json`.
  public func save(to folder: String, tokenizer: BytePairTokenizer) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try DurableFile.write(configuration.json(), to: folder + "/config.json")
    try DurableFile.write(tokenizer.json(), to: folder + "/tokenizer.json")
    let parameters = state.withLock { $0.weights.parameters }
    try SafetensorsFile.write(
      layout.parameters.entries.map { entry in
        (entry.name, entry.shape, parameters[rows: entry.range].values)
      }, metadata: ["format": "pt"], to: folder + "/model.safetensors")
  }
}

extension TransformerPolicy: Checkpointable {
  /// Writes weights and optimiser moments as `policy.safetensors`.
  ///
  /// What the program says is not written: the reference weights, which it freezes again from where
  /// they came, and the optimiser's constants. Nor are gradients that no step has taken yet. Traps
  /// while a step is under way.
  public func saveState(to folder: String) async throws {
    let (weights, optimizer) = state.withLock { state in
      state.waitsForNoStep("saving")
      return (state.weights, state.optimizer)
    }
    let count = layout.parameters.count
    try SafetensorsFile.write(
      [
        ("parameters", [count], weights.parameters.values),
        ("optimizer.first_moment", [count], optimizer.firstMoment.values),
        ("optimizer.second_moment", [count], optimizer.secondMoment.values),
      ],
      metadata: [
        "weight_version": "\(weights.number)", "optimizer.step": "\(optimizer.step)",
        "layout": layout.parameters.signature,
      ], to: folder + "/policy.safetensors")
  }

  /// Takes weights, moments and the weight version back, and drops gradients and what passes kept.
  ///
  /// Traps while a step is under way or a pass goes backward.
  ///
  /// - Throws: ``ModelError`` and `FileError` naming the file or the array at fault: missing, of
  ///   another shape, or not finite. Nothing has changed then.
  public func restoreState(from folder: String) async throws {
    state.withLock { state in
      state.waitsForNoStep("restoring")
      state.waitsForNoWayBack("restoring")
    }
    let path = folder + "/policy.safetensors"
    let file = try naming(path) { try SafetensorsFile(contentsOf: $0) }
    guard file.metadata["layout"] == layout.parameters.signature,
      let version = file.metadata["weight_version"].flatMap({ Int($0) }), version >= 0,
      let step = file.metadata["optimizer.step"].flatMap({ Int($0) }), step >= 0
    else {
      throw ModelError.configuration(
        "\(path) was written by a policy of another shape, or its counts are damaged; resume with the configuration it had, or from an earlier one"
      )
    }
    let count = layout.parameters.count
    func vector(_ name: String) throws -> Tensor {
      let values = try naming(path) { _ in try file.floats(name) }
      guard values.count == count else {
        throw ModelError.weightShape(name: name, expected: [count], found: [values.count])
      }
      guard values.allSatisfy(\.isFinite) else {
        throw ModelError.damagedFile(
          path: path, reason: "\(name) holds a NaN or an infinity; resume from an earlier one")
      }
      return Tensor(values)
    }
    let weights = state.withLock { $0.weights }
      .successor(try vector("parameters"), number: version)
    let (first, second) = (
      try vector("optimizer.first_moment"), try vector("optimizer.second_moment")
    )
    state.withLock { state in
      state.waitsForNoStep("restoring")
      state.waitsForNoWayBack("restoring")
      state.weights = weights
      state.optimizer.step = step
      state.optimizer.firstMoment = first
      state.optimizer.secondMoment = second
      state.dropPasses()
    }
  }
}

/// What `body` makes of a file; errors that don't say which file it was get its path.
private func naming<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
  do {
    return try body(path)
  } catch SafetensorsError.file(let error) {
    throw error
  } catch let error as SafetensorsError {
    throw ModelError.damagedFile(path: path, reason: error.description)
  } catch ModelError.configuration(let reason) {
    throw ModelError.configuration("\(path): \(reason)")
  }
}

extension SafetensorsFile {
  /// The flat parameter array of a layout, checked name by name.
  fileprivate func parameters(
    of layout: ParameterLayout, optional: (String) -> Bool
  ) throws -> Tensor {
    let known = Set(layout.entries.map(\.name))
    if let stranger = entries.first(where: { !known.contains($0.name) && !optional($0.name) }) {
      throw ModelError.unexpectedWeight(stranger.name)
    }
    for entry in layout.entries {
      guard let found = self.entry(entry.name) else {
        if optional(entry.name) { continue }
        throw ModelError.missingWeight(entry.name)
      }
      guard found.shape == entry.shape else {
        throw ModelError.weightShape(
          name: entry.name, expected: entry.shape, found: found.shape)
      }
    }
    // Memory is taken only once the file is known to hold that much, and once for all weights.
    return try Tensor(shape: [layout.count]) { values in
      for entry in layout.entries {
        let target = UnsafeMutableBufferPointer(rebasing: values[entry.range])
        guard self.entry(entry.name) != nil else {
          target.update(repeating: 0)
          continue
        }
        let floats = try floats(entry.name)
        guard floats.allSatisfy(\.isFinite) else { throw ModelError.nonFiniteWeight(entry.name) }
        _ = target.update(fromContentsOf: floats)
      }
    }
  }
}

extension ParameterLayout {
  /// A text that two layouts share only when every name and shape agrees.
  fileprivate var signature: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in entries.flatMap({ Array("\($0.name)\($0.shape);".utf8) }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return "\(count)-\(String(hash, radix: 16))"
  }
}
