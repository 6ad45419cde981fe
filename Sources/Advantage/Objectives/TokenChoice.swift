internal import Trajectories

/// Some of the selected tokens of a batch, picked out for a treatment of their own.
///
/// Choose from the whole optimiser batch, then cut with ``rows(_:)``: what stands out in a batch is
/// not what stands out in a part of it.
public struct TokenChoice: Sendable, Hashable {
  private let isChosen: Ragged<Bool>

  /// The tokens at some positions.
  ///
  /// - Parameters:
  ///   - positions: Positions among the selected tokens of all rows, in any order.
  ///   - offsets: The row boundaries of the batch. `[B + 1]`
  /// - Precondition: positions lie inside the batch.
  public init(_ positions: some Sequence<Int>, offsets: [Int]) {
    var chosen = Array(repeating: false, count: offsets.last ?? 0)
    for position in positions {
      precondition(
        chosen.indices.contains(position),
        "token \(position) was chosen from a batch of \(chosen.count)")
      chosen[position] = true
    }
    isChosen = Ragged(values: chosen, offsets: offsets)
  }

  private init(_ isChosen: Ragged<Bool>) { self.isChosen = isChosen }

  /// The row boundaries. `[B + 1]`
  public var offsets: [Int] { isChosen.offsets }

  /// How many tokens were chosen.
  public var count: Int { isChosen.values.count { $0 } }

  /// Whether the token at a position was chosen.
  public func contains(_ token: Int) -> Bool { isChosen.values[token] }

  /// The choice for some rows, in the order given: a micro-batch's part.
  public func rows(_ indices: [Int]) -> TokenChoice {
    TokenChoice(isChosen.picking(rows: indices))
  }
}
