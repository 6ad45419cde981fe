/// The coordinates of a chart, and what stands at them.
struct Plot {
  static let width = 360
  static let height = 180
  private static let left = 42.0
  private static let right = 348.0
  private static let top = 10.0
  private static let bottom = 156.0

  let steps: ClosedRange<Int>
  private let stepTicks: AxisTicks
  private let valueTicks: AxisTicks

  init(steps: ClosedRange<Int>, values: ClosedRange<Double>) {
    self.steps = steps
    stepTicks = AxisTicks(
      enclosing: Double(steps.lowerBound)...Double(steps.upperBound), count: 4, wholeNumbers: true)
    valueTicks = AxisTicks(enclosing: values, count: 4)
  }

  func x(_ step: Int) -> String {
    let span = Double(steps.upperBound - steps.lowerBound)
    let share = span == 0 ? 0.5 : Double(step - steps.lowerBound) / span
    return Self.coordinate(Self.left + share * (Self.right - Self.left))
  }

  func y(_ value: Double) -> String {
    let range = valueTicks.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.coordinate(Self.bottom - share * (Self.bottom - Self.top))
  }

  /// A path through finite values; a gap starts a new piece, a lone value becomes a dot.
  func path(_ values: [(step: Int, value: Double?)]) -> String {
    var pieces: [String] = []
    var isDown = false
    for (step, value) in values {
      guard let value, value.isFinite else {
        isDown = false
        continue
      }
      pieces.append("\(isDown ? "L" : "M")\(x(step)) \(y(value))\(isDown ? "" : "h0")")
      isDown = true
    }
    return pieces.joined()
  }

  /// Horizontal rules with their numbers, and the steps below.
  var axes: String {
    let rules = valueTicks.values.map { value in
      """
      <line x1="\(Self.coordinate(Self.left))" x2="\(Self.coordinate(Self.right))" \
      y1="\(y(value))" y2="\(y(value))" style="stroke:var(--rule)" stroke-width="1"/>\
      <text x="\(Self.coordinate(Self.left - 8))" y="\(y(value))" dy="3.5" text-anchor="end" \
      font-size="10" style="fill:var(--faint)">\(valueTicks.label(value))</text>
      """
    }
    let inside = stepTicks.values.compactMap { Int(exactly: $0.rounded()) }
      .filter { steps.contains($0) }
    let labels = (inside.isEmpty ? [steps.lowerBound] : inside).map { step in
      """
      <text x="\(x(step))" y="\(Self.coordinate(Self.bottom + 17))" text-anchor="middle" \
      font-size="10" style="fill:var(--faint)">\(Figure.count(step))</text>
      """
    }
    return (rules + labels).joined(separator: "\n")
  }

  /// Invisible columns that show a point's numbers on hovering.
  func hoverTargets(_ points: [LineChart.Point], title: String) -> String {
    let stride = max(1, (points.count + 399) / 400)
    let column = max(2, (Self.right - Self.left) / Double(max(1, points.count / stride)))
    return points.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { _, point in
      """
      <rect x="\(x(point.step))" y="\(Self.coordinate(Self.top))" \
      width="\(Self.coordinate(column))" height="\(Self.coordinate(Self.bottom - Self.top))" \
      transform="translate(\(Self.coordinate(-column / 2)) 0)" fill="transparent">\
      <title>step \(point.step): \(Figure.short(point.value))</title></rect>
      """
    }.joined(separator: "\n")
  }

  /// Two decimals of a pixel.
  private static func coordinate(_ value: Double) -> String {
    "\((value * 100).rounded() / 100)"
  }
}
