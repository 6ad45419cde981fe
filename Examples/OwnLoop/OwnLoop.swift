// A training loop of your own, with a world and a reward of your own and no trainer.
//
// A fresh model of 60,000 parameters learns to write lines that are rich in vowels: it writes one
// line, the world ends the episode, the reward counts, GRPO compares the eight lines of a group.
import Advantage
import Agents
import Environments
import Policy
import RandomStreams
import Rewards
import Trajectories
import Transformer

/// A world of one turn: it poses the task, reads a line and says goodbye.
struct OneLine: Environment {
  let turnEnds = ["\n"]

  mutating func reset(_ task: AgentTask, stream: RandomStream) -> Observation {
    Observation(task.question, role: .user)
  }

  mutating func step(_ action: String) -> EnvironmentStep {
    EnvironmentStep(observation: Observation(""), end: .terminated)
  }
}

/// The share of vowels in what the agent wrote; missing when it wrote nothing.
struct VowelShare: Reward {
  let name = "vowelShare"

  func report(on trajectory: Trajectory) -> RewardReport {
    let text = trajectory.agentText
    guard !text.isEmpty else { return RewardReport(score: .missing(reason: "no text")) }
    let share = Double(text.count { "aeiou".contains($0) }) / Double(text.count)
    return RewardReport(score: .value(share))
  }
}

@main
enum OwnLoop {
  static func main() async throws {
    let run = RandomStream(seed: 1)
    let tokenizer = BytePairTokenizer.train(on: ["write a word\n"], vocabularyCount: 260)
    let policy = try TransformerPolicy(
      DecoderConfiguration(
        vocabularyCount: 260, width: 64, feedForwardWidth: 96, layerCount: 1, headCount: 4,
        keyValueHeadCount: 2, contextLength: 64),
      tokenizer: tokenizer, stream: run.child("weights"))
    let loop = AgentLoop(
      policy: policy, tokenizer: tokenizer,
      limits: AgentLimits(turns: 1, tokensPerTurn: 16, contextTokens: 64)
    ) { OneLine() }
    let objective = ClippedSurrogate()
    let tasks = (0..<8).map { AgentTask(id: "\($0)", question: "write a word\n", answers: []) }

    for step in 1...40 {
      var trajectories = try await loop.groups(tasks, step: step, members: 8, stream: run)
        .flatMap(\.members)
      for index in trajectories.indices {
        trajectories[index].score = VowelShare().report(on: trajectories[index]).score
      }
      let rows = try ScoredRows(trajectories)
      let batch = PackedBatch(trajectories)
      let pass = try await policy.forward(batch)
      let result = try objective.evaluate(
        ObjectiveInput(
          current: batch.ragged(pass.logProbabilities),
          weights: LossAggregation.tokenMean.weights(for: rows),
          old: batch.ragged(try trajectories.flatMap { try $0.samplerLogProbabilities() }),
          advantages: try GroupRelative.grpo.advantages(for: rows)))
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: result.gradients.logProbabilities))
      _ = try await policy.step(OptimizerStep(learningRate: 0.01))
      let scores = trajectories.compactMap(\.score.value)
      if step == 1 || step.isMultiple(of: 10) {
        print("step \(step): vowels \(Int(100 * scores.reduce(0, +) / Double(scores.count))) %")
      }
    }
  }
}
