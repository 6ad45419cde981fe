import Evaluation
import Foundation

/// Exact match on the exam by step.
struct Curve {
  private(set) var points: [(step: Int, mark: Double)] = []

  subscript(step: Int) -> Double {
    get { points.first { $0.step == step }?.mark ?? .nan }
    set { points.append((step, newValue)) }
  }

  /// The last measured step.
  var length: Int { points.last?.step ?? 0 }

  /// The last mark.
  var last: Double { points.last?.mark ?? .nan }

  /// The first measured step at which a level is reached.
  func step(reaching level: Double) -> Int? {
    points.first { $0.mark >= level }?.step
  }
}

/// The curves of a seed.
struct SeedCurves {
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

  /// How many steps each arm takes to a quarter, a half and three quarters of the questions.
  static func table(of results: [SeedCurves]) -> ReportTable {
    var rows: [ReportTable.Row] = []
    for level in [0.25, 0.5, 0.75] {
      var shares: [Arm: [Double]] = [:]
      for result in results {
        guard let alone = result.curves[.outcome] else { continue }
        var cells = [percent(level), "\(result.seed)"]
        for arm in Arm.allCases {
          let steps = result.curves[arm]?.step(reaching: level)
          // Where the outcome alone never gets there, it would have taken longer than the run.
          let share =
            steps.map { Double($0) / Double(max(alone.step(reaching: level) ?? alone.length, 1)) }
          shares[arm, default: []].append(share ?? .infinity)
          cells.append(steps.map(String.init) ?? "never")
          if arm != .outcome { cells.append(percent(share)) }
        }
        rows.append(.init(cells))
      }
      let medians = Arm.allCases.dropFirst().flatMap { ["", percent(median(shares[$0] ?? []))] }
      rows.append(.init([percent(level), "median", ""] + medians, kind: .heading))
    }
    return ReportTable(
      title: "Steps to a level",
      note: "Shares are of the steps that the outcome alone took; where it never got there, of all "
        + "steps of the run, which flatters it.",
      columns: [.init("exact match", .trailing), .init("seed", .trailing)]
        + Arm.allCases.flatMap { arm -> [ReportTable.Column] in
          [.init(arm.rawValue, .trailing)] + (arm == .outcome ? [] : [.init("share", .trailing)])
        },
      rows: rows)
  }

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
