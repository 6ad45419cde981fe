/// Rows of tokens laid end to end, with the positions whose log-probabilities are wanted.
///
/// There is no padding: `T` is the sum of the rows' lengths, `N` the number of selected tokens.
public struct PackedBatch: Sendable, Hashable {
  /// Token ids of all rows. `[T]`
  public let tokens: [Int32]
  /// `B + 1` row boundaries in `tokens`.
  public let rowOffsets: [Int]
  /// Selected positions in `tokens`, ascending, never a row's first token. `[N]`
  public let selected: [Int]
  /// `B + 1` boundaries in `selected`.
  public let selectedOffsets: [Int]
  /// What the logits of each selected token are divided by. `[N]`
  public let temperatures: [Float]
  /// Rows at whose tokens every gradient will be 0, so that a policy may leave them out of its way
  /// back; empty unless told.
  ///
  /// Their numbers are wanted all the same, and no number depends on this.
  public private(set) var rowsWithoutGradient: Set<Int> = []

  /// Packs rows of tokens with the selected positions of each row.
  ///
  /// - Parameters:
  ///   - rows: Token ids of each row.
  ///   - selections: For each row the selected positions, ascending, in `1 ..< row.count`.
  ///   - temperatures: For each row one temperature per selected position; all 1 when `nil`.
  /// - Precondition: counts match, positions ascend and lie inside their row, temperatures are
  ///   positive and finite.
  public init(rows: [[Int32]], selections: [[Int]], temperatures: [[Float]]? = nil) {
    precondition(
      rows.count == selections.count,
      "\(rows.count) rows of tokens came with \(selections.count) selections")
    precondition(
      temperatures.map { $0.count == rows.count } ?? true,
      "\(rows.count) rows of tokens came with temperatures for \(temperatures?.count ?? 0)")
    var tokens: [Int32] = []
    var rowOffsets = [0]
    var selected: [Int] = []
    var selectedOffsets = [0]
    var flatTemperatures: [Float] = []
    for (index, (row, positions)) in zip(rows, selections).enumerated() {
      var previous = 0
      for position in positions {
        precondition(
          position > previous && position < row.count,
          "selected position \(position) of row \(index) must ascend within 1..<\(row.count)")
        previous = position
        selected.append(tokens.count + position)
      }
      if let temperatures {
        precondition(
          temperatures[index].count == positions.count,
          "row \(index) has \(positions.count) selected positions and \(temperatures[index].count) temperatures"
        )
        precondition(
          temperatures[index].allSatisfy { $0 > 0 && $0.isFinite },
          "temperatures of row \(index) must be positive and finite: \(temperatures[index])")
        flatTemperatures.append(contentsOf: temperatures[index])
      } else {
        flatTemperatures.append(contentsOf: repeatElement(1, count: positions.count))
      }
      tokens.append(contentsOf: row)
      rowOffsets.append(tokens.count)
      selectedOffsets.append(selected.count)
    }
    self.tokens = tokens
    self.rowOffsets = rowOffsets
    self.selected = selected
    self.selectedOffsets = selectedOffsets
    self.temperatures = flatTemperatures
  }

  /// Packs trajectories, one row each, selecting by a rule; each sampled token is scored at the
  /// temperature it was drawn with, every other at 1.
  public init(_ trajectories: [Trajectory], selecting rule: SelectionRule = .policy) {
    self.init(
      rows: trajectories.map(\.tokens),
      selections: trajectories.map { $0.selection(rule).positions },
      temperatures: trajectories.map { $0.scoringTemperatures(rule) })
  }

  /// How many rows there are.
  public var rowCount: Int { rowOffsets.count - 1 }

  /// How many tokens all rows hold.
  public var tokenCount: Int { tokens.count }

  /// How many tokens are selected.
  public var selectedCount: Int { selected.count }

  /// The token ids at the selected positions. `[N]`
  public var targets: [Int32] { selected.map { tokens[$0] } }

  /// Some of the rows, in the order given.
  public func rows(_ indices: [Int]) -> PackedBatch {
    let part = PackedBatch(
      rows: indices.map { Array(tokens[rowOffsets[$0]..<rowOffsets[$0 + 1]]) },
      selections: indices.map { row in
        selected[selectedOffsets[row]..<selectedOffsets[row + 1]].map { $0 - rowOffsets[row] }
      },
      temperatures: indices.map {
        Array(temperatures[selectedOffsets[$0]..<selectedOffsets[$0 + 1]])
      })
    return part.withoutGradient(
      ofRows: Set(indices.indices.filter { rowsWithoutGradient.contains(indices[$0]) }))
  }

  /// The same batch with its ``rowsWithoutGradient``.
  ///
  /// - Precondition: the rows are in the batch.
  public func withoutGradient(ofRows rows: Set<Int>) -> PackedBatch {
    precondition(
      rows.allSatisfy { (0..<rowCount).contains($0) },
      "rows without gradient must lie in 0..<\(rowCount), got \(rows.sorted())")
    var result = self
    result.rowsWithoutGradient = rows
    return result
  }

  /// Values per selected token as rows.
  public func ragged<Element>(_ values: [Element]) -> Ragged<Element> {
    Ragged(values: values, offsets: selectedOffsets)
  }
}

extension Trajectory {
  /// The temperature of each selected token.
  func scoringTemperatures(_ rule: SelectionRule) -> [Float] {
    var result: [Float] = []
    for (index, span) in spans.enumerated() where rule.selects(span) {
      let count = index == 0 ? max(span.count - 1, 0) : span.count
      result.append(
        contentsOf: repeatElement(span.sampling?.settings.scoringTemperature ?? 1, count: count))
    }
    return result
  }
}
