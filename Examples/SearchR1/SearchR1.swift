#if CLI
  import ArgumentParser
  import RandomStreams
  import Synthesis
  import Training
  import Transformer

  @main
  struct SearchR1: AsyncParsableCommand {
    @Option var seed: UInt64 = 1
    @Option var steps: Int = 1000
    @Option var batch: Int = 32
    @Option var rate: Double = 0.003
    @Option var output: String = "/tmp/base"

    func run() async throws {
      let clock = ContinuousClock()
      let start = clock.now
      let (policy, tokenizer) = try await BaseTraining.policy(
        steps: steps, batchSize: batch, habits: .clumsy, peakRate: Float(rate),
        execution: .init(), stream: RandomStream(seed: seed)
      ) { report in
        if report.step.isMultiple(of: 10) {
          print(report.step, report.loss, report.gradientNorm, report.tokens, clock.now - start)
        }
      }
      try policy.save(to: output, tokenizer: tokenizer)
    }
  }
#else
  @main
  enum SearchR1 {
    static func main() {
      print("Build this example with `make demo`, or with `--traits CLI`.")
    }
  }
#endif
