internal import Synchronization
internal import Trajectories

/// State of a reward that moves on only between the steps of a run.
///
/// While a step lasts, everyone sees the state that it began with, and what comes of it is noted
/// under a key of its own. When something of a later step arrives, the notes are worked in. So
/// reports depend neither on the order in which rollouts are judged nor on how often, and a run
/// that goes on from ``finished`` goes on as if it had never stopped.
final class SteppedState<State: Sendable, Key: Hashable & Sendable, Note: Sendable>: Sendable {
  private struct Current {
    var state: State
    var step: Int?
    var notes: [Key: Note] = [:]
  }

  private let current: Mutex<Current>
  private let finish: @Sendable (inout State, _ step: Int, _ notes: [Key: Note]) -> Void

  /// State with the rule by which a step's notes change it.
  init(
    _ state: State,
    finish: @escaping @Sendable (inout State, _ step: Int, _ notes: [Key: Note]) -> Void
  ) {
    current = Mutex(Current(state: state))
    self.finish = finish
  }

  /// The state after everything that was noted.
  var finished: State {
    current.withLock { current in
      var state = current.state
      if let step = current.step, !current.notes.isEmpty { finish(&state, step, current.notes) }
      return state
    }
  }

  /// Goes on from another state.
  func restore(_ state: State) {
    current.withLock { $0 = Current(state: state) }
  }

  /// The state that a step begins with, after finishing an earlier one; an earlier step sees the
  /// state of now.
  func begin(_ step: Int) -> State {
    current.withLock { current in
      if step > current.step ?? .min {
        if let last = current.step, !current.notes.isEmpty {
          finish(&current.state, last, current.notes)
        }
        current.notes = [:]
        current.step = step
      }
      return current.state
    }
  }

  /// Notes what came of something in the step at hand; of an earlier one it leaves no trace.
  func note(_ note: Note, for key: Key, of step: Int) {
    current.withLock { current in
      if step == current.step { current.notes[key] = note }
    }
  }
}

/// Which trajectory of a step a note is about.
struct TrajectoryPlace: Hashable, Comparable, Sendable {
  let group: Int
  let member: Int
  let branch: Int

  init(_ trajectory: Trajectory) {
    group = trajectory.rollout.group
    member = trajectory.rollout.member
    branch = trajectory.branch
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.group, left.member, left.branch) < (right.group, right.member, right.branch)
  }
}
