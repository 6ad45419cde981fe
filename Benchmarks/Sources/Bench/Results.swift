internal import Foundation
internal import Measuring
internal import Tensor

/// The table of a run, and the machine it was made on.
struct Results {
  var rows: [Row] = []
  /// Rows that could not be measured, and why.
  var missing: [(workload: String, reason: String)] = []
  var limits: [(threads: Int, text: String)] = []
  let isQuick: Bool
  /// Rows that earlier runs measured.
  private(set) var kept = 0

  /// Takes over what a folder has of this machine.
  mutating func keep(from folder: String) throws {
    let file = URL(filePath: folder).appending(path: "results.json")
    guard FileManager.default.fileExists(atPath: file.path()) else { return }
    do {
      rows = try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
        .filter { $0.run.machine == Self.machine }
    } catch {
      throw BenchError.failed("\(file.path()) can't be kept (\(error)); run without --keep")
    }
    kept = rows.count
  }

  /// Adds a row, in place of one that was kept.
  mutating func add(_ row: Row) {
    let count = rows.count
    rows.removeAll { $0.workload == row.workload && $0.threads == row.threads }
    kept -= count - rows.count
    rows.append(row)
  }

  static var today: String { Date().formatted(.iso8601.year().month().day()) }
  static var machine: String {
    let diagnostics = TensorDiagnostics.current
    return
      "\(processorName()), \(diagnostics.processorCount) processors, kernels \(diagnostics.instructionSet)"
  }

  /// The machine, the settings and the versions.
  var heading: String {
    var lines = ["- \(Self.today), \(Self.machine)"]
    let versions = Set(rows.map(\.run.peerVersions)).subtracting([""])
    if !versions.isEmpty { lines.append("- peers: \(versions.sorted().joined(separator: "; "))") }
    if kept > 0 {
      let first = rows.map(\.run.date).min() ?? Self.today
      lines.append("- \(kept) rows of earlier runs on this machine, from \(first) on")
    }
    lines += limits.map {
      "- limits, \($0.threads == 1 ? "1 thread" : "\($0.threads) threads"): \($0.text)"
    }
    #if DEBUG
      lines.append("- **a debug build: its numbers mean nothing**")
    #endif
    return lines.joined(separator: "\n")
  }

  var table: String {
    var table = Table(
      "workload", "threads", "peer", "unit", "ours", "theirs", "ratio", "middle half", "floor",
      "goal", "bound", "reached")
    for row in rows {
      let decimals = row.unit == "ms" ? 3 : row.unit == "GFLOP/s" ? 1 : 0
      table.add(
        row.workload + (row.run.isDisturbed ? " *" : ""), "\(row.threads)", row.peerName, row.unit,
        fixed(row.ours, decimals), fixed(row.peer, decimals), fixed(row.ratio, 2),
        "\(fixed(row.run.spread.lowerBound, 2))–\(fixed(row.run.spread.upperBound, 2))",
        fixed(row.floor, 2), fixed(row.goal, 2), row.bound.map { fixed($0, 1) } ?? "–",
        row.verdict)
    }
    return table.text
  }

  var markdown: String {
    var parts = [
      "# Results", heading, table,
      """
      A ratio is how many times faster or leaner we are than the peer, the median over pairs measured
      in turns; the middle half is the range of the pairs' middle half. Floor is what has to be
      reached, goal what is wanted; bound is the ratio at which the arithmetic or the memory traffic
      of the workload would use all that the machine can do.
      """,
    ]
    let disturbed = rows.filter(\.run.isDisturbed)
    if !disturbed.isEmpty {
      let most = disturbed.compactMap(\.run.others).max() ?? 0
      parts.append(
        "\\* Other processes kept up to \(fixed(most, 1)) processors busy meanwhile: these rows show where we stand and prove nothing."
      )
    }
    if isQuick { parts.append("This was a quick run: fewer rows, three pairs each, two threads.") }
    let checked = rows.filter { !$0.run.verification.isEmpty }
    if !checked.isEmpty {
      parts.append("## Checked in the same run")
      var table = Table("workload", "threads", "result")
      for row in checked { table.add(row.workload, "\(row.threads)", row.run.verification) }
      parts.append(table.text)
    }
    if !missing.isEmpty {
      parts.append("## Not measured")
      parts.append(missing.map { "- \($0.workload): \($0.reason)" }.joined(separator: "\n"))
    }
    parts.append("![ratios](results.svg)")
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The same in the order of the catalogue, without the rows that others disturbed unless they count.
  func inOrder(acceptsDisturbed: Bool) -> Results {
    var result = self
    let places = Dictionary(uniqueKeysWithValues: catalogue.enumerated().map { ($1.name, $0) })
    result.rows.sort {
      (places[$0.workload] ?? 0, $0.threads) < (places[$1.workload] ?? 0, $1.threads)
    }
    if !acceptsDisturbed { _ = result.rejectDisturbed() }
    return result
  }

  /// Takes out the rows that others disturbed; returns which.
  mutating func rejectDisturbed() -> [String] {
    let disturbed = rows.filter(\.run.isDisturbed).map { "\($0.workload), \($0.threads) threads" }
    rows.removeAll(where: \.run.isDisturbed)
    missing += disturbed.map {
      ($0, "other processes disturbed each of \(Referee.attempts) attempts")
    }
    return disturbed
  }

  func write(to folder: String) throws {
    let url = URL(filePath: folder)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(rows)
    json.append(UInt8(ascii: "\n"))
    try json.write(to: url.appending(path: "results.json"))
    try Data(markdown.utf8).write(to: url.appending(path: "RESULTS.md"))
    try Data(RatioChart(rows: rows).svg.utf8).write(to: url.appending(path: "results.svg"))
  }
}
