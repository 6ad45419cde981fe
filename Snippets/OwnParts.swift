// A reward and an environment of one's own, and the kits that check them.
import Environments
import PeregrineTesting
import RandomStreams
import Rewards
import Trajectories

/// One over the number of tokens; missing when nothing was sampled.
struct Brevity: Reward {
  let name = "brevity"

  func report(on trajectory: Trajectory) -> RewardReport {
    let count = trajectory.selection(.policy).count
    guard count > 0 else { return RewardReport(score: .missing(reason: "nothing was sampled")) }
    return RewardReport(score: .value(1 / Double(count)))
  }
}

/// A world that thinks of a number below ten and says whether a guess is too small or too large.
struct Guessing: Environment {
  let turnEnds = ["\n"]
  private var number: Int?
  private var isOver = false

  mutating func reset(_ task: AgentTask, stream: RandomStream) -> Observation {
    var stream = stream
    number = stream.index(below: 10)
    isOver = false
    return Observation(task.question + "\n", role: .user)
  }

  mutating func step(_ action: String) throws -> EnvironmentStep {
    guard let number else { throw EnvironmentError.notStarted }
    guard !isOver else { return EnvironmentStep(observation: Observation(""), end: .terminated) }
    guard let guess = Int(action.prefix { $0 != "\n" }) else {
      return EnvironmentStep(observation: Observation("Say a number.\n"))
    }
    isOver = guess == number
    let words = guess < number ? "Too small.\n" : "Too large.\n"
    return EnvironmentStep(
      observation: Observation(isOver ? "" : words), end: isOver ? .terminated : nil)
  }
}

let reward = 0.9 * ExactMatch() + 0.1 * Brevity()
let task = AgentTask(id: "guess", question: "Which number below ten?", answers: [])

for violation in await checkReward(reward) + checkReward(Brevity()) { print(violation) }
for violation in await checkEnvironment({ Guessing() }, tasks: [task], actions: ["5\n", "x\n"]) {
  print(violation)
}
