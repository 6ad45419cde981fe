/// The curves that tell whether a run learns, and whether it learns what it should.
enum LearningCurves {
  /// One chart a metric that was recorded, in a fixed order; the reward always has one.
  static func charts(_ metrics: [MetricsRecord]) -> [LineChart] {
    curves.compactMap { curve in
      let points = metrics.compactMap { record in
        record[curve.name].map { LineChart.Point(step: record.step, value: $0) }
      }
      guard !points.isEmpty || curve.name == .reward else { return nil }
      return LineChart(
        title: curve.title, subtitle: curve.subtitle, points: points, enclosing: curve.enclosing)
    }
  }

  private struct Curve {
    let name: MetricName
    let title: String
    let subtitle: String
    var enclosing: ClosedRange<Double>?
  }

  private static let curves = [
    Curve(name: .reward, title: "Reward", subtitle: "mean of a step's rollouts"),
    Curve(
      name: .exactMatch, title: "Exact match", subtitle: "fraction of rollouts", enclosing: 0...1),
    Curve(
      name: .searchesPerQuestion, title: "Searches", subtitle: "mean a question",
      enclosing: 0...1),
    Curve(name: .entropy, title: "Entropy", subtitle: "nats a token", enclosing: 0...0),
    Curve(name: .kl, title: "KL to reference", subtitle: "nats a token", enclosing: 0...0),
    Curve(
      name: .gradientNorm, title: "Gradient norm", subtitle: "before clipping", enclosing: 0...0),
    Curve(
      name: .responseTokens, title: "Response length", subtitle: "tokens a rollout",
      enclosing: 0...0),
    Curve(
      name: .drift, title: "Drift", subtitle: "sampler to learner, nats a token", enclosing: 0...0),
    Curve(name: .loss, title: "Loss", subtitle: "value of the objective"),
  ]
}
