/// How the time of something grows with its size, beside what its arithmetic says.
struct GrowthSeries: Sendable {
  /// One size.
  struct Point: Sendable {
    let size: Int
    /// Median over rounds.
    let seconds: Double
    /// Operations that have to be done one after the other.
    let operations: Double
  }

  /// What is done.
  let name: String
  /// What grows.
  let axis: String
  let points: [Point]

  /// Time at the largest size over that at the smallest, as a multiple of what the operations grow
  /// by: 1 is what the arithmetic says, below 1 is better.
  var growth: Double {
    guard let first = points.first, let last = points.last else { return .nan }
    return last.seconds / first.seconds / (last.operations / first.operations)
  }

  /// The time that a size would take if every operation took as long as at the smallest size.
  func expected(_ point: Point) -> Double {
    guard let first = points.first else { return .nan }
    return first.seconds * point.operations / first.operations
  }
}
