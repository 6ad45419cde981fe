/// Sequences of tokens laid end to end, some of which go on where others end.
///
/// A segment without a parent begins at position 0. One with a parent goes on behind that segment's
/// last token, and sees it and everything it goes on from: rows that begin alike share the tokens
/// of their beginning.
///
///     var forest = SequenceForest()
///     let prompt = forest.append(count: 40)                   // positions  0 ..< 40
///     forest.append(count: 12, after: prompt)                 // positions 40 ..< 52
///     forest.append(count: 30, after: prompt)                 // positions 40 ..< 70
///
/// Segments stand in depth-first order: a child comes after its parent and before anything that
/// does not descend from that parent.
public struct SequenceForest: Sendable, Hashable {
  /// One segment.
  public struct Segment: Sendable, Hashable {
    /// Where its tokens lie among all.
    public let tokens: Range<Int>
    /// The position of its first token in its sequence.
    public let position: Int
    /// The index of the segment it goes on from.
    public let parent: Int?

    /// The position behind its last token.
    public var end: Int { position + tokens.count }
  }

  /// The segments, in the order of their tokens.
  public private(set) var segments: [Segment] = []

  /// A forest without segments.
  public init() {}

  /// Rows that share nothing.
  ///
  /// - Parameter rowOffsets: Boundaries of the rows.
  public init(rowOffsets: [Int]) {
    for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) { append(count: end - start) }
  }

  /// How many tokens all segments hold.
  public var tokenCount: Int { segments.last?.tokens.upperBound ?? 0 }

  /// The length of the longest sequence.
  public var longest: Int { segments.map(\.end).max() ?? 0 }

  /// The position of each token in its sequence.
  var positions: [Int32] {
    segments.flatMap { Int32($0.position)..<Int32($0.end) }
  }

  /// Adds a segment and returns its index.
  ///
  /// - Parameters:
  ///   - count: How many tokens it holds.
  ///   - parent: The segment it goes on from: the last one or one that the last one descends from;
  ///     `nil` for a sequence of its own.
  @discardableResult
  public mutating func append(count: Int, after parent: Int? = nil) -> Int {
    precondition(count >= 0, "a segment can't have \(count) tokens")
    if let parent {
      precondition(
        parent == segments.count - 1 || path(to: segments.count - 1).contains(parent),
        "segment \(segments.count) can't go on from \(parent), whose descendants have ended")
    }
    segments.append(
      Segment(
        tokens: tokenCount..<(tokenCount + count), position: parent.map { segments[$0].end } ?? 0,
        parent: parent))
    return segments.count - 1
  }

  /// The segments that one goes on from, the first ones first, and itself.
  func path(to segment: Int) -> [Int] {
    var path: [Int] = []
    var next: Int? = segment
    while let index = next, index >= 0 {
      path.append(index)
      next = segments[index].parent
    }
    return path.reversed()
  }
}
