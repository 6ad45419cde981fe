internal import CLimits
internal import Tensor
internal import Trajectories

/// Every workload there is, in the order of the table.
let catalogue: [Workload] =
  squares + decoding + softmaxes + [logProbabilities] + attention + learning + wholeSteps + sampling
  + peakMemory

/// What OpenBLAS may be told it runs on, of what this processor can execute; the fastest is the peer.
private let cores: [String?] =
  [nil] + (limits_has_avx512() != 0 ? ["SkylakeX"] : [])
  + (limits_has_avx2() != 0 ? ["Haswell"] : [])

private func gemm(
  _ name: String, _ product: Product, floor: Double, goal: Double, isQuick: Bool = false,
  peers: [Peer]? = nil, environment: [String: String] = [:], needs: Need? = nil
) -> Workload {
  Workload(
    name: name, unit: .gigaflops(product.operations), family: "gemm",
    peers: peers ?? cores.map { Peer(openBLAS: $0, name) }, floor: floor, goal: goal,
    isQuick: isQuick, environment: environment, product: product,
    needs: [needs ?? Need(operations: product.operations)],
    make: { product.work(threads: $0.threads) })
}

/// Squares, packing the second matrix in each call as the peer does, and packed once as a decoder's
/// weights are; and what a stray variable makes of the peer.
private let squares: [Workload] =
  [64, 128, 256, 512, 1024, 2048].flatMap { n in
    let (floor, goal) = n < 256 ? (1.0, 1.25) : (0.97, 1.05)
    let product = Product(m: n, k: n, n: n)
    var packed = product
    packed.packsEachTime = false
    let isQuick = n == 64 || n == 512
    return [
      gemm("gemm/sq\(n)", product, floor: floor, goal: goal, isQuick: isQuick),
      gemm("gemm/sq\(n), packed once", packed, floor: floor, goal: goal, isQuick: isQuick),
    ]
  } + (limits_has_avx2() != 0 ? [strayVariable] : [])

private let strayVariable = gemm(
  "gemm/sq1024, stray variable", Product(m: 1024, k: 1024, n: 1024), floor: 1.8, goal: 2,
  isQuick: true, peers: [Peer(openBLAS: "Haswell", "gemm/sq1024, stray variable")],
  environment: ["OPENBLAS_CORETYPE": "Haswell"])

/// A few rows times a linear layer's weight, which is packed once.
private let decoding: [Workload] = [(1, 0.95, 1.05), (8, 2, 3), (32, 1.3, 1.7)].map {
  rows, floor, goal in
  let product = Product(m: rows, k: 896, n: 4864, isWeight: true, packsEachTime: false)
  let name = "gemm/dec_m\(rows)"
  return gemm(
    name, product, floor: floor, goal: goal, isQuick: rows < 32,
    peers: rows == 1 ? [Peer("products.py", "numpy 1x896x4864", "numpy")] : nil,
    needs: Need(operations: product.operations, bytesRead: 4 * 896 * 4864))
}

private let softmaxes: [Workload] = [(4096, 512), (1024, 4096), (64, 151_936)].map { rows, width in
  let count = Double(rows * width)
  return Workload(
    name: "softmax/\(rows)x\(width)", unit: .milliseconds, family: "logits",
    peers: [Peer("logits.py", "softmax \(rows)x\(width)", "PyTorch, output reused")], floor: 1.3,
    goal: 2, isQuick: rows == 1024,
    needs: [Need(operations: count * Need.operationsPerExponential, bytesMoved: 8 * count)],
    make: { Softmax(rows: rows, width: width).work(threads: $0.threads) })
}

private let logProbabilities = Workload(
  name: "logprob/512x151936", unit: .milliseconds, family: "logits",
  peers: [
    Peer("logits.py", "logprob row_by_row", "PyTorch logsumexp by row"),
    Peer("logits.py", "logprob whole", "PyTorch log_softmax, gather"),
    Peer("logits.py", "logprob cross_entropy", "PyTorch cross_entropy"),
  ], floor: 4, goal: 6, isQuick: true,
  needs: [
    Need(
      operations: 512 * 151_936 * Need.operationsPerExponential, bytesRead: 4 * 512 * 151_936)
  ], make: { LogProbabilities().work(threads: $0.threads) })

