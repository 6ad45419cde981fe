extension ReportTable {
  /// The table for a terminal: columns lined up with spaces, a rule under the headings, no control
  /// codes, a line break at the end.
  public var text: String {
    let wrapped = rows.map { row in
      zip(columns, row.cells).map { column, cell in
        Self.wrap(Self.oneLine(cell), width: column.width)
      }
    }
    let widths = columns.indices.map { index in
      max(columns[index].title.count, wrapped.flatMap { $0[index] }.map(\.count).max() ?? 0)
    }
    func line(_ cells: [String]) -> String {
      let padded = columns.indices.map { index in
        let padding = String(repeating: " ", count: max(0, widths[index] - cells[index].count))
        return columns[index].alignment == .leading
          ? cells[index] + padding : padding + cells[index]
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    var lines = [title]
    if columns.contains(where: { !$0.title.isEmpty }) { lines.append(line(columns.map(\.title))) }
    lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "──"))
    for cells in wrapped {
      for depth in 0..<(cells.map(\.count).max() ?? 0) {
        lines.append(line(cells.map { depth < $0.count ? $0[depth] : "" }))
      }
    }
    if rows.isEmpty { lines.append("(nothing)") }
    if !note.isEmpty { lines += Self.wrap(note, width: 90) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Line breaks and control codes become spaces: a cell may hold what a model wrote.
  private static func oneLine(_ cell: String) -> String {
    String(
      String.UnicodeScalarView(
        cell.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  /// One or more lines of at most `width` characters, broken at spaces; longer words are cut.
  private static func wrap(_ cell: String, width: Int?) -> [String] {
    guard let width, cell.count > width else { return [cell] }
    var lines: [String] = []
    var current = ""
    for word in cell.split(separator: " ") {
      var rest = word
      if !current.isEmpty, current.count + 1 + rest.count > width {
        lines.append(current)
        current = ""
      }
      while rest.count > width {
        lines.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      current += current.isEmpty ? String(rest) : " \(rest)"
    }
    return current.isEmpty && !lines.isEmpty ? lines : lines + [current]
  }
}
