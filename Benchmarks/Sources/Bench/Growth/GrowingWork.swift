internal import Measuring
internal import Policy
internal import RandomStreams
internal import Trajectories
internal import Transformer

/// Something whose cost is measured at several sizes.
struct GrowingWork {
  /// One size.
  struct Size {
    let size: Int
    let operations: Double
    let make: () async throws -> Work
  }

  let name: String
  let axis: String
  let sizes: [Size]

  static let threads = 2
  private static let rounds = 5
  private static let duration = 0.2

  /// All that is measured, in the order of the table.
  static var all: [GrowingWork] {
    [
      learning("rows of so many tokens", [64, 128, 256, 512, 1024]) { Learning(length: $0) },
      learning("rows in a batch", [2, 4, 8, 16, 32]) { Learning(rows: $0) },
      learning("ids in the vocabulary", [1024, 2048, 4096, 8192, 16_384, 32_768]) {
        Learning(vocabulary: $0)
      },
      learning("width", [64, 128, 256, 512]) { Learning(width: $0) },
      learning("threads", [1, 2]) { Learning(threads: $0) },
      GrowingWork(
        name: "sampling 8 rows of 64 tokens", axis: "rollouts that have ended and are kept",
        sizes: [1, 8, 64, 512].map { finished in
          Size(size: finished, operations: 1) { try await sampling(besides: finished) }
        }),
    ]
  }

  private static func learning(
    _ axis: String, _ sizes: [Int], _ setting: @escaping (Int) -> Learning
  ) -> GrowingWork {
    GrowingWork(
      name: "a step of learning", axis: axis,
      sizes: sizes.map { size in
        let learning = setting(size)
        return Size(size: size, operations: learning.operations) { try await learning.work() }
      })
  }

  /// Measures all sizes in turns, so that a disturbance meets them all.
  func measured() async throws -> GrowthSeries {
    var works: [(work: Work, calls: Int)] = []
    for size in sizes {
      let work = try await size.make()
      try await work.run(1)
      let once = try await seconds { try await work.run(1) }
      works.append((work, max(1, Int(Self.duration / once))))
    }
    var times = [[Double]](repeating: [], count: works.count)
    for _ in 0..<Self.rounds {
      for (index, (work, calls)) in works.enumerated() {
        times[index].append(try await seconds { try await work.run(calls) } / Double(calls))
      }
    }
    return GrowthSeries(
      name: name, axis: axis,
      points: sizes.indices.map { index in
        GrowthSeries.Point(
          size: sizes[index].size, seconds: median(times[index]),
          operations: sizes[index].operations)
      })
  }

  /// Sampling beside rollouts that have ended, whose contexts somebody still holds.
  private static func sampling(besides finished: Int) async throws -> Work {
    let policy = try Decoder.tiny.policy(threads: threads)
    var draw = SplitMix64(seed: 6)
    var ended: [TransformerContext] = []
    for row in 0..<finished {
      let context = try await policy.makeContext()
      try await context.append(Decoder.tiny.tokens(Decoder.prompt, &draw))
      _ = try await context.generate(request(4, row))
      ended.append(context)
    }
    let prompts = (0..<8).map { _ in Decoder.tiny.tokens(Decoder.prompt, &draw) }
    return Work(suspending: { [ended] in
      try await withThrowingTaskGroup { group in
        for (row, prompt) in prompts.enumerated() {
          group.addTask {
            let context = try await policy.makeContext()
            try await context.append(prompt)
            _ = try await context.generate(request(64, row))
          }
        }
        try await group.waitForAll()
      }
      precondition(ended.count == finished)
    })
  }

  private static func request(_ count: Int, _ row: Int) -> GenerationRequest {
    GenerationRequest(
      settings: SamplingSettings(temperature: 1), stop: StopConditions(maximumTokens: count),
      stream: RandomStream(seed: 7).child("row", row))
  }
}

/// A step of learning with a small decoder, one of whose measures grows.
private struct Learning {
  var rows = 8
  var length = 256
  var vocabulary = 4096
  var width = 256
  var threads = GrowingWork.threads

  private var configuration: DecoderConfiguration {
    DecoderConfiguration(
      vocabularyCount: vocabulary, width: width, feedForwardWidth: width * 43 / 16, layerCount: 4,
      headCount: width / 32, keyValueHeadCount: width / 64, contextLength: 4096)
  }

  /// Every row's last three quarters are learned from.
  private var batch: PackedBatch {
    var draw = SplitMix64(seed: 8)
    let tokens = (0..<rows).map { _ in (0..<length).map { _ in Int32(draw.below(vocabulary)) } }
    return PackedBatch(
      rows: tokens, selections: tokens.map { _ in Array(length / 4..<length) })
  }

  /// Of one thread, when they share the work evenly: those of a step, and logits that a pass does not
  /// keep once more.
  var operations: Double {
    let batch = batch
    let kept = TransformerPolicy.Execution().retainedLogits
    let again = 2 * Double(width * max(0, batch.selectedCount * vocabulary - kept))
    return (configuration.operations(of: batch) + again) / Double(threads)
  }

  func work() async throws -> Work {
    let policy = try TransformerPolicy(
      configuration, tokenizer: try Decoder.tokenizer(), stream: RandomStream(seed: 1),
      execution: TransformerPolicy.Execution(threads: threads, shards: threads))
    return try await LearningStep(policy: policy, batch: batch).work()
  }
}
