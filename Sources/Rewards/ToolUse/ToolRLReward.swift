internal import Retrieval
public import Trajectories

/// Format plus graded correctness of tool calls, with the bounds that a schedule gives them.
///
///     reward = format + correctness
///     format = upper or lower format bound, by ``ToolMessageShape``
///     correctness = lower + (upper - lower) · ``ToolCallMatch`` score
///
/// The reference message is the task's first accepted answer, tags included; it tells the shape and
/// the calls. A reference without calls leaves correctness at 0; calls that can't be read are worth
/// the lower bound. The message judged is what the agent wrote in its last turn, up to a marker that
/// ends it; it may call tools in an ill-formed message and still earn correctness.
///
/// Without a schedule the reward lies in -3…4. A task without accepted answers, or with a reference
/// whose calls can't be read, can't be judged: missing.
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py; arXiv 2504.13958.
public struct ToolRLReward: Reward {
  /// `toolUse` unless told otherwise.
  public let name: String
  /// How calls are compared.
  public let match: ToolCallMatch
  /// How the bounds move over the run's steps.
  public let schedule: ToolRLSchedule
  /// Pays for long thinking, in 0…1, on top; `nil` leaves length alone, as the authors recommend.
  public let length: ToolRLLength?

  /// A reward for tool use.
  public init(
    name: String = "toolUse", match: ToolCallMatch = ToolCallMatch(),
    schedule: ToolRLSchedule = .constant, length: ToolRLLength? = nil
  ) {
    self.name = name
    self.match = match
    self.schedule = schedule
    self.length = length
  }

  /// What a message earns.
  public struct Parts: Sendable, Hashable {
    /// For its shape.
    public let format: Double
    /// For its calls.
    public let correctness: Double
    /// For the length of its thinking; 0 where length isn't paid for.
    public let length: Double
    /// The sum.
    public var total: Double { format + correctness + length }
  }

  /// Judges the agent's last turn at the step that the trajectory was sampled in.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let reference = trajectory.task.answers.first else {
      return .unjudged(name, "task \(trajectory.task.id) has no reference message")
    }
    let message = trajectory.agentTurnTexts.last?.message ?? ""
    let parts = parts(of: message, reference: reference, step: trajectory.rollout.step)
    guard let parts else {
      return .unjudged(
        name, "the reference of task \(trajectory.task.id) holds calls that can't be read")
    }
    var components = [
      RewardComponent(name: "format", score: .value(parts.format)),
      RewardComponent(name: "correctness", score: .value(parts.correctness)),
    ]
    if length != nil {
      components.append(RewardComponent(name: "length", score: .value(parts.length)))
    }
    let total = Score(checking: parts.total, of: name)
    return RewardReport(
      score: total, components: [RewardComponent(name: name, score: total)] + components)
  }

  /// What a message earns against a reference at a step of the run, from 0; `nil` if the reference
  /// holds calls that can't be read.
  ///
  /// - Complexity: Linear in both texts, times the number of reference calls.
  public func parts(of message: String, reference: String, step: Int) -> Parts? {
    let bounds = schedule.bounds(atStep: step)
    var correctness = 0.0
    if let block = Self.callBlock(of: reference) {
      guard let wanted = NamedToolCall.calls(inLines: block) else { return nil }
      let (lower, upper) = (bounds.correctness.lowerBound, bounds.correctness.upperBound)
      correctness = lower + (upper - lower) * score(of: message, against: wanted)
    }
    let shaped = ToolMessageShape(of: reference).matches(message)
    return Parts(
      format: shaped ? bounds.format.upperBound : bounds.format.lowerBound,
      correctness: correctness, length: length?.score(message, atStep: step) ?? 0)
  }

  /// The closeness of a message's calls to the wanted ones, in 0…1; 0 if they can't be read.
  private func score(of message: String, against wanted: [NamedToolCall]) -> Double {
    guard MarkedText(message).contains("</tool_call>"),
      let block = Self.callBlock(of: message), let calls = NamedToolCall.calls(inLines: block)
    else { return 0 }
    return match.score(calls, against: wanted)
  }

  /// What follows the first opening tag up to the next tag of either kind.
  private static func callBlock(of message: String) -> String? {
    MarkedText(message).after("<tool_call>").map {
      MarkedText(MarkedText($0).before("<tool_call>")).before("</tool_call>")
    }
  }
}
