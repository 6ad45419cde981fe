internal import Foundation
internal import Measuring

/// Lets both sides of a row take turns, and watches who else was working meanwhile.
final class Referee {
  /// More processors than this kept busy by others, and a row doesn't count.
  static let disturbanceLimit = 0.1
  static let attempts = 3

  private let options: Options
  private let models: String
  private let limits = Limits()
  private var processes: [String: PeerProcess] = [:]

  init(_ options: Options, models: String) {
    (self.options, self.models) = (options, models)
  }

  /// Multiplications and additions, bytes read and bytes copied per second at most.
  func limitText(threads: Int) -> String {
    let operations = limits.operations(threads: threads) / 1e9
    let reading = limits.reading(bytes: 0x1p29, threads: threads) / 1e9
    let copying = limits.copying(bytes: 0x1p30, threads: threads) / 1e9
    return
      "\(fixed(operations, 0)) GFLOP/s in fp32, \(fixed(reading, 0)) GB/s read and \(fixed(copying, 0)) GB/s copied from memory"
  }

  /// Ends all processes.
  func clear() { processes.removeAll() }

  /// Measures a row, again if it was disturbed; the least disturbed attempt counts.
  func row(_ workload: Workload, threads: Int) throws -> Row {
    var best: Row?
    for _ in 0..<Self.attempts {
      let row =
        try workload.isMemory
        ? memoryRow(workload, threads: threads) : timedRow(workload, threads: threads)
      if best.map({ ($0.run.others ?? 0) > (row.run.others ?? 0) }) ?? true { best = row }
      if options.acceptsDisturbed || !row.run.isDisturbed { break }
    }
    guard let best else { throw BenchError.failed("\(workload.name) was not measured") }
    return best
  }

  private func timedRow(_ workload: Workload, threads: Int) throws -> Row {
    let ours = try process(nil, workload, threads)
    let oursChecked = try named("ours", workload) { try ours.check(workload.name) }
    let (peer, theirs, theirsChecked) = try fastest(workload, threads)
    let verification = try verify(workload, ours: oursChecked, theirs: theirsChecked)

    let trial = (
      ours: try ours.seconds(workload.name), peer: try theirs.seconds(peer.work)
    )
    let counts = (ours: count(trial.ours), peer: count(trial.peer))
    let pairs = trial.ours + trial.peer > 1 ? options.longPairs : options.pairs
    var watch = DisturbanceWatch()
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for pair in 0..<pairs {
      func turn(ofOurs: Bool) throws {
        let (process, work, count) =
          ofOurs ? (ours, workload.name, counts.ours) : (theirs, peer.work, counts.peer)
        // Threads of the side that just ended wait for more work before they sleep.
        Thread.sleep(forTimeInterval: threads > 1 ? 0.12 : 0.01)
        let time = try watch.watching(process) { try process.seconds(work, count: count) }
        if ofOurs { ourTimes.append(time) } else { peerTimes.append(time) }
      }
      try turn(ofOurs: pair.isMultiple(of: 2))
      try turn(ofOurs: !pair.isMultiple(of: 2))
    }
    let needed = workload.needs.reduce(0) { $0 + $1.seconds(limits, threads: threads) }
    return row(
      workload, threads: threads, ours: ourTimes, peer: peerTimes,
      peerName: name(of: peer, theirs), bound: needed.isNormal ? median(peerTimes) / needed : nil,
      versions: theirs.versions, others: watch.others, verification: verification)
  }

  /// Fresh processes each time: what a process held at most it never forgets.
  private func memoryRow(_ workload: Workload, threads: Int) throws -> Row {
    var watch = DisturbanceWatch()
    var versions = ""
    func peak(_ peer: Peer?) throws -> Double {
      clear()
      let process = try process(peer, workload, threads)
      if peer != nil { versions = process.versions }
      let before = ProcessorTime.memory(ofProcess: process.identifier)
      try watch.watching(process) {
        _ = try process.seconds(peer?.work ?? workload.name, count: 2)
      }
      guard let before, let after = ProcessorTime.memory(ofProcess: process.identifier) else {
        throw BenchError.failed("this system doesn't tell how much memory a process held")
      }
      if case .additionalMegabytes = workload.unit { return after.peak - before.now }
      return after.peak
    }
    let peer = workload.peers[0]
    let pairs = try (0..<options.longPairs).map { _ in
      (ours: try peak(nil), peer: try peak(peer))
    }
    clear()
    return row(
      workload, threads: threads, ours: pairs.map(\.ours), peer: pairs.map(\.peer),
      peerName: peer.name, bound: nil, versions: versions, others: watch.others, verification: "")
  }

