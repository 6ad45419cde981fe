import Agents
import Peregrine
import PeregrineTesting
import RandomStreams

let run = RandomStream(seed: 1)
let policy = BigramPolicy(vocabularyCount: 128, deviation: 0, stream: run)
let loop = AgentLoop(
  policy: policy, tokenizer: ByteTokenizer(), limits: AgentLimits(tokensPerTurn: 12)
) { ScriptedEnvironment([]) }
let vowels = ClosureReward("vowels") { Double($0.agentText.count { "aeiou".contains($0) }) / 12 }
let grpo = PolicyImprovement(
  estimator: GroupRelative.grpo, objective: ClippedSurrogate(), learningRate: .init(peak: 30))
let tasks = (0..<4).map { AgentTask(id: "\($0)", question: "Write a word: ", answers: []) }
for step in 1...60 {
  let groups = try await loop.groups(tasks, step: step, members: 16, stream: run)
  let batch = try await RolloutBatch(scoring: groups, with: vowels)
  let done = try await grpo.improve(policy, with: batch, step: step, of: 60).metrics
  if step % 10 == 0 { print(step, batch.metrics["reward"] ?? .nan, done["drift"] ?? .nan) }
}