private let attention: [Workload] = [
  Attention(batch: 4, heads: 8, groups: 8, positions: 512, size: 64),
  Attention(batch: 1, heads: 14, groups: 2, positions: 2048, size: 64),
  Attention(batch: 8, heads: 4, groups: 4, positions: 256, size: 32),
].flatMap { shape in
  [(false, "fwd", "forward", 1.5, 2.2), (true, "fwdbwd", "both", 1.4, 2.0)].map {
    backward, suffix, work, floor, goal in
    // Backward computes the weights again.
    let operations =
      backward
      ? 3.5 * shape.operations + 2 * shape.exponentials * Need.operationsPerExponential
      : shape.operations + shape.exponentials * Need.operationsPerExponential
    return Workload(
      name: "attention/\(shape.name)/\(suffix)", unit: .milliseconds, family: "attention",
      peers: [Peer("attention.py", "\(work) \(shape.name)", "PyTorch SDPA")], floor: floor,
      goal: goal, isQuick: shape.batch == 8, needs: [Need(operations: operations)],
      make: { shape.work(backward: backward, threads: $0.threads) })
  }
}

private let learning: [Workload] = [("even", 1.4, 2.0), ("ragged", 2.5, 4.0)].flatMap {
  kind, floor, goal in
  [Decoder.tiny, .small].map { decoder in
    let batch = kind == "even" ? decoder.evenBatch : decoder.raggedBatch
    return Workload(
      name: "train/\(decoder.rawValue)" + (kind == "even" ? "" : ", ragged"),
      unit: .tokens(Double(batch.tokenCount)), family: "learning \(decoder.rawValue) \(kind)",
      peers: [
        Peer(
          "learning.py", "compiled \(kind) \(decoder.rawValue)", "transformers, torch.compile")
      ], floor: floor, goal: goal, verification: .agreement, isQuick: decoder == .tiny,
      needs: [Need(operations: decoder.operations(of: batch))],
      make: {
        try await LearningStep(
          policy: decoder.sharedPolicy(threads: $0.threads), batch: batch
        ).work()
      })
  }
}

/// What sampling needs: the prompts are read at once, then each token reads all weights.
private func needs(
  _ decoder: Decoder, rows: Int, prompt: Int, new: Int, precision: WeightPrecision = .float32
) -> [Need] {
  let (layers, head) = decoder.weights
  // In what takes as long in floats.
  let operations = 2 * Double(rows) / precision.productsAtOnce
  let step = Need(
    operations: operations * (layers + head),
    bytesRead: precision.bytesPerWeight * (layers + head))
  let reading = Need(operations: operations * (layers * Double(prompt) + head))
  return [reading] + Array(repeating: step, count: new - 1)
}

private let wholeSteps: [Workload] = [(Decoder.tiny, 2.5, 4.0), (.small, 1.8, 2.8)].map {
  decoder, floor, goal in
  let batch = decoder.evenBatch
  let update = decoder.operations(of: batch)
  return Workload(
    name: "trl/\(decoder.rawValue)", unit: .tokens(Double(batch.tokenCount)),
    family: "trl \(decoder.rawValue)",
    peers: [Peer("trainer.py", decoder.rawValue, "TRL GRPOTrainer")], floor: floor, goal: goal,
    verification: .tests,
    needs: needs(decoder, rows: decoder.rows, prompt: Decoder.prompt, new: WholeStep.new)
      + [Need(operations: update / 3), Need(operations: update)],
    make: {
      WholeStep(decoder: decoder, policy: try decoder.sharedPolicy(threads: $0.threads)).work()
    })
}

