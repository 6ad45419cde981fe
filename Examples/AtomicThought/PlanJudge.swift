import RandomStreams
import Rewards
import Synthesis
import Trajectories

/// Judges thoughts like a reader who knows how the question is answered, step by step.
///
/// It stands in for the reasoning model of Atom-Searcher: what such a model works out from the
/// question, the plan, it is told. What the agent claims it still checks against the passages.
///
/// - A thought is worth 1 when it asks for what the plan needs next, says what a passage in front of
///   the agent says of it, or draws the conclusion that is due.
/// - A thought is worth 0 when it does none of these: it is wrong, invented, empty or a repetition.
/// - The last thought before an answer is worth 0 as long as a step of the plan is open.
struct PlanJudge: Judge {
  let identity = "plan 1"
  private let plans: [String: SearchPlan]

  init(_ questions: [PlannedQuestion]) {
    plans = Dictionary(
      questions.map { ($0.task.question, $0.plan) }, uniquingKeysWith: { first, _ in first })
  }

  func reply(to question: some JudgeQuestion, stream: RandomStream) throws -> String {
    guard let question = question as? ThoughtQuestion, let plan = plans[question.question] else {
      throw JudgeRefusal("the plan of this question is not known")
    }
    let scores = scores(of: question.thoughts.map(\.text), in: question.transcript, by: plan)
    let verdicts = scores.enumerated().map { "\"T\($0 + 1)\": \($1)" }
    return "```json\n{\(verdicts.joined(separator: ", "))}\n```"
  }

  /// One score per thought.
  private func scores(of thoughts: [String], in transcript: String, by plan: SearchPlan) -> [Int] {
    let transcript = Array(transcript.utf8)
    var progress = Progress(plan)
    var position = 0
    var scores: [Int] = []
    for thought in thoughts {
      let text = Array(thought.utf8)
      let place = transcript[position...].firstRange(of: text) ?? position..<position
      scores.append(progress.advance(by: text, having: transcript[..<place.lowerBound]) ? 1 : 0)
      position = place.upperBound
    }
    if !progress.isDone, transcript[position...].contains(Array("<answer>".utf8)), !scores.isEmpty {
      scores[scores.count - 1] = 0
    }
    return scores
  }
}

/// How far an agent's thoughts have come on a plan.
private struct Progress {
  private let steps: [SearchPlan.Step]
  private var current = 0
  private var hasAsked = false

  init(_ plan: SearchPlan) { steps = plan.steps }

  var isDone: Bool { current == steps.count }

  /// Whether a thought, with what was read before it, does the next thing or several of them.
  mutating func advance(by thought: [UInt8], having read: ArraySlice<UInt8>) -> Bool {
    func says(_ words: String) -> Bool { thought.contains(Array(words.utf8)) }
    var advances = false
    while current < steps.count {
      let isDone =
        switch steps[current] {
        case .lookup(let wanted):
          (says("\(wanted.topic) is ") || says("\(wanted.topic) are "))
            && wanted.values.allSatisfy(says) && read.contains(Array(wanted.reading.utf8))
        case .compare(let years, _, let winner):
          years.contains { $0.name == winner && says("is \($0.year) \(winner).") }
        case .intersect(_, let common): says("Both have \(common).")
        }
      guard isDone else { break }
      current += 1
      (hasAsked, advances) = (false, true)
    }
    if case .lookup(let wanted)? = steps.dropFirst(current).first, !hasAsked,
      says("I need the \(wanted.topic).")
    {
      (hasAsked, advances) = (true, true)
    }
    return advances
  }
}

extension SearchPlan.Lookup {
  /// What is looked up, in words.
  fileprivate var topic: String { "\(noun) of \(subject)" }
}
