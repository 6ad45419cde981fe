// CaRR in small: a search agent that stuffs its reports with citations, and what makes it stop.
//
// The agent of the SearchR1 example is first shown, by imitation, how to end with a report: every
// finding with the pages behind it. Its teacher also cites pages that say nothing of the finding.
// Then copies of it learn with GRPO from the same questions, with the same number of rollouts:
//
//   outcome   is rewarded for the right answer alone, so what it cites makes no difference;
//   C-GRPO    shares its reward between the answer and CaRR's rubrics: a right answer earns more when
//             the first few pages that the report cites show how it was found.
//
// Nothing in CaRR punishes a needless citation as such. It takes a place from one that is needed.
#if CLI
  import ArgumentParser
  import Evaluation
  import Foundation
  import Rewards
  import SmallAgent
  import Synthesis
  import Trajectories

  @main
  struct CaRR: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "CaRR",
      abstract: "Compares CaRR's rubrics with exact match alone on a small search agent.")

    @Option(parsing: .upToNextOption, help: "The roots of all randomness, a comparison for each.")
    var seeds: [UInt64] = [1, 2, 3]
    @Option(help: "Steps of reinforcement learning of each arm.")
    var steps = 20
    @Option(help: "The rubrics' share of the reward, α.")
    var rubricShare = 0.3
    @Option(help: "Steps of imitation, in which the agent learns to write reports.")
    var imitationSteps = 300
    @Option(help: "Questions of each exam.")
    var questions = 160
    @Option(help: "Threads to use. Changes no number.")
    var threads = 2
    @Option(help: "The agent that can write reports; if nothing is there, it is taught and kept.")
    var reporter = "runs/reporter"
    @Option(help: "The folder of the runs.")
    var output = "runs/carr"

    func validate() throws {
      guard steps > 0, (0...1).contains(rubricShare), imitationSteps >= 0, questions > 0,
        threads > 0, !seeds.isEmpty
      else {
        throw ValidationError("there must be seeds, steps, questions, threads and a share in 0...1")
      }
    }

    func run() async throws {
      let console = Console()
      let reporter = try await Reporter(
        in: reporter, steps: imitationSteps, threads: threads, console)
      var rows: [ReportTable.Row] = []
      for seed in seeds {
        let experiment = try Experiment(
          seed: seed, reporter: reporter, steps: steps, pool: 960, exam: questions)
        rows.append(row("\(seed)", "before", try await experiment.before()))
        let arms: [(String, any GroupReward)] = [
          ("outcome", ExactMatch()), ("C-GRPO", citationAware(experiment.training.questions)),
        ]
        for (name, reward) in arms {
          let marks = try await experiment.marks(
            after: reward, "Seed \(seed), \(name)",
            showing: ["exactMatch", "citationRubrics", "sourcesCited"],
            in: "\(output)/seed-\(seed)/\(name)", console)
          rows.append(row("\(seed)", name, marks))
        }
        console.say(table(rows).text)
      }
    }

    /// C-GRPO's reward: right answers, those of a group with the best shown way worth most.
    ///
    /// The judge compares words: a cited page supports a statement when two neighbouring sentences of
    /// it, under its title, name both ends. It is told the names to look for and knows nothing else.
    private func citationAware(_ questions: [PlannedQuestion]) -> CitationAwareMix {
      let rubrics = Dictionary(
        questions.map { ($0.task.id, $0.plan.rubrics) }, uniquingKeysWith: { first, _ in first })
      return CitationAwareMix(
        outcome: ExactMatch(),
        rubrics: CitationRubrics(
          judge: JudgeService(LexicalJudge(relationShare: 0)), evidence: Citing.evidence,
          rules: CaRRRules(citations: Citing.rule)
        ) { rubrics[$0.id] },
        rubricShare: rubricShare)
    }

    private func table(_ rows: [ReportTable.Row]) -> ReportTable {
      ReportTable(
        title: "Held-out questions of two and three pages",
        columns: [
          .init("seed", .trailing), .init("arm"), .init("exact match", .trailing),
          .init("citations per question", .trailing), .init("unsupported", .trailing),
        ], rows: rows)
    }

    private func row(_ seed: String, _ arm: String, _ marks: Marks) -> ReportTable.Row {
      func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
      return .init([
        seed, arm, percent(marks.exactMatch), String(format: "%.2f", marks.citations),
        percent(marks.unsupported),
      ])
    }
  }
#else
  @main
  enum CaRR {
    static func main() { print("Build this example with `--traits CLI`.") }
  }
#endif
