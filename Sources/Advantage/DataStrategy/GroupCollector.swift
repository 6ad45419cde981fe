/// Collects groups over rounds of sampling until there are enough that can teach.
///
///     var collector = GroupCollector<MyGroup>(target: 64, maximumRounds: 10)
///     while collector.wantsMore { collector.add(keptOf(sample(collector.missing))) }
///     train(collector.batch)
///
/// - Source: DAPO (arXiv 2503.14476), "dynamic sampling"; checked against verl
///   (`max_num_gen_batches`) and SkyRL (30 rounds).
public struct GroupCollector<Group: Sendable>: Sendable {
  /// How many groups make a batch.
  public let target: Int
  /// After how many rounds to go on with what there is; `nil` for never.
  public let maximumRounds: Int?
  /// All groups so far, in order.
  public private(set) var groups: [Group] = []
  /// How many rounds were added.
  public private(set) var rounds = 0

  /// An empty collection.
  ///
  /// - Precondition: counts are positive.
  public init(target: Int, maximumRounds: Int? = nil) {
    precondition(target > 0, "a batch needs a positive number of groups, got \(target)")
    precondition(maximumRounds.map { $0 > 0 } ?? true, "there must be at least one round")
    self.target = target
    self.maximumRounds = maximumRounds
  }

  /// Adds the kept groups of one round of sampling, be they none.
  public mutating func add(_ kept: [Group]) {
    groups += kept
    rounds += 1
  }

  /// How many groups a full batch lacks.
  public var missing: Int { max(0, target - groups.count) }

  /// Whether another round is due.
  public var wantsMore: Bool { missing > 0 && (maximumRounds.map { rounds < $0 } ?? true) }

  /// The batch: the first groups collected, fewer than ``target`` when rounds ran out.
  public var batch: ArraySlice<Group> { groups.prefix(target) }

  /// What was collected beyond a batch, for the next one.
  public var surplus: ArraySlice<Group> { groups.dropFirst(target) }
}
