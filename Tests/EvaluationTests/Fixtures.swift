import Evaluation
import Foundation
import Rewards
import Trajectories

/// Trajectories made by hand: each text is cut into tokens before its spaces.
enum Make {
  static func task(
    _ id: String = "q1", question: String = "Who is the mayor of Velmora?",
    answers: [String] = ["Anna Tell"], labels: [String: String] = [:]
  ) -> AgentTask {
    AgentTask(id: id, question: question, answers: answers, labels: labels)
  }

  static func span(
    _ origin: SpanOrigin, _ text: String, turn: Int = 0, probability: (Int) -> Float = { _ in -0.5 }
  ) throws -> Span {
    try span(
      origin, bytes: Array(text.utf8), cuts: cuts(text), turn: turn, probability: probability)
  }

  static func span(
    _ origin: SpanOrigin, bytes: [UInt8], cuts: [Int], turn: Int = 0,
    probability: (Int) -> Float = { _ in -0.5 }
  ) throws -> Span {
    let ids = zip(cuts, cuts.dropFirst()).map { start, end in
      bytes[start..<end].reduce(Int32(7)) { ($0 &* 31 &+ Int32($1)) & 0x2FF }
    }
    let role: Role =
      switch origin {
      case .prompt: .user
      case .environment: .tool
      default: .assistant
      }
    return try Span(
      origin: origin, role: role, turn: turn, tokens: ids, text: bytes, offsets: cuts,
      sampling: origin == .policy
        ? SamplingRecord(
          logProbabilities: ids.indices.map(probability), weightVersion: 0,
          settings: SamplingSettings()) : nil)
  }

  private static func cuts(_ text: String) -> [Int] {
    var cuts = [0]
    for (index, byte) in text.utf8.enumerated()
    where index > 0 && (byte == 0x20 || byte == 0x0A || byte == 0x3C) {
      cuts.append(index)
    }
    return text.isEmpty ? [0] : cuts + [text.utf8.count]
  }

  /// A whole search: a query and what it found, or an answer.
  enum Turn {
    case search(String, found: [String], text: String)
    case failed(String, ToolEvent.Failure)
    case answer(String)
    case words(String)
  }

  static func trajectory(
    task: AgentTask = task(), rollout: RolloutID = RolloutID(step: 1, group: 0, member: 0),
    status: TrajectoryStatus = .completed, probability: (Int) -> Float = { _ in -0.5 },
    _ turns: [Turn]
  ) throws -> Trajectory {
    var trajectory = Trajectory(task: task, rollout: rollout)
    try trajectory.append(span(.prompt, "Question: \(task.question)\n"))
    for (index, turn) in turns.enumerated() {
      switch turn {
      case .search(let query, let found, let text):
        try trajectory.append(
          span(.policy, "<search>\(query)</search>", turn: index, probability: probability))
        try trajectory.append(
          span(.environment, "\n<information>\(text)</information>\n", turn: index))
        trajectory.append(
          ToolEvent(
            turn: index, tool: "search", arguments: query, outcome: .returned(identifiers: found)))
      case .failed(let query, let failure):
        try trajectory.append(
          span(.policy, "<search>\(query)</search>", turn: index, probability: probability))
        trajectory.append(
          ToolEvent(turn: index, tool: "search", arguments: query, outcome: .failed(failure)))
      case .answer(let answer):
        try trajectory.append(
          span(.policy, "<answer>\(answer)</answer>", turn: index, probability: probability))
      case .words(let words):
        try trajectory.append(span(.policy, words, turn: index, probability: probability))
      }
    }
    trajectory.status = status
    return trajectory
  }

  static func report(_ exactMatch: Double) -> RewardReport {
    RewardReport(
      score: .value(exactMatch),
      components: [RewardComponent(name: "exactMatch", score: .value(exactMatch))])
  }

  static func outcome(
    task: AgentTask = task(), exactMatch: Double = 0, _ turns: [Turn]
  ) throws -> Outcome {
    Outcome(try trajectory(task: task, turns), report: report(exactMatch))
  }

  /// A new empty folder, deleted after the body.
  static func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "peregrine-evaluation-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}

extension RunFolder {
  /// Writes one of the folder's files.
  func write(_ bytes: [UInt8], to file: File) throws {
    try Data(bytes).write(to: URL(filePath: path(of: file)))
  }

  func write(_ lines: [some RunRecord], to file: File) throws {
    try write(try lines.flatMap { try $0.jsonLine() + [UInt8(ascii: "\n")] }, to: file)
  }

  func string(of file: File) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(of: file))), as: UTF8.self)
  }
}
