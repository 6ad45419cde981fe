public import Trajectories

/// Kimi-Researcher's reward: the answer's score, discounted at early steps, and a price for breaking
/// the format.
///
/// Step i of T, from 1, is credited r · γ^(T − i), so that of two right trajectories the shorter one
/// is worth more:
///
///     score = (1 / T) · Σ_i r · γ^(T − i)
///     r     = the answer's score, or −formatPenalty after an invalid call or when cut off
///
/// A step is a turn of the agent; its spans carry the credit. Without a turn the score is missing.
/// Components: `answer`, `validFormat`.
///
/// - Source: Moonshot AI 2025, the project page of Kimi-Researcher. No code is public and γ is not
///   told; the mean over steps as the score and the size of the penalty are ours.
public struct KimiResearcher: Reward {
  /// `kimiResearcher`.
  public var name: String { "kimiResearcher" }
  /// γ, in 0…1.
  public let discount: Double
  /// What an invalid call or running out costs.
  public let formatPenalty: Double
  private let answer: any Reward

  /// A reward.
  ///
  /// - Precondition: `discount` is in 0…1; `formatPenalty` is finite and not negative.
  public init(discount: Double, formatPenalty: Double = 0, answer: any Reward = ExactMatch()) {
    precondition((0...1).contains(discount), "discount must be in 0...1, got \(discount)")
    precondition(
      formatPenalty.isFinite && formatPenalty >= 0,
      "formatPenalty must not be negative, got \(formatPenalty)")
    self.discount = discount
    self.formatPenalty = formatPenalty
    self.answer = answer
  }

  /// Those of the answer's judge.
  public var statefulParts: [any StatefulReward] { answer.statefulParts }

  /// Judges the calls and the answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let report = try await answer.report(on: trajectory)
    let turns = Set(trajectory.spans.filter(\.isAgents).map(\.turn)).sorted()
    guard !turns.isEmpty, let outcome = report.score.value else {
      let score: Score =
        turns.isEmpty ? .missing(reason: "the agent took no turn") : report.score
      return RewardReport(
        score: score, components: [RewardComponent(name: name, score: score)] + report.components,
        notes: report.notes)
    }
    let breach = trajectory.cutOff ?? Self.invalidCall(in: trajectory.events)
    let reward = breach == nil ? outcome : -formatPenalty
    var credits = [reward]
    while credits.count < turns.count { credits.append(credits[credits.count - 1] * discount) }
    credits.reverse()
    let steps = Dictionary(uniqueKeysWithValues: zip(turns, credits))
    var result = RewardReport(
      Grade(
        value: credits.reduce(0, +) / Double(turns.count),
        parts: ["answer": outcome, "validFormat": breach == nil ? 1 : 0],
        notes: report.notes + (breach.map { [$0] } ?? [])),
      name: name)
    result.credits = trajectory.spans.enumerated().compactMap { index, span in
      span.isAgents ? steps[span.turn].map { SpanCredit(span: index, value: $0) } : nil
    }
    return result
  }

  private static func invalidCall(in events: [ToolEvent]) -> String? {
    for event in events {
      switch event.outcome {
      case .failed(.malformed), .failed(.unknownTool): return "an invalid call of \(event.tool)"
      default: continue
      }
    }
    return nil
  }
}
