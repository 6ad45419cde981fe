// A question of one's own, and three judges that answer it.
import RandomStreams
import Rewards

/// Asks whether a text is polite.
struct Politeness: JudgeQuestion {
  let text: String
  let contract = "politeness.1"
  var prompt: String { "Is this polite? Reply with yes or no.\n\n\(text)" }

  func answer(in reply: String) throws(UnusableReply) -> Bool {
    switch reply {
    case "yes": true
    case "no": false
    default: throw UnusableReply("it is neither yes nor no")
    }
  }
}

let scripted = ScriptedJudge(["Well, …", "yes"])
let model = ClosureJudge(identity: "a model, greedy, version 3") { prompt, stream in
  prompt.contains("please") ? "yes" : "no"
}

let patient = JudgeService(scripted, settings: JudgeSettings(tries: 2))
print(try await patient.ask(Politeness(text: "Sit.")))

let settings = JudgeSettings(deadline: .seconds(20), tries: 3, votes: 3, concurrentQuestions: 8)
let service = JudgeService(model, settings: settings, stream: RandomStream(seed: 7))
print(try await service.ask(Politeness(text: "Sit, please.")))

let words = JudgeService(LexicalJudge())
print(try await words.ask(Politeness(text: "Sit, please.")))
print(service.statistics.tries, patient.statistics.unusable)
