internal import Foundation
internal import Measuring

/// Ratios as bars on a logarithmic axis, with floor and goal.
struct RatioChart {
  let rows: [Row]

  private static let (left, right, line, top) = (330.0, 60.0, 20.0, 46.0)
  private static let width = 900.0

  var svg: String {
    let height = Self.top + Self.line * Double(rows.count) + 30
    let all = rows.flatMap { [$0.ratio, $0.floor, $0.goal] }.filter { $0 > 0 && $0.isFinite }
    let low = min(0.5, (all.min() ?? 1) / 1.1)
    let high = max(2, (all.max() ?? 1) * 1.1)
    func x(_ ratio: Double) -> Double {
      let share = log(max(ratio, low) / low) / log(high / low)
      return Self.left + (Self.width - Self.left - Self.right) * min(1, share)
    }
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(fixed(Self.width, 0)) \(fixed(height, 0))" \
      font-family="system-ui, sans-serif" font-size="11">
      <title>How many times faster or leaner than the peer</title>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="12" y="20" font-size="14" fill="#222">How many times faster or leaner than the peer</text>
      <text x="12" y="36" fill="#666">bars: ratio; short line: floor; long line: goal; logarithmic</text>
      """
    ]
    let bottom = height - 24
    for tick in [0.25, 0.5, 1, 2, 4, 8, 16, 32] where tick >= low && tick <= high {
      let place = fixed(x(tick))
      parts.append(
        "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"\(fixed(Self.top - 4))\" y2=\"\(fixed(bottom))\" stroke=\"\(tick == 1 ? "#888" : "#ddd")\"/>"
      )
      parts.append(
        "<text x=\"\(place)\" y=\"\(fixed(bottom + 14))\" text-anchor=\"middle\" fill=\"#666\">\(fixed(tick, tick < 1 ? 2 : 0))</text>"
      )
    }
    for (index, row) in rows.enumerated() {
      let y = Self.top + Self.line * Double(index)
      parts.append(bar(row, y: y, x: x))
    }
    parts.append("</svg>\n")
    return parts.joined(separator: "\n")
  }

  private func bar(_ row: Row, y: Double, x: (Double) -> Double) -> String {
    let colors = ["goal": "#2f7d4f", "floor": "#c9971c", "below": "#b5483a"]
    let (one, end) = (x(1), x(row.ratio))
    func mark(_ ratio: Double, _ from: Double, _ to: Double) -> String {
      "<line x1=\"\(fixed(x(ratio)))\" x2=\"\(fixed(x(ratio)))\" y1=\"\(fixed(y + from))\" y2=\"\(fixed(y + to))\" stroke=\"#222\"/>"
    }
    let label = "\(row.workload), \(row.threads) thread\(row.threads == 1 ? "" : "s")"
    return """
      <text x="\(fixed(Self.left - 8))" y="\(fixed(y + 11))" text-anchor="end" fill="#222">\(label)</text>
      <rect x="\(fixed(min(one, end)))" y="\(fixed(y + 2))" width="\(fixed(max(abs(end - one), 1)))" height="11" fill="\(colors[row.verdict] ?? "#888")"/>
      \(mark(row.floor, 4, 11))\(mark(row.goal, 0, 15))
      <text x="\(fixed(Self.width - 8))" y="\(fixed(y + 11))" text-anchor="end" fill="#222">\(fixed(row.ratio, 2))</text>
      """
  }
}
