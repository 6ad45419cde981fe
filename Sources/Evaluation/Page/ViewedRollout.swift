internal import FoundationEssentials
internal import Rewards
internal import Trajectories

/// A rollout as the page's viewer reads it.
struct ViewedRollout: Encodable {
  struct ViewedSpan: Encodable {
    let origin: String
    let role: String
    let turn: Int
    let text: [String]
    let ids: [Int32]
    var logProbabilities: [Double?]?
    var advantages: [Double?]?
  }

  let title: String
  let question: String
  let answers: [String]
  let given: String?
  let reward: Double?
  let status: String
  let note: String
  let searches: Int
  let spans: [ViewedSpan]

  init(
    _ trajectory: Trajectory, report: RewardReport, advantages: [Float] = [], title: String,
    note: String = ""
  ) {
    let outcome = Outcome(trajectory, report: report)
    self.title = title
    self.note = note
    question = trajectory.task.question
    answers = trajectory.task.answers
    given = outcome.givenAnswer
    reward = report.score.value
    searches = outcome.searchCount
    status = Self.words(trajectory.status)
    var byPosition: [Int: Double] = [:]
    for (position, advantage) in zip(trajectory.selection(.policy).positions, advantages) {
      byPosition[position] = Self.rounded(advantage)
    }
    var start = 0
    spans = trajectory.spans.map { span in
      defer { start += span.count }
      return ViewedSpan(
        origin: span.origin.rawValue, role: span.role.rawValue, turn: span.turn,
        text: TokenText.pieces(of: span), ids: span.tokens,
        logProbabilities: span.sampling?.logProbabilities.map(Self.rounded),
        advantages: span.origin == .policy && !byPosition.isEmpty
          ? (start..<start + span.count).map { byPosition[$0] } : nil)
    }
  }

  private static func rounded(_ value: Float) -> Double? {
    value.isFinite ? (Double(value) * 10_000).rounded() / 10_000 : nil
  }

  private static func words(_ status: TrajectoryStatus) -> String {
    switch status {
    case .completed: "completed"
    case .truncated(let cause): "out of \(cause == .turnTokens ? "turn tokens" : cause.rawValue)"
    case .looped: "looped"
    case .aborted: "aborted"
    case .failed(.infrastructure(let reason)): "failed: infrastructure, \(reason)"
    case .failed(.model(let reason)): "failed: model, \(reason)"
    case .failed(.environment(let reason)): "failed: environment, \(reason)"
    }
  }
}

/// Rollouts that are looked at beside each other.
struct ViewedGroup: Encodable {
  let title: String
  var members: [ViewedRollout]
}

extension [ViewedGroup] {
  /// The groups as JSON for a `script` element, cut so that the page stays small.
  ///
  /// - Parameter budget: How many bytes it may take; members that don't fit any more are left out,
  ///   the groups in front first served.
  /// - Returns: The JSON, and how many members were left out.
  func scriptData(budget: Int) -> (json: String, omitted: Int) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func encoded(_ value: some Encodable) -> String? {
      (try? encoder.encode(value)).map { HTML.scriptData(String(decoding: $0, as: UTF8.self)) }
    }
    var left = budget
    var omitted = 0
    var groups: [String] = []
    for group in self {
      var members: [String] = []
      for member in group.members {
        if let json = encoded(member), json.utf8.count <= left {
          members.append(json)
          left -= json.utf8.count
        } else {
          omitted += 1
        }
      }
      guard !members.isEmpty, let title = encoded(group.title) else { continue }
      groups.append(
        "{\"title\":\(title),\"members\":[\(members.joined(separator: ","))]}")
    }
    return ("[\(groups.joined(separator: ",\n"))]", omitted)
  }
}
