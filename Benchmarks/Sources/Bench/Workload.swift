internal import Trajectories
internal import Transformer

/// One row of the table: what is done, by whom else, and what is asked of us.
struct Workload: Sendable {
  /// What the numbers of a row count.
  enum Unit: Sendable {
    case milliseconds
    /// Operations of one call.
    case gigaflops(Double)
    /// Tokens of one call.
    case tokens(Double)
    /// Bytes a process holds at most while it does the work.
    case megabytes
    /// The same without what it held before it began.
    case additionalMegabytes
  }

  /// What speaks for a result.
  enum Verification: Sendable {
    /// Our side compares with a Double reference and tells the share of the permitted error.
    case reference
    /// Loss and gradient norm of both sides agree to 1e-3.
    case agreement
    /// The library's tests do: nothing here is a function of the input alone.
    case tests
  }

  let name: String
  let unit: Unit
  /// Workloads whose processes live together.
  let family: String
  let peers: [Peer]
  let floor, goal: Double
  var verification = Verification.reference
  /// Whether `make bench-quick` has it.
  var isQuick = false
  /// Variables of both sides.
  var environment: [String: String] = [:]
  /// Bytes of memory that both sides take together.
  var memory = 0.0
  /// The product this is, for OpenBLAS to do.
  var product: Product?
  /// What it needs at least; what is done one after the other stands in a row of its own.
  let needs: [Need]
  let make: @Sendable (Side) async throws -> Work

  var isMemory: Bool {
    switch unit {
    case .megabytes, .additionalMegabytes: true
    default: false
    }
  }
}

/// Somebody else who does the same.
struct Peer: Sendable {
  enum Program: Hashable, Sendable {
    case script(String)
    /// OpenBLAS, told which core to take this one for, or left alone.
    case openBLAS(core: String?)
  }

  let program: Program
  /// What the work is called there.
  let work: String
  let name: String

  init(_ script: String, _ work: String, _ name: String) {
    (program, self.work, self.name) = (.script(script), work, name)
  }

  init(openBLAS core: String?, _ work: String) {
    (program, self.work) = (.openBLAS(core: core), work)
    name = "OpenBLAS"
  }
}

/// What our side has in one process.
final class Side {
  let threads: Int
  private struct Key: Hashable {
    let decoder: Decoder
    let precision: WeightPrecision
  }
  private var policies: [Key: TransformerPolicy] = [:]

  init(threads: Int) { self.threads = threads }

  /// A policy to sample from, made once.
  func policy(
    _ decoder: Decoder, precision: WeightPrecision = .float32
  ) throws -> TransformerPolicy {
    let key = Key(decoder: decoder, precision: precision)
    if let policy = policies[key] { return policy }
    let policy = try decoder.sharedPolicy(threads: threads, precision: precision)
    policies[key] = policy
    return policy
  }
}
