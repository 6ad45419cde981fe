import Testing

@testable import Evaluation

@Suite("Charts")
struct LineChartTests {
  private static func chart(_ values: [Double]) -> LineChart {
    LineChart(
      title: "A <b>",
      points: values.enumerated().map { .init(step: $0.offset + 1, value: $0.element) })
  }

  private static func coordinates(_ svg: String) -> [Double] {
    svg.split(separator: "<path d=\"").dropFirst().flatMap { piece in
      piece.prefix { $0 != "\"" }.split { "MLh ".contains($0) }.compactMap { Double($0) }
    }
  }

  @Test("whatever the numbers, a drawing never holds NaN or infinity and stays inside its frame")
  func sane() {
    for values: [Double] in [
      [.nan, 1, .infinity, 2, -.infinity], [1e300, -1e300], [5], [0, 0, 0], [1e-12, 2e-12], [3, 3],
      [-.greatestFiniteMagnitude, 1], Array(repeating: 0.1, count: 2000),
    ] {
      let svg = Self.chart(values).svg
      #expect(!svg.contains("nan") && !svg.contains("inf"), "\(values.prefix(5))")
      for number in Self.coordinates(svg) {
        #expect(number >= 0 && number <= Double(Plot.width), "\(number) of \(values.prefix(5))")
      }
    }
  }

  @Test("no numbers, and no finite numbers, are said in words")
  func empty() {
    #expect(Self.chart([]).svg.contains("not recorded"))
    #expect(Self.chart([.nan]).svg.contains("no finite value"))
    #expect(Self.chart([.nan]).last == nil)
  }

  @Test("a gap cuts the line in two, and a lone point is a dot")
  func gaps() {
    let plot = Plot(steps: 1...4, values: 0...1)
    let path = plot.path([(1, 0), (2, .nan), (3, 1), (4, 1)])
    #expect(path.split(separator: "M").count == 2)
    #expect(path.hasPrefix("M\(plot.x(1)) \(plot.y(0))h0M"))
    #expect(Self.chart([7]).svg.contains("<circle"))
  }

  @Test("greater values stand higher, later steps further right")
  func directions() throws {
    let plot = Plot(steps: 1...9, values: 0...1)
    #expect(try #require(Double(plot.y(0.9))) < #require(Double(plot.y(0.1))))
    #expect(try #require(Double(plot.x(9))) > #require(Double(plot.x(2))))
  }

  @Test("titles are escaped, and every point tells its numbers")
  func titles() {
    let svg = Self.chart([0.25, 0.5]).svg
    #expect(svg.contains("A &lt;b&gt;"))
    #expect(svg.contains("<title>step 2: 0.500</title>"))
    #expect(
      Self.chart(Array(repeating: 1, count: 5000)).svg.split(separator: "<title>").count <= 402)
  }

  @Test(
    "ticks are round, few and enclose the range",
    arguments: [0...1, 0.33...0.71, -3...17, 0...0, 5...5, 1e-6...3e-6, 0...150_000])
  func ticks(range: ClosedRange<Double>) {
    let ticks = AxisTicks(enclosing: range, count: 4)
    let values = ticks.values
    #expect(values.count >= 2 && values.count <= 7)
    #expect(ticks.range.lowerBound <= range.lowerBound + 1e-9)
    #expect(ticks.range.upperBound >= range.upperBound - 1e-9)
    var step = values[1] - values[0]
    while step < 0.999 { step *= 10 }
    while step > 9.999 { step /= 10 }
    #expect([1.0, 2, 5].contains { abs($0 - step) < 1e-6 })
    #expect(Set(values.map(ticks.label)).count == values.count)
  }

  @Test("smoothing keeps constants, starts at the first value and forgets by half-lives")
  func smoothing() throws {
    #expect(smoothed([2, 2, 2], halfLife: 3).allSatisfy { abs(($0 ?? 0) - 2) < 1e-12 })
    let step = smoothed([0, 0, 0, 0, 1], halfLife: 1).compactMap(\.self)
    #expect(step[0] == 0)
    // Weights 1/2, 1/4, …: the last of five has (1/2) / (31/32).
    #expect(abs(step[4] - 16.0 / 31) < 1e-12)
    #expect(smoothed([1, .nan, 3], halfLife: 0) == [1, nil, 3])
    #expect(smoothed([1, .nan, 1], halfLife: 2)[1] == nil)
    let half = smoothed([1] + Array(repeating: 0, count: 2000), halfLife: 2.5).compactMap(\.self)
    #expect(abs(half[1005] / half[1000] - 0.25) < 1e-6)
  }

  @Test("every recorded metric gets its curve, and others none")
  func curves() {
    let charts = LearningCurves.charts([
      MetricsRecord(step: 1, values: ["entropy": 1, "other": 2])
    ])
    #expect(charts.map(\.title) == ["Reward", "Entropy"])
  }
}
