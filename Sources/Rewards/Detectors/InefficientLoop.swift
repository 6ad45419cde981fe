internal import Retrieval
public import Trajectories

/// Calling tools again and again for nothing new.
///
///     severity = idle calls / calls
///
/// A call is idle when an earlier call of the same tool had the same words in its arguments, in any
/// order and whatever their case, or when everything it returned had been returned before. A call
/// that failed for no fault of the agent's is repeated with good reason: it is not remembered.
public struct InefficientLoop: BehaviorDetector {
  /// `inefficientLoop`.
  public var name: String { "inefficientLoop" }

  /// A detector.
  public init() {}

  /// Looks through the calls in order.
  public func detection(in trajectory: Trajectory) -> Detection {
    var asked = Set<[String]>()
    var seen = Set<String>()
    var findings: [String] = []
    for (index, event) in trajectory.events.enumerated() {
      let words = Set(event.arguments.lowercasedByScalar.splitAtBlanks).sorted()
      let key = [event.tool] + words
      switch event.outcome {
      case .failed(.timedOut), .failed(.other): continue
      case .failed:
        if !asked.insert(key).inserted { findings.append("call \(index + 1) repeats a mistake") }
      case .returned(let identifiers):
        let isNew = asked.insert(key).inserted
        let bringsNew = identifiers.isEmpty || !seen.isSuperset(of: identifiers)
        seen.formUnion(identifiers)
        if !isNew {
          findings.append("call \(index + 1) repeats an earlier one")
        } else if !bringsNew {
          findings.append("call \(index + 1) returned nothing new")
        }
      }
    }
    return Detection(findings.count, of: trajectory.events.count, findings: findings)
  }
}
