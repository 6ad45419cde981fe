#if CLI
  import ArgumentParser
  import Foundation
  import Synthesis

  @main
  struct AtomicThoughtExample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "AtomicThought",
      abstract: "Trains a small search agent with and without credit for its thoughts.")

    @Option(parsing: .upToNextOption) var seeds: [UInt64] = [1, 2, 3]
    @Option var steps = 40
    @Option var threads = 2
    @Option var groups = 8
    @Option var members = 8
    @Option var rate: Float = 3e-4
    @Option var share = 0.5
    @Option var weight = 1.0
    @Option var pages = 3
    @Option var every = 2
    @Option var questions = 120
    @Option(parsing: .upToNextOption) var arms: [Int] = [0, 1, 2]

    func run() async throws {
      var settings = Settings()
      settings.steps = steps
      settings.groups = groups
      settings.members = members
      settings.learningRate = rate
      settings.processShare = share
      settings.creditWeight = weight
      settings.measureEvery = every
      settings.questions = questions
      settings.shapes = QuestionShape.balanced.filter { $0.pages >= pages }
      func say(_ words: Any...) {
        let line = words.map { "\($0)" }.joined(separator: " ") + "\n"
        FileHandle.standardOutput.write(Data(line.utf8))
      }
      for seed in seeds {
        let comparison = try Comparison(seed: seed, settings: settings, threads: threads)
        for arm in arms.map({ Arm.allCases[$0] }) {
          let start = ContinuousClock().now
          let curve = try await comparison.run(arm) { step, metrics, exam in
            func show(_ name: String) -> String {
              metrics[name].map { String(format: "%.3f", $0) } ?? "-"
            }
            say(
              seed, arm.rawValue, step, "exam", exam.map { String(format: "%.3f", $0) } ?? "-", "em",
              show("exactMatch"), "atr", show("atomicThought"), "searches",
              show("searchesPerQuestion"), "entropy", show("entropy"), "kl", show("kl"),
              ContinuousClock().now - start)
          }
          say("CURVE", seed, arm.rawValue, curve.points.map { "\($0.step):\($0.exactMatch)" })
        }
      }
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
