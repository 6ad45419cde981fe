/// A curve over steps as an inline SVG drawing: the numbers themselves faint, their smoothed course
/// on top.
public struct LineChart: Sendable, Hashable {
  /// What the curve shows.
  public let title: String
  /// What its numbers mean, in a few words; may be empty.
  public let subtitle: String
  /// Steps and values, ascending in steps; values that are not finite leave a gap, and
  /// so do those beyond 1e300.
  public let points: [Point]
  /// A range that the axis encloses whatever the values are; `nil` to follow the values.
  public let enclosing: ClosedRange<Double>?

  /// A step's value.
  public struct Point: Sendable, Hashable {
    /// The step.
    public let step: Int
    /// Its value; may be NaN.
    public let value: Double

    /// A step's value.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }

    /// Coordinates of greater numbers would overflow.
    fileprivate var isDrawable: Bool { value.isFinite && abs(value) < 1e300 }
  }

  /// A chart.
  public init(
    title: String, subtitle: String = "", points: [Point], enclosing: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.subtitle = subtitle
    self.points = points.map { $0.isDrawable ? $0 : Point(step: $0.step, value: .nan) }
      .sorted { $0.step < $1.step }
    self.enclosing = enclosing
  }

  /// After how many points a value weighs half as much in the smoothed line: a thirtieth of the
  /// curve, at least 1.
  var halfLife: Double { max(1, Double(points.count) / 30) }

  /// The smoothed value of the last finite point; `nil` when there is none.
  public var last: Double? {
    smoothed(points.map(\.value), halfLife: halfLife).last { $0 != nil } ?? nil
  }

  /// The drawing as one `svg` element.
  ///
  /// It scales with its container and takes its colours from the CSS properties `--ink`, `--faint`,
  /// `--rule` and `--accent`. Each finite point has a `title` that browsers show on hovering. A
  /// curve without finite points says so; one point is a dot.
  ///
  /// - Complexity: Linear in the points; at most 400 of them can be hovered.
  public var svg: String {
    let finite = points.filter(\.value.isFinite)
    guard let first = points.first, let last = points.last, !finite.isEmpty else { return empty }
    let plot = Plot(steps: first.step...last.step, values: valueRange(finite))
    let course = zip(points, smoothed(points.map(\.value), halfLife: halfLife))
      .map { (step: $0.step, value: $1) }
    var parts = [opening, plot.axes]
    parts.append(
      "<path d=\"\(plot.path(points.map { (step: $0.step, value: $0.value) }))\" "
        + "style=\"stroke:var(--accent);opacity:.28\" stroke-width=\"1\" fill=\"none\"/>")
    parts.append(
      "<path d=\"\(plot.path(course))\" style=\"stroke:var(--accent)\" stroke-width=\"2\" "
        + "fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>")
    if let end = course.last(where: { $0.value != nil }), let value = end.value {
      parts.append(
        "<circle cx=\"\(plot.x(end.step))\" cy=\"\(plot.y(value))\" r=\"3\" "
          + "style=\"fill:var(--accent)\"/>")
    }
    parts.append(plot.hoverTargets(finite, title: title))
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  private var opening: String {
    "<svg viewBox=\"0 0 \(Plot.width) \(Plot.height)\" role=\"img\" "
      + "aria-label=\"\(HTML.text(title)) by step\">"
  }

  private var empty: String {
    let reason = points.isEmpty ? "not recorded" : "no finite value"
    return opening
      + "<text x=\"\(Plot.width / 2)\" y=\"\(Plot.height / 2)\" text-anchor=\"middle\" "
      + "font-size=\"11\" style=\"fill:var(--faint)\">\(reason)</text></svg>"
  }

  private func valueRange(_ finite: [Point]) -> ClosedRange<Double> {
    let values = finite.map(\.value) + (enclosing.map { [$0.lowerBound, $0.upperBound] } ?? [])
    return (values.min() ?? 0)...(values.max() ?? 1)
  }
}
