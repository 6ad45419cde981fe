import Foundation
import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

@Suite("A policy's folder")
struct PolicyFolderTests {
  static let tokenizer = BytePairTokenizer.train(
    on: ["the cat sat on the mat"], vocabularyCount: 264)

  static func policy(ties: Bool = true, valueHead: Bool = false) throws -> TransformerPolicy {
    try TransformerPolicy(
      DecoderConfiguration(
        vocabularyCount: 264, width: 16, feedForwardWidth: 24, layerCount: 1, headCount: 2,
        keyValueHeadCount: 1, contextLength: 64, tiesEmbeddings: ties),
      tokenizer: tokenizer, stream: RandomStream(seed: 4), hasValueHead: valueHead)
  }

  /// A folder with a saved policy, removed afterwards.
  static func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "policy-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try policy().save(to: folder, tokenizer: tokenizer)
    try await body(folder)
  }

  /// What loading says once a file was changed.
  static func complaint(
    _ folder: String, _ file: String, _ change: (Data) throws -> Data
  ) throws -> String {
    let url = URL(filePath: "\(folder)/\(file)")
    let whole = try Data(contentsOf: url)
    try change(whole).write(to: url)
    defer { try? whole.write(to: url) }
    do {
      _ = try TransformerPolicy(folder: folder)
      return "loaded"
    } catch let error as ModelError {
      return error.description
    } catch let error as TokenizerError {
      return error.description
    } catch let error as FileError {
      return error.description
    }
  }

  @Test("what was saved comes back bit for bit, tied or not, with a critic or without")
  func roundTrip() async throws {
    for (ties, valueHead) in [(true, false), (false, false), (true, true)] {
      let policy = try Self.policy(ties: ties, valueHead: valueHead)
      let folder = NSTemporaryDirectory() + "policy-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try policy.save(to: folder, tokenizer: Self.tokenizer)
      let loaded = try TransformerPolicy(folder: folder, hasValueHead: valueHead)
      #expect(loaded.configuration == policy.configuration)
      #expect(
        loaded.state.withLock { $0.weights.parameters }
          == policy.state.withLock { $0.weights.parameters })
      #expect(loaded.tokenizer.encode("the cat") == Self.tokenizer.encode("the cat"))
    }
  }

  @Test("weights cut off anywhere are refused with the file's name")
  func truncatedWeights() async throws {
    try await Self.withFolder { folder in
      for share in [0, 0.001, 0.1, 0.5, 0.9, 0.9999] {
        let said = try Self.complaint(folder, "model.safetensors") {
          $0.prefix(Int(share * Double($0.count)))
        }
        #expect(said.contains("\(folder)/model.safetensors"), "\(said)")
      }
    }
  }

  @Test("a missing file is named")
  func missingFiles() async throws {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
      try await Self.withFolder { folder in
        try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        let error = #expect(throws: (any Error).self) { try TransformerPolicy(folder: folder) }
        #expect(error.map { "\($0)" }?.contains(file) == true, "\(String(describing: error))")
      }
    }
  }

  @Test(
    "a configuration that lies about the weights is refused with the weight's name",
    arguments: [
      ("\"hidden_size\" : 16", "\"hidden_size\" : 18", "model.embed_tokens.weight"),
      ("\"num_hidden_layers\" : 1", "\"num_hidden_layers\" : 2", "model.layers.1"),
      ("\"num_hidden_layers\" : 1", "\"num_hidden_layers\" : 4000", "model.layers.1"),
      ("\"intermediate_size\" : 24", "\"intermediate_size\" : 23", "gate_proj"),
      ("\"vocab_size\" : 264", "\"vocab_size\" : 1000000", "model.embed_tokens.weight"),
      ("\"vocab_size\" : 264", "\"vocab_size\" : 100", "model.embed_tokens.weight"),
      ("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : false", "lm_head"),
      ("\"model_type\" : \"qwen2\"", "\"model_type\" : \"llama\"", "bias"),
    ])
  func lyingConfiguration(old: String, new: String, culprit: String) async throws {
    try await Self.withFolder { folder in
      let said = try Self.complaint(folder, "config.json") {
        let text = String(decoding: $0, as: UTF8.self)
        #expect(text.contains(old), "\(text)")
        return Data(text.replacingOccurrences(of: old, with: new).utf8)
      }
      #expect(said.contains(culprit), "\(said)")
    }
  }

  @Test(
    "a configuration that makes no decoder is refused with its path",
    arguments: [
      ("\"hidden_size\" : 16", "\"hidden_size\" : 0"),
      ("\"hidden_size\" : 16", "\"hidden_size\" : -16"),
      ("\"hidden_size\" : 16", "\"hidden_size\" : \"wide\""),
      ("\"num_attention_heads\" : 2", "\"num_attention_heads\" : 0"),
      ("\"num_key_value_heads\" : 1", "\"num_key_value_heads\" : 3"),
      ("\"num_key_value_heads\" : 1", "\"num_key_value_heads\" : 0"),
      ("\"num_hidden_layers\" : 1", "\"num_hidden_layers\" : 16000000"),
      ("\"num_hidden_layers\" : 1", "\"num_hidden_layers\" : 99999999999999999999"),
      ("\"head_dim\" : 8", "\"head_dim\" : 7"),
      ("\"vocab_size\" : 264", "\"vocab_size\" : 9223372036854775807"),
      ("\"vocab_size\" : 264", "\"vocab_size\" : 1048577"),
      ("\"rms_norm_eps\" :", "\"rms_norm_eps\" : 1e39, \"was\" :"),
      ("\"rms_norm_eps\"", "\"rms_norm_epsilon\""),
      ("\"model_type\" : \"qwen2\"", "\"model_type\" : \"mamba\""),
      ("{", "["),
    ])
  func impossibleConfiguration(old: String, new: String) async throws {
    try await Self.withFolder { folder in
      let said = try Self.complaint(folder, "config.json") {
        let text = String(decoding: $0, as: UTF8.self)
        #expect(text.contains(old), "\(text)")
        return Data(text.replacingOccurrences(of: old, with: new).utf8)
      }
      #expect(said.contains("\(folder)/config.json"), "\(said)")
    }
  }

  @Test(
    "rotary positions that this decoder does not have are refused by name",
    arguments: [
      ("\"rope_scaling\" : {\"rope_type\" : \"llama3\"}", "rope_scaling of type llama3"),
      ("\"rope_scaling\" : {\"type\" : \"linear\"}", "rope_scaling of type linear"),
      ("\"rope_parameters\" : {\"rope_type\" : \"yarn\"}", "rope_parameters of type yarn"),
      ("\"rope_parameters\" : {\"partial_rotary_factor\" : 0.5}", "partial_rotary_factor"),
    ])
  func otherRotaryPositions(settings: String, culprit: String) async throws {
    try await Self.withFolder { folder in
      let said = try Self.complaint(folder, "config.json") {
        let text = String(decoding: $0, as: UTF8.self)
        return Data(
          text.replacingOccurrences(of: "\"rope_theta\"", with: "\(settings), \"rope_theta\"").utf8)
      }
      #expect(said.contains("\(folder)/config.json") && said.contains(culprit), "\(said)")
    }
  }

  @Test("the base of rotary positions is read where old and new versions of transformers put it")
  func rotaryBase() throws {
    let old = DecoderConfiguration(
      vocabularyCount: 264, width: 16, feedForwardWidth: 24, layerCount: 1, headCount: 2,
      keyValueHeadCount: 1, contextLength: 32, rotaryBase: 1_000_000)
    let text = String(decoding: try old.json(), as: UTF8.self)
    #expect(try DecoderConfiguration(json: Array(text.utf8)).rotaryBase == 1_000_000)
    for (settings, base) in [
      ("\"rope_parameters\" : {\"rope_theta\" : 5e5, \"rope_type\" : \"default\"}", 500_000.0),
      ("\"rope_scaling\" : null", 10_000),
      ("\"rope_theta\" : 20000, \"rope_scaling\" : {\"rope_type\" : \"default\"}", 20_000),
    ] {
      let changed = text.replacing(/"rope_theta" : 1000000/, with: settings)
      #expect(changed != text)
      #expect(try DecoderConfiguration(json: Array(changed.utf8)).rotaryBase == base)
    }
  }

  @Test("sizes whose product can't be counted are refused, not multiplied")
  func hugeProduct() async throws {
    try await Self.withFolder { folder in
      let said = try Self.complaint(folder, "config.json") { data in
        var text = String(decoding: data, as: UTF8.self)
        for (name, size) in [("hidden_size", 16), ("intermediate_size", 24)] {
          text = text.replacingOccurrences(
            of: "\"\(name)\" : \(size)", with: "\"\(name)\" : 16777216")
        }
        return Data(text.utf8)
      }
      #expect(said.contains("more than can be held"), "\(said)")
    }
  }

  @Test("a tokenizer that is cut off or of another model is refused")
  func tokenizers() async throws {
    try await Self.withFolder { folder in
      for share in [0, 0.1, 0.5, 0.99] {
        let said = try Self.complaint(folder, "tokenizer.json") {
          $0.prefix(Int(share * Double($0.count)))
        }
        #expect(said.contains("tokenizer"), "\(said)")
      }
      let bigger = BytePairTokenizer.train(
        on: ["the cat sat on the mat, the dog sat on the log"], vocabularyCount: 270)
      let said = try Self.complaint(folder, "tokenizer.json") { _ in Data(bigger.json()) }
      #expect(bigger.vocabularyCount > 264)
      #expect(
        said == ModelError.vocabulary(tokenizer: bigger.vocabularyCount, model: 264).description)
    }
  }

  @Test("a weight that is not finite is refused by name")
  func notFinite() async throws {
    try await Self.withFolder { folder in
      let said = try Self.complaint(folder, "model.safetensors") { data in
        var data = data
        let end = data.count
        // The last weight of the file is the last norm's.
        data.replaceSubrange((end - 4)..<end, with: [0, 0, 0xc0, 0x7f])
        return data
      }
      #expect(said == ModelError.nonFiniteWeight("model.norm.weight").description)
    }
  }

  @Test("a checkpoint that can't be read is named, and the policy stays as it was")
  func checkpoints() async throws {
    let policy = try Self.policy()
    let folder = NSTemporaryDirectory() + "policy-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pass = try await policy.forward(PackedBatch(rows: [[1, 2, 3]], selections: [[1, 2]]))
    try await policy.backward(pass, PolicyGradients(logProbabilities: [-1, 1]))
    _ = try await policy.step(OptimizerStep(learningRate: 0.1))
    try await policy.saveState(to: folder)
    let path = folder + "/policy.safetensors"
    let whole = try Data(contentsOf: URL(filePath: path))

    let other = try Self.policy()
    let before = other.state.withLock { $0.weights.parameters }
    for share in [0, 0.2, 0.7, 0.999] {
      try whole.prefix(Int(share * Double(whole.count))).write(to: URL(filePath: path))
      let error = await #expect(throws: ModelError.self) {
        try await other.restoreState(from: folder)
      }
      #expect(error?.description.contains(path) == true)
      #expect(other.state.withLock { $0.weights.parameters } == before)
    }
    for name in ["optimizer.step", "weight_version"] {
      for number in ["x", "-1", "1"] {
        var changed = whole
        let range = try #require(changed.range(of: Data("\"\(name)\":\"1\"".utf8)))
        changed.replaceSubrange(range, with: Data("\"\(name)\":\"\(number)\"".utf8))
        // The file begins with the length of its header, in little-endian order.
        changed[0] += UInt8(number.utf8.count - 1)
        try changed.write(to: URL(filePath: path))
        let restored = try Self.policy()
        if number == "1" {
          try await restored.restoreState(from: folder)
        } else {
          await #expect(throws: ModelError.self) { try await restored.restoreState(from: folder) }
        }
      }
    }
    // The last number of the file.
    try (whole.dropLast(4) + [0, 0, 0xc0, 0x7f]).write(to: URL(filePath: path))
    let notFinite = await #expect(throws: ModelError.self) {
      try await other.restoreState(from: folder)
    }
    #expect(notFinite?.description.contains(path) == true)
    #expect(notFinite?.description.contains("NaN") == true)
    #expect(other.state.withLock { $0.weights.parameters } == before)
    try whole.write(to: URL(filePath: path))
    let critic = try Self.policy(valueHead: true)
    let shape = await #expect(throws: ModelError.self) {
      try await critic.restoreState(from: folder)
    }
    #expect(shape?.description.contains(path) == true)

    try await other.restoreState(from: folder)
    #expect(other.weightVersion == 1)
    #expect(
      other.state.withLock { $0.weights.parameters }
        == policy.state.withLock { $0.weights.parameters })
    #expect(
      other.state.withLock { $0.optimizer.secondMoment }
        == policy.state.withLock { $0.optimizer.secondMoment })
  }
}