  private func row(
    _ workload: Workload, threads: Int, ours: [Double], peer: [Double], peerName: String,
    bound: Double?, versions: String, others: Double?, verification: String
  ) -> Row {
    let ratios = zip(peer, ours).map { $0 / $1 }.sorted()
    return Row(
      workload: workload.name, threads: threads, ours: workload.unit.shown(median(ours)),
      peer: workload.unit.shown(median(peer)), peerName: peerName, unit: workload.unit.name,
      ratio: median(ratios), floor: workload.floor, goal: workload.goal, bound: bound,
      run: Row.Run(
        machine: Results.machine, date: Results.today, peerVersions: versions,
        spread: ratios[ratios.count / 4]...ratios[ratios.count * 3 / 4], pairs: ratios.count,
        others: others, isDisturbed: others ?? 0 > Self.disturbanceLimit,
        verification: verification))
  }

  /// Of several peers the one that is fastest here and now.
  private func fastest(
    _ workload: Workload, _ threads: Int
  ) throws -> (Peer, PeerProcess, [Double]?) {
    var best: (peer: Peer, process: PeerProcess, checked: [Double]?, time: Double)?
    for peer in workload.peers {
      let process = try process(peer, workload, threads)
      // Before it is timed: a step of learning changes what the next one computes.
      let checked = try named(peer.name, workload) {
        workload.verification == .agreement ? try process.check(peer.work) : nil
      }
      let time = try named(peer.name, workload) { () throws -> Double in
        let once = try process.seconds(peer.work)
        let count = count(once)
        guard workload.peers.count > 1 else { return once }
        return try (0..<3).map { _ in try process.seconds(peer.work, count: count) }.min() ?? once
      }
      if best.map({ time < $0.time }) ?? true { best = (peer, process, checked, time) }
    }
    guard let best else { throw BenchError.failed("\(workload.name) has no peer") }
    return (best.peer, best.process, best.checked)
  }

  private func count(_ time: Double) -> Int {
    min(1 << 20, max(1, Int(options.duration / time)))
  }

  private func verify(
    _ workload: Workload, ours: [Double]?, theirs: [Double]?
  ) throws -> String {
    switch workload.verification {
    case .tests: return ""
    case .reference:
      guard let share = ours?.first, share <= 1 else {
        throw BenchError.incorrect(
          "\(workload.name) is off by \(ours?.first ?? .nan) times the error it may have")
      }
      return "error \(fixed(100 * share, share < 0.01 ? 2 : 0)) % of the permitted"
    case .agreement:
      guard let ours, let theirs, ours.count == theirs.count else {
        throw BenchError.failed("\(workload.name) can't be compared with its peer")
      }
      for (a, b) in zip(ours, theirs) where !(abs(a - b) <= 1e-3 * max(abs(a), abs(b))) {
        throw BenchError.incorrect("\(workload.name) gives \(ours), its peer \(theirs)")
      }
      return "loss and gradient norm as the peer's"
    }
  }

  private func named<Result>(
    _ who: String, _ workload: Workload, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch {
      throw BenchError.failed("\(workload.name), \(who): \(error)")
    }
  }

  private func name(of peer: Peer, _ process: PeerProcess) -> String {
    if case .openBLAS = peer.program { return process.versions }
    return peer.name
  }

  /// The process of a peer, or of ours.
  private func process(
    _ peer: Peer?, _ workload: Workload, _ threads: Int
  ) throws -> PeerProcess {
    var environment = workload.environment
    environment["PEREGRINE_MODELS"] = models
    environment["TORCHINDUCTOR_CACHE_DIR"] = models + "/inductor"
    if case .openBLAS(let core?) = peer?.program { environment["OPENBLAS_CORETYPE"] = core }
    let key = "\(peer.map { "\($0.program)" } ?? "ours") \(threads) \(environment)"
    if let running = processes[key] { return running }
    let process: PeerProcess
    switch peer?.program {
    case .script(let script):
      process = try PeerProcess(script: script, threads: threads, environment: environment)
    case .openBLAS:
      process = try PeerProcess(
        executable: Self.executable, arguments: ["serve-openblas"], threads: threads,
        environment: environment)
    case nil:
      process = try PeerProcess(
        executable: Self.executable, arguments: ["serve"], threads: threads,
        environment: environment)
    }
    processes[key] = process
    return process
  }

  private static var executable: URL {
    Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
  }
}

/// How busy the machine was with other things while a process worked.
private struct DisturbanceWatch {
  private var busy = 0.0
  private var watched = 0.0
  private var isKnown = true

  mutating func watching<Result>(
    _ process: PeerProcess, _ body: () throws -> Result
  ) rethrows -> Result {
    func stand() -> Double? {
      guard let machine = ProcessorTime.ofMachine(),
        let own = ProcessorTime.ofProcess(process.identifier)
      else { return nil }
      return machine - own
    }
    let before = stand()
    let start = ContinuousClock.now
    let result = try body()
    watched += start.duration(to: .now) / .seconds(1)
    if let before, let after = stand() { busy += after - before } else { isKnown = false }
    return result
  }

  /// Processors that others kept busy on average.
  var others: Double? { isKnown && watched > 0 ? max(0, busy / watched) : nil }
}
