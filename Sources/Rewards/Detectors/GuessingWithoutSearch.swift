public import Trajectories

/// Answering without having looked.
///
///     severity = 1 with an answer and no call that reached a tool, else 0
///
/// A call that timed out or failed has tried; a malformed one, one of an unknown tool and one past
/// the budget haven't.
public struct GuessingWithoutSearch: BehaviorDetector {
  /// `guessingWithoutSearch`.
  public var name: String { "guessingWithoutSearch" }
  private let extraction: AnswerExtraction

  /// A detector.
  public init(extraction: AnswerExtraction = AnswerExtraction()) { self.extraction = extraction }

  /// Looks for an answer and for calls.
  public func detection(in trajectory: Trajectory) -> Detection {
    guard extraction.answer(in: trajectory) != nil else { return .nothing }
    let hasTried = trajectory.events.contains { event in
      switch event.outcome {
      case .returned, .failed(.timedOut), .failed(.other): true
      case .failed(.malformed), .failed(.unknownTool), .failed(.overBudget): false
      }
    }
    return hasTried
      ? .nothing : Detection(severity: .value(1), findings: ["answered without a search"])
  }
}
