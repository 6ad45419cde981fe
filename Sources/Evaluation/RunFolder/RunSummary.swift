internal import FoundationEssentials

/// The outcome of a run in a few numbers, for machines that compare runs.
///
/// Fractions are 0…1. A number that was not measured is `null` in the file, never 0; every key is
/// always there:
///
///     {"seed", "wallSeconds": {"total", "rl"},
///      "exactMatch": {"before": E, "after": E}, "searchesPerQuestion", "tokensPerSecond"}
///     E = {"heldOut": {"all", "1", "2", "3", "4"}, "atlas", "shuffledIndex"}
public struct RunSummary: Sendable, Hashable, Codable {
  /// Wall-clock times.
  public struct WallSeconds: Sendable, Hashable, Codable {
    /// From start to end, everything included.
    public let total: Double
    /// Reinforcement learning alone.
    public let rl: Double

    /// Wall-clock times in seconds.
    public init(total: Double, rl: Double) {
      self.total = total
      self.rl = rl
    }
  }

  /// Exact match of a policy on every set.
  public struct ExactMatch: Sendable, Hashable {
    /// Held-out worlds, by the number of pages a question needs.
    public let heldOut: ByPages
    /// Questions about the real world.
    public let atlas: Double?
    /// The control with a shuffled index.
    public let shuffledIndex: Double?

    /// Fractions of questions answered exactly right.
    public init(heldOut: ByPages, atlas: Double?, shuffledIndex: Double?) {
      self.heldOut = heldOut
      self.atlas = atlas
      self.shuffledIndex = shuffledIndex
    }
  }

  /// Exact match by the number of pages a question needs.
  public struct ByPages: Sendable, Hashable {
    /// All questions.
    public let all: Double?
    /// Questions of 1, 2, 3 and 4 pages. `[4]`
    public let pages: [Double?]

    /// Fractions of all questions and of those of 1…4 pages.
    ///
    /// - Precondition: `pages` holds 4 numbers.
    public init(all: Double?, pages: [Double?]) {
      precondition(pages.count == 4, "exact match by pages needs 4 numbers, got \(pages.count)")
      self.all = all
      self.pages = pages
    }
  }

  /// The two policies that are compared.
  public struct BeforeAndAfter: Sendable, Hashable, Codable {
    /// The policy that reinforcement learning started from.
    public let before: ExactMatch
    /// The policy it ended with.
    public let after: ExactMatch

    /// Two measurements.
    public init(before: ExactMatch, after: ExactMatch) {
      self.before = before
      self.after = after
    }
  }

  /// The run's seed.
  public let seed: UInt64
  /// How long it took.
  public let wallSeconds: WallSeconds
  /// How good it got.
  public let exactMatch: BeforeAndAfter
  /// Mean searches a held-out question, after training.
  public let searchesPerQuestion: Double?
  /// Sampled tokens a second over all rollouts of training.
  public let tokensPerSecond: Double?

  /// An outcome.
  public init(
    seed: UInt64, wallSeconds: WallSeconds, exactMatch: BeforeAndAfter,
    searchesPerQuestion: Double?, tokensPerSecond: Double?
  ) {
    self.seed = seed
    self.wallSeconds = wallSeconds
    self.exactMatch = exactMatch
    self.searchesPerQuestion = searchesPerQuestion
    self.tokensPerSecond = tokensPerSecond
  }

  private enum CodingKeys: String, CodingKey {
    case seed, wallSeconds, exactMatch, searchesPerQuestion, tokensPerSecond
  }

  /// Writes every key, `null` for what was not measured.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(seed, forKey: .seed)
    try container.encode(wallSeconds, forKey: .wallSeconds)
    try container.encode(exactMatch, forKey: .exactMatch)
    try container.encode(searchesPerQuestion, forKey: .searchesPerQuestion)
    try container.encode(tokensPerSecond, forKey: .tokensPerSecond)
  }

  /// The summary as the bytes of `summary.json`: indented, keys sorted, with a last line break.
  public func json() throws -> [UInt8] {
    let encoder = RunCoding.encoder()
    encoder.outputFormatting.insert(.prettyPrinted)
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}

extension RunSummary.ExactMatch: Codable {
  private enum CodingKeys: String, CodingKey {
    case heldOut, atlas, shuffledIndex
  }

  /// Writes every key, `null` for what was not measured.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(heldOut, forKey: .heldOut)
    try container.encode(atlas, forKey: .atlas)
    try container.encode(shuffledIndex, forKey: .shuffledIndex)
  }
}

extension RunSummary.ByPages: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case all
    case one = "1"
    case two = "2"
    case three = "3"
    case four = "4"

    static let pages: [CodingKeys] = [.one, .two, .three, .four]
  }

  /// Reads the five numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      all: try container.decodeIfPresent(Double.self, forKey: .all),
      pages: try CodingKeys.pages.map { try container.decodeIfPresent(Double.self, forKey: $0) })
  }

  /// Writes every key, `null` for what was not measured.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(all, forKey: .all)
    for (key, value) in zip(CodingKeys.pages, pages) { try container.encode(value, forKey: key) }
  }
}
