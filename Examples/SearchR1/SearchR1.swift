// Search-R1 in small: a language model of a million parameters learns to search.
//
// It follows Jin et al. 2025 (arXiv:2503.09516) in the protocol (think, search, information, answer),
// in masking what was retrieved, and in rewarding nothing but the exact answer. It differs in
//   1. the policy: a decoder this repository trained from nothing, not a 3B or 7B base model;
//   2. the pages: invented worlds in place of Wikipedia, so that nothing can be known beforehand;
//   3. BM25 in place of a dense index;
//   4. one strictly on-policy step per batch, and groups of eight in place of five.
#if CLI
  import ArgumentParser
  import Foundation

  @main
  struct SearchR1: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "SearchR1",
      abstract: "Trains a small language model to search, and reports what it learned.")

    @Option(help: "The root of all randomness: the same seed gives the same run.")
    var seed: UInt64 = 1
    @Option(help: "Steps of reinforcement learning.")
    var steps = DemoSettings.standardSteps
    @Option(help: "Threads to use. Changes no number.")
    var threads = 2
    @Option(help: "The run folder. Without it, runs/search-r1-SEED, numbered when taken.")
    var output: String?
    @Flag(help: "Goes on with the interrupted run in the folder given by --output.")
    var resume = false
    @Flag(help: "Learns with PPO, a value head and GAE in place of GRPO.")
    var ppo = false
    @Flag(help: "Trains the base policy anew in place of loading the bundled one.")
    var fromScratch = false
    @Option(help: "Imitation steps of --from-scratch.")
    var imitationSteps = DemoSettings.standardImitationSteps
    @Option(help: "Questions of each evaluation.")
    var questions = DemoSettings.standardQuestions

    func validate() throws {
      if resume && output == nil {
        throw ValidationError("--resume needs --output, the run's folder")
      }
      for (name, value) in [("--steps", steps), ("--imitation-steps", imitationSteps)]
      where value < 0 {
        throw ValidationError("\(name) can't be negative, got \(value)")
      }
      guard threads > 0, questions > 0 else {
        throw ValidationError("--threads and --questions must be positive")
      }
    }

    func run() async throws {
      let settings = DemoSettings(
        seed: seed, steps: steps, ppo: ppo, fromScratch: fromScratch,
        imitationSteps: imitationSteps, questions: questions)
      let folder = output ?? freeFolder("runs/search-r1\(ppo ? "-ppo" : "")-\(seed)")
      try await Demo(settings, threads: threads, folder: folder).run(resuming: resume)
    }

    /// The path, or the first numbered one that is free.
    private func freeFolder(_ path: String) -> String {
      let candidates = [path] + (2...9999).map { "\(path)-\($0)" }
      return candidates.first { !FileManager.default.fileExists(atPath: $0) } ?? path
    }
  }
#else
  @main
  enum SearchR1 {
    static func main() {
      print("Run this example with `make demo`, or build it with `--traits CLI`.")
    }
  }
#endif
