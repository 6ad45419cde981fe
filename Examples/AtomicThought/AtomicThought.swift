// Atomic thoughts in small: does credit for thinking teach faster than the answer alone?
//
// It follows Atom-Searcher (arXiv:2508.12800) in judging each unit of thinking, mixing the mean of
// these judgements with the outcome, and letting their share fall linearly to zero. It differs in
//   1. the policy: this repository's base policy of a million parameters, made to give up early;
//   2. the units: the base does not tag its thoughts, so the library's segmenter cuts them;
//   3. the judge: one that knows the plan of each question, in place of a reasoning model;
//   4. the third arm: credit also stands on the tokens of each thought. That is our own.
#if CLI
  import ArgumentParser
  import Evaluation
  import SmallAgent

  @main
  struct AtomicThoughtExample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "AtomicThought",
      abstract: "Trains a small search agent with and without credit for its thoughts.")

    @Option(parsing: .upToNextOption, help: "Seeds; each is a comparison of its own.")
    var seeds: [UInt64] = [1, 2, 3]
    @Option(help: "Steps of reinforcement learning.")
    var steps = Settings().steps
    @Option(help: "Questions of each measurement.")
    var questions = Settings().questions
    @Option(help: "Threads to use. Changes no number.")
    var threads = 2

    func validate() throws {
      guard steps > 0, questions > 0, threads > 0, !seeds.isEmpty else {
        throw ValidationError("--steps, --questions and --threads must be positive")
      }
    }

    func run() async throws {
      var settings = Settings()
      settings.steps = steps
      settings.questions = questions

      let console = Console()
      var results: [SeedCurves] = []
      for seed in seeds {
        let comparison = try await Comparison(seed: seed, settings: settings, threads: threads)
        var curves: [Arm: Curve] = [:]
        for arm in Arm.allCases {
          let progress = console.progress("Seed \(seed), \(arm.rawValue)", total: steps)
          let start = ContinuousClock.now
          curves[arm] = try await comparison.curve(of: arm) { step, metrics in
            let shown = [
              ("held-out", "heldOut"), ("exact match", "exactMatch"), ("ATR", "atomicThought"),
              ("searches", "searchesPerQuestion"),
            ]
            progress.update(
              completed: step, elapsed: (ContinuousClock.now - start).inSeconds,
              metrics: shown.compactMap { title, name in
                metrics[name].map { .init(title, $0) }
              })
          }
          progress.finish()
        }
        let result = SeedCurves(seed: seed, curves: curves)
        results.append(result)
        console.say(result.curveTable.text)
      }
      console.say(SeedCurves.table(of: results).text)
    }
  }
#else
  @main
  enum AtomicThoughtExample {
    static func main() {
      print("Build this example with `--traits CLI`.")
    }
  }
#endif
