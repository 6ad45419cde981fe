/// Rows of different lengths, stored one after the other.
///
/// Row `b` is `values[offsets[b]..<offsets[b + 1]]`. Numbers per selected token live here, so
/// estimators and objectives never see a token that was not selected.
public struct Ragged<Element: Sendable>: Sendable {
  /// All elements, row after row.
  public var values: [Element]
  /// `rowCount + 1` positions in `values`, ascending from 0.
  public let offsets: [Int]

  /// Rows over values.
  ///
  /// - Precondition: `offsets` ascend from 0 to `values.count`.
  public init(values: [Element], offsets: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == values.count
        && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 },
      "row offsets must ascend from 0 to \(values.count) values, got \(offsets.first ?? -1)…\(offsets.last ?? -1)"
    )
    self.values = values
    self.offsets = offsets
  }

  /// Rows from nested arrays.
  public init(_ rows: [[Element]]) {
    var offsets = [0]
    offsets.reserveCapacity(rows.count + 1)
    for row in rows { offsets.append((offsets.last ?? 0) + row.count) }
    values = Array(rows.joined())
    self.offsets = offsets
  }

  /// How many rows there are.
  public var rowCount: Int { offsets.count - 1 }

  /// The positions of a row in `values`.
  public func range(ofRow row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

  /// One row.
  public subscript(row row: Int) -> ArraySlice<Element> { values[range(ofRow: row)] }

  /// The same rows over other values.
  ///
  /// - Precondition: `values` has as many elements as `self.values`.
  public func with<Other>(_ values: [Other]) -> Ragged<Other> {
    precondition(
      values.count == self.values.count,
      "rows of \(self.values.count) values can't hold \(values.count)")
    return Ragged<Other>(values: values, offsets: offsets)
  }
}

extension Ragged: Equatable where Element: Equatable {}
extension Ragged: Hashable where Element: Hashable {}
