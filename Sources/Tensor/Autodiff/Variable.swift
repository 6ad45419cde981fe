/// A value computed on a tape.
public struct Variable: Sendable {
  /// Where its gradient arrives.
  let place: Place
  /// What was computed.
  public let value: Tensor
  /// The value for the way back.
  let retained: Retained

  /// A variable's place on the tape that made it, and its shape: what passing gradients on needs
  /// where the value doesn't matter.
  struct Place: Sendable {
    let id: Int
    let shape: [Int]
  }

  /// How a recorded operation has one of its inputs on the way back.
  ///
  /// Operations that cost little beside what their results weigh say how to compute them again, by
  /// the same kernel and so with the same bits; nobody keeps those results.
  enum Retained: Sendable {
    case kept(Tensor)
    case computedAgain(@Sendable () -> Tensor)

    /// The value, perhaps computed now.
    var value: Tensor {
      switch self {
      case .kept(let tensor): tensor
      case .computedAgain(let compute): compute()
      }
    }

    /// Calls a closure with the address of the value's elements, alive until it returns.
    func withPointer(_ body: (UnsafePointer<Float>) -> Void) {
      let value = value
      withExtendedLifetime(value) { body(value.pointer) }
    }
  }
}
