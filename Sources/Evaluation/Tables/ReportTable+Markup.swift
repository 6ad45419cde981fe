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
    let headings = columns.map {
      "<th scope=\"col\"\($0.classAttribute)>\(HTML.text($0.title))</th>"
    }
    let body = rows.map { row in
      let cells = zip(columns, row.cells).enumerated().map { index, pair in
        index == 0
          ? "<th scope=\"row\"\(pair.0.classAttribute)>\(HTML.text(pair.1))</th>"
          : "<td\(pair.0.classAttribute)>\(HTML.text(pair.1))</td>"
      }
      let kind = row.kind == .heading ? " class=\"heading\"" : ""
      return "<tr\(kind)>\(cells.joined())</tr>"
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
  fileprivate var classAttribute: String { alignment == .trailing ? " class=\"number\"" : "" }
}
