public import Trajectories

/// A text that was written to crash a scorer, to stall it, or to score too much.
///
///     for hostile in HostileText.all {
///       let record = try hostile.trajectory(bytes: 100_000, answers: ["Ada"])
///       #expect(try await MyReward().report(on: record).score.value ?? 0 <= 1)
///     }
///
/// Every text exists in any size, so that one can see whether the time it takes grows with the size
/// or with its square.
public struct HostileText: Sendable, CustomStringConvertible {
  /// What it is made of.
  public let description: String
  private let write: @Sendable (_ bytes: Int) -> String

  /// A text that a function writes at about the size it is given.
  public init(_ description: String, writtenBy write: @escaping @Sendable (_ bytes: Int) -> String)
  {
    self.description = description
    self.write = write
  }

  /// Repetitions of a text between two others.
  ///
  /// - Precondition: what is repeated is not empty.
  public init(_ description: String, head: String = "", _ unit: String, tail: String = "") {
    precondition(!unit.isEmpty, "a text can't be made of nothing")
    self.init(
      description,
      writtenBy: { bytes in
        head + String(repeating: unit, count: max(bytes, 0) / unit.utf8.count) + tail
      })
  }

  /// Texts that differ by their number, from 0, between two others.
  public init(
    _ description: String, head: String = "",
    numbered unit: @escaping @Sendable (_ number: Int) -> String, tail: String = ""
  ) {
    self.init(
      description,
      writtenBy: { bytes in
        var (text, number) = (head, 0)
        while text.utf8.count < bytes {
          text += unit(number)
          number += 1
        }
        return text + tail
      })
  }

  /// The text at about this size.
  public func text(bytes: Int) -> String { write(bytes) }

  /// A record in which agent, world and tool calls all speak the text: two turns of the agent with an
  /// answer of the world between them, and calls of a search tool and of a browser.
  ///
  /// One token per span.
  ///
  /// - Throws: Nothing; appending in order never fails.
  public func trajectory(bytes: Int, answers: [String] = ["Ada"]) throws -> Trajectory {
    let text = text(bytes: bytes)
    let task = AgentTask(id: "hostile", question: "Who?", answers: answers)
    var trajectory = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    let speakers: [(SpanOrigin, Role, Int)] = [
      (.prompt, .user, 0), (.policy, .assistant, 0), (.environment, .tool, 0),
      (.policy, .assistant, 1),
    ]
    for (origin, role, turn) in speakers {
      let words = Array((origin == .prompt ? task.question : text).utf8)
      let record = SamplingRecord(
        logProbabilities: [-1], weightVersion: 0, settings: SamplingSettings())
      try trajectory.append(
        Span(
          origin: origin, role: role, turn: turn, tokens: [1], text: words,
          offsets: [0, words.count], sampling: origin == .policy ? record : nil))
    }
    for tool in ["search", "browser.search", "browser.open", "browser.find"] {
      trajectory.append(
        ToolEvent(
          turn: 0, tool: tool, arguments: text, outcome: .returned(identifiers: ["d1", "d2"])))
    }
    trajectory.status = .completed
    return trajectory
  }
}
