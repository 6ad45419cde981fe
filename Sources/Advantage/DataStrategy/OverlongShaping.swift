/// Takes a little away from answers that come close to the length limit, more the closer they come.
///
///     over = length - (limit - buffer)
///     penalty = factor * min(over, buffer) / buffer     where over > 0
///
/// - Source: DAPO (arXiv 2503.14476), "soft overlong punishment"; checked against OpenRLHF
///   `length_penalty.py` and verl `reward_manager/dapo.py`.
/// - Differs: verl goes on growing beyond the limit (`isCapped: false`).
public struct OverlongShaping: Sendable, Hashable, Codable {
  /// The most tokens a response may have.
  public var limit: Int
  /// The last tokens before the limit, which cost.
  public var buffer: Int
  /// What a response at the limit loses.
  public var factor: Double
  /// Whether longer ones lose no more than that.
  public var isCapped: Bool

  /// Shaping towards a limit.
  ///
  /// - Precondition: the buffer is positive and no longer than the limit, the factor not negative.
  public init(limit: Int, buffer: Int, factor: Double = 1, isCapped: Bool = true) {
    precondition(
      buffer > 0 && buffer <= limit, "a buffer of \(buffer) tokens doesn't fit a limit of \(limit)")
    precondition(factor >= 0 && factor.isFinite, "the factor must be finite and not negative")
    self.limit = limit
    self.buffer = buffer
    self.factor = factor
    self.isCapped = isCapped
  }

  /// What a response of some length loses, not negative.
  public func penalty(length: Int) -> Double {
    let over = length - (limit - buffer)
    if over <= 0 { return 0 }
    return factor * Double(isCapped ? min(over, buffer) : over) / Double(buffer)
  }
}
