// How much two messages earn for their tool calls, early and late in a run.
import Rewards

let reference = """
  <think>look it up</think>
  <tool_call>
  {"name": "search", "parameters": {"query": "ada lovelace", "limit": 3}}
  </tool_call>
  """
let nearly = """
  <think>I search</think>
  <tool_call>
  {"name": "search", "parameters": {"query": "ada lovelace", "limit": 10}}
  </tool_call>
  """
let broken = "<tool_call>search ada</tool_call>"

let reward = ToolRLReward(schedule: .linear(over: 150))
for step in [0, 75, 150] {
  for (name, message) in [("equal", reference), ("nearly", nearly), ("broken", broken)] {
    guard let parts = reward.parts(of: message, reference: reference, step: step) else { continue }
    print("step", step, name, "format", parts.format, "correctness", parts.correctness)
  }
}
