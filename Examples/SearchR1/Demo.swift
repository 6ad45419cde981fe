import Agents
import Environments
import Evaluation
import Foundation
import Policy
import RandomStreams
import Rewards
import SmallAgent
import Synthesis
import Training
import Trajectories
import Transformer

/// The whole run: worlds, base policy, measure, train, measure again, report.
struct Demo {
  let settings: DemoSettings
  let threads: Int
  let folder: String
  private let console = Console()
  private let clock = ContinuousClock()
  private let reward = ExactMatch()
  private var stream: RandomStream { RandomStream(seed: settings.seed) }

  init(_ settings: DemoSettings, threads: Int, folder: String) {
    self.settings = settings
    self.threads = threads
    self.folder = folder
  }

  func run(resuming: Bool) async throws {
    let start = clock.now
    console.say("Inventing worlds …")
    let training = try Library.invented(
      worlds: 6, questionsPerWorld: 240, names: .train, prefix: "train",
      stream: stream.child("training"))
    let exams = try Exams(questions: settings.questions, stream: stream.child("exams"))

    let base = folder + "/base"
    let writer = try open(resuming: resuming)
    let policy = try await basePolicy(savedAt: base, resuming: resuming)
    try writer.write(description(parameters: policy.parameterCount), to: .configuration)
    console.say(
      "\(policy.parameterCount) parameters, \(settings.ppo ? "PPO" : "GRPO"), "
        + "\(settings.steps) steps of \(settings.groups) × \(settings.members) rollouts")

    let loop = AgentLoop(
      policy: policy, tokenizer: policy.tokenizer, limits: Library.limits
    ) { training.environment() }
    let pool = training.tasks
    let (settings, stream) = (settings, stream)
    let trainer = Trainer(
      policy: policy, loop: loop, reward: reward, improvement: settings.improvement,
      steps: settings.steps, groupSize: settings.members, stream: stream, writer: writer
    ) { step in
      var draws = stream.child("tasks", step)
      return Array(draws.shuffled(pool).prefix(settings.groups))
    }

    let done: Int
    if resuming, let position = try await trainer.resume() {
      done = position
      console.say("Resuming after step \(done)")
    } else {
      done = 0
      try await measure(policy, exams, .before, writer)
      try await trainer.checkpoint(afterStep: 0)
    }
    try await train(trainer, after: done)
    try await measure(policy, exams, .after, writer)
    try report(writer, seconds: (clock.now - start).inSeconds)
  }

  /// Opens a new run folder, or the interrupted run in it, refusing other settings.
  private func open(resuming: Bool) throws -> RunWriter {
    guard resuming else { return try RunWriter(creating: folder) }
    let theirs = try RunFolder(path: folder).configuration()
    let mine = try JSONDecoder().decode(RunConfiguration.self, from: Data(description()))
    for entry in mine.entries {
      if let old = theirs[entry.name], old != entry.value {
        throw RunError.otherSettings(
          path: folder, difference: "\(entry.name) was \(old) and is now \(entry.value)")
      }
    }
    return try RunWriter(resuming: folder)
  }

  /// What is run, as `configuration.json`.
  private func description(parameters: Int? = nil) throws -> [UInt8] {
    struct Description: Encodable {
      let name: String
      let parameters: Int?
      let settings: DemoSettings

      func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(parameters, forKey: .parameters)
      }

      enum CodingKeys: CodingKey { case name, parameters }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return Array(
      try encoder.encode(
        Description(
          name: "Search-R1 with \(settings.ppo ? "PPO" : "GRPO")", parameters: parameters,
          settings: settings)))
  }

  /// The policy that reinforcement learning starts from, kept in the run folder.
  private func basePolicy(savedAt path: String, resuming: Bool) async throws -> TransformerPolicy {
    let execution = TransformerPolicy.Execution(threads: threads, retainedTokens: 131_072)
    let marker = path + "/model.safetensors"
    if !(resuming && FileManager.default.fileExists(atPath: marker)) {
      if settings.fromScratch {
        let progress = console.progress("Imitating", total: settings.imitationSteps)
        let start = clock.now
        let (policy, tokenizer) = try await BaseTraining.policy(
          steps: settings.imitationSteps, execution: execution, stream: stream.child("base")
        ) { report in
          progress.update(
            completed: report.step, elapsed: (clock.now - start).inSeconds,
            metrics: [.init("loss", report.loss)])
        }
        progress.finish()
        try policy.save(to: path, tokenizer: tokenizer)
      } else {
        try bundledBase().save(to: path, tokenizer: bundledTokenizer())
      }
    }
    return try TransformerPolicy(folder: path, hasValueHead: settings.ppo, execution: execution)
  }

  private var bundle: String {
    Bundle.module.bundlePath + "/BasePolicy"
  }

  private func bundledBase() throws -> TransformerPolicy { try TransformerPolicy(folder: bundle) }

  private func bundledTokenizer() throws -> BytePairTokenizer {
    try BytePairTokenizer(contentsOf: bundle + "/tokenizer.json")
  }

  private func train(
    _ trainer: Trainer<TransformerPolicy, SearchR1Environment>, after done: Int
  ) async throws {
    let progress = console.progress("Learning", total: settings.steps, start: done)
    let start = clock.now
    try await trainer.run(after: done) { report in
      let shown = [
        ("reward", "reward"), ("exact match", "exactMatch"), ("searches", "searchesPerQuestion"),
        ("entropy", "entropy"), ("KL", "kl"), ("gradient", "gradientNorm"),
      ]
      var metrics = shown.compactMap { title, name in
        report.metrics[name].map { ProgressState.Metric(title, $0) }
      }
      metrics.append(.init("tokens/s", report.timings[TimingRecord.tokensPerSecond] ?? 0))
      progress.update(
        completed: report.step, elapsed: (clock.now - start).inSeconds, metrics: metrics)
    }
    progress.finish()
  }

  /// Asks every exam and writes the answers down.
  private func measure(
    _ policy: TransformerPolicy, _ exams: Exams, _ phase: EvaluationRecord.Phase,
    _ writer: RunWriter
  ) async throws {
    for (set, library) in exams.all {
      let loop = AgentLoop(
        policy: policy, tokenizer: policy.tokenizer, limits: Library.limits
      ) { library.environment() }
      let progress = console.progress(
        "Measuring \(phase.rawValue), \(set.title)", total: library.tasks.count)
      let counter = Counter()
      let start = clock.now
      let records = try await loop.measured(
        on: library.tasks, by: reward, phase: phase, set: set,
        stream: stream.child(set.rawValue)
      ) {
        progress.update(completed: counter.increment(), elapsed: (clock.now - start).inSeconds)
      }
      progress.finish()
      try writer.append(records, to: .evaluations)
    }
  }

  /// Writes summary and page, and prints the tables.
  private func report(_ writer: RunWriter, seconds: Double) throws {
    let summary = try RunSummary(
      summarizing: RunFolder(path: folder), seed: settings.seed, totalSeconds: seconds)
    try writer.write(summary.json(), to: .summary)
    console.say(try Report.write(runFolder: folder))
    console.say("Report: \(folder)/report.html")
  }
}
