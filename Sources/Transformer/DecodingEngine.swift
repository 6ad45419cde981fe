internal import Dispatch
internal import Policy
internal import Synchronization
internal import Tensor

/// Decodes for many contexts at once.
///
/// Each worker keeps a set of jobs and advances all of them together, one step at a time: contexts
/// with text to read feed a chunk of it, the others feed the token they drew last. A job that ends
/// leaves the set and a new one joins at the next step, so a context that waits for its tool costs
/// nothing and stalls nobody. Which worker gets a job doesn't matter: no number depends on who else
/// is in the set. Weights too large for caches are read by one worker only, with the other threads in
/// its team: reading them, once for all contexts, is what such a step costs. Contexts that read the
/// same tokens share the work: see ``PrefixStore``.
final class DecodingEngine: Sendable {
  private let workers: [DecodingWorker]
  private let next = Atomic<Int>(0)

  init(threads: Int) {
    let threads = max(threads, 1)
    workers = (0..<threads).map { index in
      DecodingWorker(index: index, team: index == 0 ? ThreadTeam(threads: threads) : nil)
    }
  }

  func submit(_ job: DecodingJob) {
    guard !job.weights.areLarge else {
      workers[0].submit(job)
      return
    }
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    let start = turn % workers.count
    let order = (0..<workers.count).map { workers[(start + $0) % workers.count] }
    let loads = order.map(\.load)
    let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
    order[least].submit(job)
  }
}

/// One thread's share of the decoding.
private final class DecodingWorker: Sendable {
  private struct Inbox: Sendable {
    var jobs: [DecodingJob] = []
    var isRunning = false
  }

  /// Most rows fed in one step, and most rows of one context.
  private static let rowsPerStep = 512
  private static let chunk = 128

  private let inbox = Mutex(Inbox())
  private let queue: DispatchQueue
  private let jobCount = Atomic<Int>(0)
  private let team: ThreadTeam?

  init(index: Int, team: ThreadTeam?) {
    self.team = team
    queue = DispatchQueue(label: "peregrine.decoding.\(index)")
  }

  var load: Int { jobCount.load(ordering: .relaxed) }

  func submit(_ job: DecodingJob) {
    jobCount.add(1, ordering: .relaxed)
    let starts = inbox.withLock { inbox in
      inbox.jobs.append(job)
      defer { inbox.isRunning = true }
      return !inbox.isRunning
    }
    if starts { queue.async { self.run() } }
  }

  private func run() {
    var active: [DecodingJob] = []
    var buffers = DecodingBuffers()
    var scratch = DrawingScratch()
    while true {
      let arrived = inbox.withLock { inbox in
        defer { inbox.jobs.removeAll() }
        if active.isEmpty && inbox.jobs.isEmpty { inbox.isRunning = false }
        return inbox.jobs
      }
      active.append(contentsOf: arrived)
      if active.isEmpty { return }
      step(&active, buffers: &buffers, scratch: &scratch)
    }
  }

  private func step(
    _ active: inout [DecodingJob], buffers: inout DecodingBuffers, scratch: inout DrawingScratch
  ) {
    active.removeAll { job in
      guard job.cancellation.isRaised else { return false }
      finish(job, .failure(CancellationError()))
      return true
    }
    guard let weights = active.first?.weights else { return }
    let waiting = takeOver(&active, weights)

    // Jobs of other weight versions wait for a step of their own; the rotation below is fair.
    var chosen: [Int] = []
    var inputs: [DecodingInput] = []
    var rows = 0
    for (index, job) in active.enumerated()
    where job.weights === weights && !waiting.contains(index) {
      let count = min(job.pending.count, Self.chunk)
      if rows > 0 && rows + count > Self.rowsPerStep { continue }
      rows += count
      chosen.append(index)
      inputs.append(
        DecodingInput(
          tokens: job.pending.prefix(count), cache: job.cache,
          wantsLogits: count == job.pending.count))
    }
    // The caches live in the inputs during the step, so that growing them copies nothing.
    let empty = KeyValueCache(layerCount: 0, shape: weights.attention)
    for index in chosen { active[index].cache = empty }
    let logits = weights.step(
      &inputs, buffers: &buffers, team: weights.areLarge ? team : nil)

    let vocabulary = weights.configuration.vocabularyCount
    var row = 0
    var done: Set<Int> = []
    for (index, input) in zip(chosen, inputs) {
      active[index].cache = input.cache
      active[index].pending = active[index].pending.dropFirst(input.tokens.count)
      guard input.wantsLogits else { continue }
      active[index].endClaim(published: true)
      do {
        let reason = try active[index].draw(
          from: logits + row * vocabulary, vocabulary: vocabulary, scratch: &scratch)
        if let reason {
          finish(active[index], .success(active[index].outcome(reason)))
          done.insert(index)
        }
      } catch {
        finish(active[index], .failure(error))
        done.insert(index)
      }
      row += 1
    }
    if done.isEmpty && chosen.count == active.count { return }
    // Whoever was fed goes behind whoever waited.
    let fed = Set(chosen)
    active =
      active.indices.filter { !fed.contains($0) }.map { active[$0] }
      + chosen.filter { !done.contains($0) }.map { active[$0] }
  }

  /// Looks for texts that others have read, or are just reading; returns the jobs that wait for
  /// those, unless nobody would be left to feed.
  private func takeOver(_ active: inout [DecodingJob], _ weights: DecoderWeights) -> Set<Int> {
    var waiting: Set<Int> = []
    var fed = 0
    for index in active.indices where active[index].weights === weights {
      let job = active[index]
      if job.pending.count < PrefixStore.shortest || job.holdsClaim {
        fed += 1
        continue
      }
      switch weights.prefixes.claim(job.context) {
      case .claimed: active[index].holdsClaim = true
      case .known(let cache): active[index].adopt(cache)
      case .awaited:
        waiting.insert(index)
        continue
      }
      fed += 1
    }
    return fed == 0 ? [] : waiting
  }

  private func finish(_ job: DecodingJob, _ result: Result<DecodingJob.Outcome, any Error>) {
    var job = job
    job.endClaim(published: false)
    jobCount.subtract(1, ordering: .relaxed)
    job.continuation.resume(with: result)
  }
}
