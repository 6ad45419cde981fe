internal import Foundation
internal import Measuring
internal import Tensor

/// Runs every workload against its peers, in turns, and writes the table.
///
/// `Bench growth [FOLDER]` measures how our own cost grows. `Bench serve` and `Bench serve-openblas`
/// are the sides that it runs as processes of their own.
@main enum Bench {
  static func main() async {
    do {
      switch CommandLine.arguments.dropFirst().first {
      case "serve": await serveOurs()
      case "serve-openblas": await serveOpenBLAS()
      case "--help", "-h": print(Options.help)
      case "growth": try await growth(CommandLine.arguments.dropFirst(2))
      default: try run(Options(CommandLine.arguments.dropFirst()))
      }
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func serveOurs() async {
    let side = Side(threads: Serving.threads)
    await Serving(versions: "\(TensorDiagnostics.current)") { name in
      guard let workload = catalogue.first(where: { $0.name == name }) else { return nil }
      return try await workload.make(side)
    }.run()
  }

  private static func serveOpenBLAS() async {
    await Serving(versions: OpenBLASPeer.versions) { name in
      guard let product = catalogue.first(where: { $0.name == name })?.product else { return nil }
      return OpenBLASPeer.work(product, threads: Serving.threads)
    }.run()
  }

  /// Measures how cost grows, and writes it down if a folder is named.
  private static func growth(_ arguments: ArraySlice<String>) async throws {
    var series: [GrowthSeries] = []
    for work in GrowingWork.all {
      series.append(try await work.measured())
      print("\(work.name), \(work.axis): \(fixed(series[series.count - 1].growth, 2))")
    }
    let report = GrowthReport(heading: Results(isQuick: false).heading, series: series)
    print("\n\(report.markdown)")
    if let folder = arguments.first { try report.write(to: folder) }
  }

  private static func run(_ options: Options) throws {
    let workloads = catalogue.filter(options.wants)
    if options.lists {
      for workload in workloads { print(workload.name) }
      return
    }
    guard !workloads.isEmpty else { throw BenchError.usage("no row has such a name") }
    let models =
      ProcessInfo.processInfo.environment["PEREGRINE_MODELS"]
      ?? FileManager.default.temporaryDirectory.appending(path: "peregrine-models").path()
    try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
    printHeading("Peregrine against its peers")
    let referee = Referee(options, models: models)
    var results = Results(isQuick: options.isQuick)
    if options.keeps {
      guard let output = options.output else { throw BenchError.usage("--keep needs --output") }
      try results.keep(from: output)
    }
    results.limits = options.threads.map { ($0, referee.limitText(threads: $0)) }

    for (family, threads) in order(workloads, options.threads) {
      for workload in workloads where workload.family == family {
        let reason = try measure(workload, threads: threads, by: referee, into: &results)
        if let reason {
          results.missing.append(("\(workload.name), \(threads) threads", reason))
          print("\(workload.name): \(reason)")
        }
        // A run that is interrupted leaves what it measured.
        if let output = options.output {
          try results.inOrder(acceptsDisturbed: options.acceptsDisturbed).write(to: output)
        }
      }
      referee.clear()
    }
    results = results.inOrder(acceptsDisturbed: true)
    print("\n\(results.heading)\n\n\(results.table)")
    let disturbed = options.acceptsDisturbed ? [] : results.rejectDisturbed()
    if let output = options.output { try results.write(to: output) }
    guard disturbed.isEmpty else {
      throw BenchError.disturbed(disturbed, limit: Referee.disturbanceLimit)
    }
  }

  /// Families in the order of the catalogue, each with one number of threads after the other.
  private static func order(
    _ workloads: [Workload], _ threads: [Int]
  ) -> [(family: String, threads: Int)] {
    var families: [String] = []
    for workload in workloads where !families.contains(workload.family) {
      families.append(workload.family)
    }
    return families.flatMap { family in threads.map { (family, $0) } }
  }

  /// Measures one row; returns why not if it can't be.
  private static func measure(
    _ workload: Workload, threads: Int, by referee: Referee, into results: inout Results
  ) throws(BenchError) -> String? {
    if let available = ProcessorTime.availableMemory, available < workload.memory {
      return
        "takes \(fixed(workload.memory / 1e9, 0)) GB of memory, \(fixed(available / 1e9, 0)) GB are free"
    }
    do {
      let row = try referee.row(workload, threads: threads)
      results.add(row)
      print(
        "\(row.workload), \(threads) threads: \(fixed(row.ratio, 2)) (\(row.peerName); \(row.run.verification); others \(row.run.others.map { fixed($0, 2) } ?? "unknown"))"
      )
      fflush(nil)
      return nil
    } catch {
      referee.clear()
      if let error = error as? BenchError, case .incorrect = error { throw error }
      return "\(error)"
    }
  }
}
