/// Pairs rows with columns so that the pairs' values sum to the most.
///
/// The Hungarian method with potentials.
package enum Assignment {
  /// For each row its column; `nil` where there are more rows than columns and this one is left over.
  ///
  /// - Complexity: The smaller side squared times the larger.
  package static func best(_ values: [[Double]]) -> [Int?] {
    let columns = values.first?.count ?? 0
    guard columns > 0 else { return values.map { _ in nil } }
    if values.count <= columns { return smallRows(values) }
    let transposed = (0..<columns).map { column in values.map { $0[column] } }
    var result = [Int?](repeating: nil, count: values.count)
    for (column, row) in smallRows(transposed).enumerated() {
      if let row { result[row] = column }
    }
    return result
  }

  /// Assigns every row, of which there are at most as many as columns.
  private static func smallRows(_ values: [[Double]]) -> [Int?] {
    let (rows, columns) = (values.count, values[0].count)
    var rowPotential = [Double](repeating: 0, count: rows + 1)
    var columnPotential = [Double](repeating: 0, count: columns + 1)
    /// The row, from 1, that has each column, from 1; 0 for none.
    var owner = [Int](repeating: 0, count: columns + 1)
    for row in 1...rows {
      owner[0] = row
      var column = 0
      var slack = [Double](repeating: .infinity, count: columns + 1)
      var previous = [Int](repeating: 0, count: columns + 1)
      var visited = [Bool](repeating: false, count: columns + 1)
      repeat {
        visited[column] = true
        let current = owner[column]
        var (step, next) = (Double.infinity, 0)
        for candidate in 1...columns where !visited[candidate] {
          let cost = -values[current - 1][candidate - 1]
          let reduced = cost - rowPotential[current] - columnPotential[candidate]
          if reduced < slack[candidate] {
            slack[candidate] = reduced
            previous[candidate] = column
          }
          if slack[candidate] < step { (step, next) = (slack[candidate], candidate) }
        }
        for candidate in 0...columns {
          if visited[candidate] {
            rowPotential[owner[candidate]] += step
            columnPotential[candidate] -= step
          } else {
            slack[candidate] -= step
          }
        }
        column = next
      } while owner[column] != 0
      while column != 0 {
        owner[column] = owner[previous[column]]
        column = previous[column]
      }
    }
    var result = [Int?](repeating: nil, count: rows)
    for column in 1...columns where owner[column] > 0 { result[owner[column] - 1] = column - 1 }
    return result
  }
}
