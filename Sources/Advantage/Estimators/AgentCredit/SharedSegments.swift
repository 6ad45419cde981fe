internal import Trajectories

/// Gives tokens that several rollouts share the mean of what those rollouts deserve.
///
/// Where rollouts fork from one another, their common beginning led to all of their ends. Tokens are
/// shared when they carry the same number in ``ScoredRows/segments`` and belong to the same group.
/// A segment that only one scored row holds is left as it is, and rows without a score have no say.
///
/// This is ARPO's hard attribution. The soft one is the base alone: a shared token then gets each
/// branch's advantage in each branch's row, and the loss adds them up, which is the same gradient as
/// long as the ratio is not clipped.
///
/// - Source: ARPO (arXiv 2507.19849); its code has the soft form only.
public struct SharedSegments<Base: AdvantageEstimator>: AdvantageEstimator {
  /// The estimator underneath.
  public var base: Base

  /// An estimator around another.
  public init(_ base: Base) { self.base = base }

  /// The other's credit, averaged over shared tokens.
  ///
  /// Inside a segment the tokens of each row are compared by their place in it; a row that holds
  /// fewer of them shares those it has.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without segments, what the base
  ///   throws.
  /// - Complexity: that of the base, plus O(N log B).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let segments = rows.segments else {
      throw .missingInput(estimator: "SharedSegments", input: "segments")
    }
    var credit = try base.credit(for: rows)
    var holders: [SharedToken: [Int]] = [:]
    for row in 0..<rows.rowCount where rows.scores[row].value != nil {
      var places: [Int: Int] = [:]
      for token in rows.range(ofRow: row) {
        let segment = segments.values[token]
        let place = places[segment, default: 0]
        places[segment] = place + 1
        let shared = SharedToken(group: rows.groups[row], segment: segment, place: place)
        holders[shared, default: []].append(token)
      }
    }
    for tokens in holders.values where tokens.count > 1 {
      let mean = Moments(tokens.map { credit.advantages.values[$0] }).mean
      for token in tokens { credit.advantages.values[token] = mean }
    }
    return credit
  }

  private struct SharedToken: Hashable {
    let group: Int
    let segment: Int
    let place: Int
  }
}

extension SharedSegments: Equatable where Base: Equatable {}
extension SharedSegments: Hashable where Base: Hashable {}
extension SharedSegments: Decodable where Base: Decodable {}
extension SharedSegments: Encodable where Base: Encodable {}
