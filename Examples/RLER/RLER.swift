// RLER in small: a rubric that can be gamed, and rubrics that move when it is.
//
// The agent of the SearchR1 example has learned to end with a report of its findings with the pages
// behind them. What a report is truly worth, a right answer times the share of its sources that
// bear it out, no reward is ever told. Copies of the agent learn with GRPO from
//
//   fixed      one rubric that sounded good: the report rests on many sources;
//   staged     the same at first, and two strict ones once reports half meet it (`StagedRubrics`);
//   evolving   the same always, and whatever a judge finds to set the reports of a group apart, for
//              as long as it does (`EvolvingRubrics`).
#if CLI
  import ArgumentParser
  import Evaluation
  import Foundation
  import Rewards
  import SmallAgent
  import Synthesis

  @main
  struct RubricComparison: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "RLER",
      abstract: "Compares a fixed rubric with staged and evolving ones on a small search agent.")

    @Option(parsing: .upToNextOption, help: "The roots of all randomness, a comparison for each.")
    var seeds: [UInt64] = [1, 2, 3]
    @Option(help: "Steps of reinforcement learning of each arm.")
    var steps = 20
    @Option(help: "Steps of imitation, in which the agent learns to write reports.")
    var imitationSteps = 300
    @Option(help: "Questions of each exam.")
    var questions = 160
    @Option(help: "Threads to use. Changes no number.")
    var threads = 2
    @Option(help: "The agent that can write reports; if nothing is there, it is taught and kept.")
    var reporter = "runs/reporter"
    @Option(help: "The folder of the runs.")
    var output = "runs/rler"

    func validate() throws {
      guard steps > 0, imitationSteps >= 0, questions > 0, threads > 0, !seeds.isEmpty else {
        throw ValidationError("there must be seeds, steps, questions and threads")
      }
    }

    func run() async throws {
      let console = Console()
      let reporter = try await Reporter(
        in: reporter, steps: imitationSteps, threads: threads, console)
      var rows: [ReportTable.Row] = []
      for seed in seeds {
        // Few questions, so that each is met again with the rubrics that it was left with.
        let experiment = try Experiment(
          seed: seed, reporter: reporter, steps: steps, pool: 40, exam: questions)
        let before = try await experiment.before()
        rows.append(Self.row(seed, "before", nil, before))
        for arm in Arm.allCases {
          let folder = "\(output)/seed-\(seed)/\(arm.rawValue)"
          let questions = experiment.training.questions
          // The hidden worth has no weight: it is logged and teaches nothing.
          let reward = WeightedGroupSum([
            .init(weight: .constant(1), reward: arm.reward(for: questions)),
            .init(weight: .constant(0), reward: hiddenWorth(questions)),
          ])
          let marks = try await experiment.marks(
            after: reward,
            "Seed \(seed), \(arm.rawValue)", showing: ["worth", "exactMatch", "stage"], in: folder,
            console)
          let metrics = try RunFolder(path: folder).metrics().all()
          rows.append(Self.row(seed, arm.rawValue, metrics.compactMap { $0[.reward] }, marks))
        }
        console.say(Self.table(rows).text)
      }
    }

    private static func table(_ rows: [ReportTable.Row]) -> ReportTable {
      ReportTable(
        title: "Held-out questions of two and three pages",
        note: "reward: the mean of the first and of the last two steps of the run",
        columns: [
          .init("seed", .trailing), .init("arm"), .init("reward", .trailing),
          .init("true worth", .trailing), .init("exact match", .trailing),
          .init("citations per question", .trailing), .init("unsupported", .trailing),
        ], rows: rows)
    }

    private static func row(
      _ seed: UInt64, _ arm: String, _ rewards: [Double]?, _ marks: Marks
    ) -> ReportTable.Row {
      func number(_ value: Double) -> String { String(format: "%.2f", value) }
      func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
      func mean(_ values: ArraySlice<Double>) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
      }
      return .init([
        "\(seed)", arm,
        rewards.map { "\(number(mean($0.prefix(2)))) → \(number(mean($0.suffix(2))))" } ?? "",
        percent(marks.worth), percent(marks.exactMatch), number(marks.citations),
        percent(marks.unsupported),
      ])
    }
  }
#else
  @main
  enum RubricComparison {
    static func main() { print("Build this example with `--traits CLI`.") }
  }
#endif
