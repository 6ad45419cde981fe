import Evaluation
import Foundation

/// Exact match on the exam by step.
struct Curve {
  private(set) var points: [(step: Int, mark: Double)] = []

  subscript(step: Int) -> Double {
    get { points.first { $0.step == step }?.mark ?? .nan }
    set { points.append((step, newValue)) }
  }

  /// The last mark.
  var last: Double { points.last?.mark ?? .nan }

  /// Where it ends: the mean of the last three measurements.
  var end: Double {
    let last = points.suffix(3).map(\.mark)
    return last.reduce(0, +) / Double(max(last.count, 1))
  }

  /// The first measured step at which a level is reached.
  func step(reaching level: Double) -> Int? {
    points.first { $0.mark >= level }?.step
  }
}

/// The curves of a seed.
struct Result {
  let seed: UInt64
  let curves: [Arm: Curve]

  /// The curves side by side.
  var curveTable: ReportTable {
    let steps = curves[.outcome]?.points.map(\.step) ?? []
    return ReportTable(
      title: "Exact match on held-out questions, seed \(seed)",
      columns: [.init("step", .trailing)] + Arm.allCases.map { .init($0.rawValue, .trailing) },
      rows: steps.map { step in
        .init(["\(step)"] + Arm.allCases.map { percent(curves[$0]?[step]) })
      })
  }

  /// How many steps each arm takes to what the outcome alone reaches in the end.
  static func table(of results: [Result]) -> ReportTable {
    let shares = [0.5, 0.9, 1]
    var rows: [ReportTable.Row] = []
    for share in shares {
      var ratios: [Arm: [Double]] = [:]
      for result in results {
        let level = share * (result.curves[.outcome]?.end ?? .nan)
        let steps = Arm.allCases.map { result.curves[$0]?.step(reaching: level) }
        var cells = ["\(percent(share)) of the end", "\(result.seed)", percent(level)]
        for (arm, count) in zip(Arm.allCases, steps) {
          let ratio = count.flatMap { count in steps[0].map { Double(count) / Double($0) } }
          ratios[arm, default: []].append(ratio ?? .infinity)
          cells.append(
            arm == .outcome ? text(count) : "\(text(count)) (\(percent(ratio)))")
        }
        rows.append(.init(cells))
      }
      let medians = Arm.allCases.dropFirst().map { percent(median(ratios[$0] ?? [])) }
      rows.append(.init(["", "median", "", ""] + medians, kind: .heading))
    }
    return ReportTable(
      title: "Steps to a level",
      note:
        "The level is a share of the mean of the last three marks that the outcome alone got. In "
        + "brackets the steps as a share of those that the outcome alone took.",
      columns: [.init("level"), .init("seed", .trailing), .init("exact match", .trailing)]
        + Arm.allCases.map { .init($0.rawValue, .trailing) },
      rows: rows)
  }

  private static func text(_ steps: Int?) -> String { steps.map(String.init) ?? "never" }

  private static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

private func percent(_ share: Double?) -> String {
  guard let share, share.isFinite else { return "–" }
  return String(format: "%.0f %%", 100 * share)
}
