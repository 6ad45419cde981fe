/// Returns of the actions of a search session, with costs and with what other sessions will find.
///
///     reward(t) = gain · new relevant documents of action t - cost of action t
///     return(t) = Σ over k ≥ t of decay^(k - t) · (reward(k) + carry · Σ values of sessions opened by k)
///
/// A session is a stretch of a long record that is learned from by itself: it begins with a question
/// or with one document and ends when the agent moves on. The sessions that its documents will open
/// are worth what a value model expects of them, a little of which is credited here.
///
/// - Source: notes about PaSa, arXiv 2501.10120 (the crawler's session-level returns); neither form
///   nor constants were checked against the paper or its training code.
public struct SessionReturns: Sendable, Hashable, Codable {
  /// What an action did.
  public struct Action: Sendable, Hashable, Codable {
    /// Relevant documents that it found and that nobody had found before.
    public let newRelevant: Int
    /// What it cost.
    public let cost: Double
    /// The expected returns of the sessions that its documents open.
    public let openedValues: [Double]

    /// An action.
    ///
    /// - Precondition: `newRelevant` is not negative, numbers are finite.
    public init(newRelevant: Int, cost: Double, openedValues: [Double] = []) {
      precondition(newRelevant >= 0, "an action can't find \(newRelevant) documents")
      precondition(
        cost.isFinite && openedValues.allSatisfy(\.isFinite), "costs and values must be finite")
      self.newRelevant = newRelevant
      self.cost = cost
      self.openedValues = openedValues
    }
  }

  /// What a new relevant document is worth.
  public let gain: Double
  /// The factor from one action of a session to the next, in 0…1.
  public let decay: Double
  /// How much of the opened sessions' values is credited, in 0…1.
  public let carry: Double

  /// Returns with the constants that are told of the paper unless told otherwise.
  ///
  /// - Precondition: `gain` is finite, `decay` and `carry` are in 0…1.
  public init(gain: Double = 1.5, decay: Double = 1, carry: Double = 0.1) {
    precondition(gain.isFinite, "a document can't be worth \(gain)")
    precondition((0...1).contains(decay), "decay must be in 0…1, got \(decay)")
    precondition((0...1).contains(carry), "carry must be in 0…1, got \(carry)")
    self.gain = gain
    self.decay = decay
    self.carry = carry
  }

  /// The reward of one action, without what it opens.
  public func reward(of action: Action) -> Double {
    gain * Double(action.newRelevant) - action.cost
  }

  /// The return of every action of a session, in order; none for an empty session.
  public func returns(of session: [Action]) -> [Double] {
    var following = 0.0
    let backwards = session.reversed().map { action in
      let opened = action.openedValues.reduce(0, +)
      following = reward(of: action) + carry * opened + decay * following
      return following
    }
    return backwards.reversed()
  }
}
