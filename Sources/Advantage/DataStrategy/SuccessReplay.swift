public import RandomStreams
public import Trajectories

/// Remembers the last success at each task, and puts it into groups in which everybody failed.
///
/// A replayed rollout was drawn by older weights: keep its recorded log-probabilities, and a
/// correction or a clip for them.
///
/// - Source: RAPO (Fathom-DeepResearch, arXiv 2509.24107), from the paper's text: no code is public.
public struct SuccessReplay<Rollout: Sendable>: Sendable {
  /// A success, and when it happened.
  public struct Success: Sendable {
    /// What happened.
    public let rollout: Rollout
    /// Its score.
    public let score: Double
    /// The step it was drawn at.
    public let step: Int
  }

  /// A place in a batch that a success takes.
  public struct Replay: Sendable {
    /// The group, as a position in the list of groups.
    public let group: Int
    /// The member that makes room.
    public let member: Int
    /// What takes its place.
    public let success: Success
  }

  /// The least score of a success.
  public let right: Double
  /// After how many steps a success is too old; `nil` for never.
  public let maximumAge: Int?
  private var last: [String: Success] = [:]

  /// An empty memory.
  ///
  /// - Parameters:
  ///   - right: The least score of a success.
  ///   - maximumAge: After how many steps a success is too old, not negative; `nil` for never.
  public init(right: Double = 1, maximumAge: Int? = nil) {
    precondition(maximumAge.map { $0 >= 0 } ?? true, "an age can't be negative")
    self.right = right
    self.maximumAge = maximumAge
  }

  /// How many tasks have a success.
  public var count: Int { last.count }

  /// Remembers a rollout if it is a success and not older than the one known.
  public mutating func observe(task: String, _ rollout: Rollout, score: Score, step: Int) {
    guard let value = score.value, value >= right else { return }
    if let known = last[task], known.step > step { return }
    last[task] = Success(rollout: rollout, score: value, step: step)
  }

  /// The last success at a task that is not too old.
  public func success(at task: String, step: Int) -> Success? {
    guard let success = last[task] else { return nil }
    if let maximumAge, step - success.step > maximumAge { return nil }
    return success
  }

  /// Where successes go: one random member of each group in which nobody succeeded and for whose
  /// task a success is known.
  ///
  /// Groups without any score are left alone.
  ///
  /// - Parameters:
  ///   - groups: The task of each group, and the scores of its members.
  ///   - step: The step now.
  ///   - random: Chooses the member that makes room.
  public func replays(
    into groups: [(task: String, scores: [Score])], step: Int, using random: inout RandomStream
  ) -> [Replay] {
    groups.enumerated().compactMap { index, group in
      let values = group.scores.compactMap(\.value)
      guard !values.isEmpty, values.allSatisfy({ $0 < right }),
        let success = success(at: group.task, step: step)
      else { return nil }
      return Replay(
        group: index, member: random.index(below: group.scores.count), success: success)
    }
  }
}
