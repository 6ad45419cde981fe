/// Rows of text in Markdown, columns as wide as they need to be.
public struct Table: Sendable {
  private var rows: [[String]]

  /// A table without rows.
  public init(_ header: String...) {
    rows = [header]
  }

  /// Adds a row with one text per column.
  public mutating func add(_ row: String...) {
    precondition(
      row.count == rows[0].count, "\(rows[0].count) columns got a row of \(row.count)")
    rows.append(row)
  }

  /// The table, ready to print.
  public var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    var lines = rows.map { row in
      line(
        zip(row, widths).enumerated().map { column, cell in
          let space = String(repeating: " ", count: cell.1 - cell.0.count)
          return column == 0 ? cell.0 + space : space + cell.0
        })
    }
    lines.insert(
      line(
        widths.enumerated().map { column, width in
          column == 0
            ? String(repeating: "-", count: width)
            : String(repeating: "-", count: width - 1) + ":"
        }),
      at: 1)
    return lines.joined(separator: "\n")
  }
}

/// A number with a fixed count of decimals.
public func fixed(_ value: Double, _ decimals: Int = 1) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let digits = String(scaled % scale + scale).dropFirst()
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return decimals == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(digits)"
}