private let sampling: [Workload] =
  [(Decoder.tiny, 2.5, 4.0), (.small, 1.2, 1.8)].map { decoder, floor, goal in
    sample(
      "generate/\(decoder.rawValue)", Sampling(decoder, rows: 32),
      peers: [
        Peer("generating.py", decoder.rawValue, "transformers generate"),
        Peer("llama.py", "\(decoder.rawValue) f32 32", "llama.cpp f32"),
      ], floor: floor, goal: goal, isQuick: decoder == .tiny)
  }
  + [
    (WeightPrecision.float32, 1, 0.85, 1.0), (.float32, 8, 1.0, 1.5),
    (.bfloat16, 1, 0.85, 1.0), (.bfloat16, 8, 1.0, 1.5),
    (.int8, 1, 0.85, 1.2), (.int8, 8, 1.5, 2.5),
    (.bfloat16Products, 1, 0.85, 1.0), (.bfloat16Products, 8, 1.0, 1.5),
    (.int8Products, 1, 0.85, 1.2), (.int8Products, 8, 1.5, 2.5),
  ].map { precision, rows, floor, goal in
    let (name, kind) = precision.names
    return sample(
      "generate/qwen05b-b\(rows), \(name)", Sampling(.half, rows: rows, precision: precision),
      peers: [Peer("llama.py", "0.5B \(kind) \(rows)", "llama.cpp \(kind)")], floor: floor,
      goal: goal, memory: 10e9)
  }

extension WeightPrecision {
  /// What it is called in the table, and what the peer calls the nearest it has.
  fileprivate var names: (ours: String, peer: String) {
    switch self {
    case .float32: ("fp32", "f32")
    case .bfloat16: ("bf16", "bf16")
    case .int8: ("int8", "q8_0")
    case .bfloat16Products: ("bf16 by bf16", "bf16")
    case .int8Products: ("int8 by int8", "q8_0")
    }
  }

  fileprivate var bytesPerWeight: Double {
    switch self {
    case .float32: 4
    case .bfloat16, .bfloat16Products: 2
    case .int8, .int8Products: 1
    }
  }

  /// How many products this processor does in the time of one of floats, at most: of integers AVX2 as
  /// many as VNNI, 16 and 16 bits at a time.
  fileprivate var productsAtOnce: Double {
    switch self {
    case .float32, .bfloat16, .int8: 1
    case .bfloat16Products: TensorDiagnostics.current.instructionSet == "avx512bf16" ? 2 : 1
    case .int8Products: 4
    }
  }
}

private func sample(
  _ name: String, _ work: Sampling, peers: [Peer], floor: Double, goal: Double,
  isQuick: Bool = false, memory: Double = 0
) -> Workload {
  // Policies of several precisions would not fit beside each other.
  let process = work.precision == .float32 ? "" : " \(work.precision.rawValue)"
  return Workload(
    name: name, unit: .tokens(work.sampledTokens),
    family: "sampling \(work.decoder.rawValue)\(process)", peers: peers, floor: floor, goal: goal,
    verification: .tests, isQuick: isQuick, memory: memory,
    needs: needs(
      work.decoder, rows: work.rows, prompt: work.prompt, new: work.new,
      precision: work.precision),
    make: { work.work(try $0.policy(work.decoder, precision: work.precision)) })
}

private let peakMemory: [Workload] = [
  ("memory/small, whole process", Workload.Unit.megabytes, 65_536),
  ("memory/small, beyond the loaded libraries", .additionalMegabytes, 65_536),
  ("memory/small, activations computed again", .megabytes, 0),
].map { name, unit, retained in
  Workload(
    name: name, unit: unit, family: "memory",
    peers: [Peer("learning.py", "even small", "transformers")], floor: 2, goal: 2.9,
    verification: .tests, needs: [],
    make: {
      try await LearningStep(
        policy: Decoder.small.sharedPolicy(threads: $0.threads, retainedTokens: retained),
        batch: Decoder.small.evenBatch
      ).work()
    })
}
