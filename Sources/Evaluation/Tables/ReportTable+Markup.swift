extension ReportTable {
  /// The table in GitHub's Markdown, under a heading of the third level.
  ///
  /// Characters that Markdown or HTML would act on are written as entities or escaped.
  public var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    var lines = ["### \(Self.markdownText(title))", ""]
    lines.append(line(columns.map { Self.markdownText($0.title) }))
    lines.append(line(columns.map { $0.alignment == .leading ? "---" : "---:" }))
    for row in rows {
      let cells = row.cells.map(Self.markdownText)
      lines.append(
        line(row.kind == .heading ? cells.map { $0.isEmpty ? "" : "**\($0)**" } : cells))
    }
    if !note.isEmpty { lines += ["", Self.markdownText(note)] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table as an HTML `figure` with classes, without a style, everything escaped.
  public var html: String {
    let headings = zip(columns, columns.map(\.title)).map { column, title in
      Self.cell("th scope=\"col\"", title, [column.style])
    }
    let body = rows.map { row in
      let cells = zip(columns, row.cells).enumerated().map { index, pair in
        Self.cell(
          index == 0 ? "th scope=\"row\"" : "td", pair.1,
          [pair.0.style, index == 0 && pair.1.hasPrefix(" ") ? "under" : nil])
      }
      return "<tr\(row.kind == .heading ? " class=\"heading\"" : "")>\(cells.joined())</tr>"
    }
    let head =
      columns.allSatisfy(\.title.isEmpty) ? "" : "<thead><tr>\(headings.joined())</tr></thead>\n"
    let empty = "<tr><td colspan=\"\(columns.count)\" class=\"none\">Nothing recorded.</td></tr>"
    let caption = note.isEmpty ? "" : "\n<figcaption>\(HTML.text(note))</figcaption>"
    return """
      <figure class="table"><div class="scroll"><table>
      \(head)<tbody>
      \(rows.isEmpty ? empty : body.joined(separator: "\n"))
      </tbody></table></div>\(caption)</figure>
      """
  }

  private static func cell(_ tag: String, _ text: String, _ styles: [String?]) -> String {
    let styles = styles.compactMap(\.self).joined(separator: " ")
    let attribute = styles.isEmpty ? "" : " class=\"\(styles)\""
    return "<\(tag)\(attribute)>\(HTML.text(text))</\(tag.prefix(2))>"
  }

  private static func markdownText(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "|", "*", "_", "`", "[", "]", "\\", "#", "!":
        result += "\\"
        result.unicodeScalars.append(scalar)
      default:
        result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
      }
    }
    return result
  }
}

extension ReportTable.Column {
  fileprivate var style: String? { alignment == .trailing ? "number" : nil }
}
