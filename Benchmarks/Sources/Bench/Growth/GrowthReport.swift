internal import Foundation
internal import Measuring

/// What was found about growth, as a table and as a picture.
struct GrowthReport {
  let heading: String
  let series: [GrowthSeries]

  var markdown: String {
    var table = Table("what", "grows", "sizes", "milliseconds", "growth")
    for series in series {
      table.add(
        series.name, series.axis, series.points.map { "\($0.size)" }.joined(separator: " · "),
        series.points.map { fixed(1000 * $0.seconds, 1) }.joined(separator: " · "),
        fixed(series.growth, 2))
    }
    return """
      # Growth

      \(heading)

      \(table.text)

      Growth is the time at the largest size over that at the smallest, as a multiple of what the
      operations grow by: 1 is what the arithmetic says, less is better, since small work leaves
      part of the machine idle. Operations of two threads are those of one of them.

      ![time over size](growth.svg)

      """
  }

  /// Each series on logarithmic axes: what was measured, and the arithmetic from the smallest size on.
  var svg: String {
    let (columns, width, height) = (3, 300.0, 210.0)
    let rows = (series.count + columns - 1) / columns
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" \
      viewBox="0 0 \(fixed(Double(columns) * width, 0)) \(fixed(Double(rows) * height + 24, 0))" \
      font-family="system-ui, sans-serif" font-size="11">
      <title>Time over size</title>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="12" y="18" fill="#666">dots: milliseconds; grey line: the smallest size's time, \
      growing as the arithmetic does; both axes logarithmic</text>
      """
    ]
    for (index, series) in series.enumerated() {
      let (x, y) = (Double(index % columns) * width, Double(index / columns) * height + 24)
      parts.append("<g transform=\"translate(\(fixed(x, 0)) \(fixed(y, 0)))\">")
      parts += Self.panel(series, width: width, height: height)
      parts.append("</g>")
    }
    parts.append("</svg>\n")
    return parts.joined(separator: "\n")
  }

  private static func panel(_ series: GrowthSeries, width: Double, height: Double) -> [String] {
    let times = series.points.map(\.seconds) + series.points.map(series.expected)
    let sizes = series.points.map { Double($0.size) }
    let low = (times.min() ?? 1) / 1.3
    let high = (times.max() ?? 1) * 1.3
    func x(_ size: Double) -> Double {
      let (first, last) = (sizes.first ?? 1, sizes.last ?? 2)
      return 48 + (width - 72) * log(size / first) / log(max(last / first, 1.001))
    }
    func y(_ time: Double) -> Double {
      height - 34 - (height - 78) * log(time / low) / log(high / low)
    }
    func line(_ values: [Double], _ color: String) -> String {
      let points = zip(sizes, values).map { "\(fixed(x($0))),\(fixed(y($1)))" }
      return
        "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\"/>"
    }
    var parts = [
      "<text x=\"12\" y=\"20\" font-size=\"12\" fill=\"#222\">\(series.name)</text>",
      "<text x=\"12\" y=\"34\" fill=\"#666\">\(series.axis): growth \(fixed(series.growth, 2))</text>",
      line(series.points.map(series.expected), "#bbb"),
      line(series.points.map(\.seconds), "#2f7d4f"),
    ]
    for point in series.points {
      let (px, py) = (fixed(x(Double(point.size))), y(point.seconds))
      parts.append("<circle cx=\"\(px)\" cy=\"\(fixed(py))\" r=\"3\" fill=\"#2f7d4f\"/>")
      parts.append(
        "<text x=\"\(px)\" y=\"\(fixed(py - 7))\" text-anchor=\"middle\" fill=\"#222\">\(fixed(1000 * point.seconds, 0))</text>"
      )
      parts.append(
        "<text x=\"\(px)\" y=\"\(fixed(height - 12))\" text-anchor=\"middle\" fill=\"#666\">\(point.size)</text>"
      )
    }
    return parts
  }

  func write(to folder: String) throws {
    let url = URL(filePath: folder)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Data(markdown.utf8).write(to: url.appending(path: "GROWTH.md"))
    try Data(svg.utf8).write(to: url.appending(path: "growth.svg"))
  }
}
