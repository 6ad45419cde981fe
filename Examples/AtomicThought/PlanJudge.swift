import RandomStreams
import Rewards
import Synthesis
import Trajectories

/// Judges thoughts like a reader who knows how the question is answered, step by step.
///
/// It stands in for the reasoning model of Atom-Searcher: what such a model works out from the
/// question, the plan, it is told. What the agent claims it still checks against the passages.
///
/// - A thought is worth 1 when it takes a step that is due: it says what is needed, what a passage
///   that was read says of it, or what follows.
/// - It is worth 0 when it takes none: it is wrong, invented, empty or a repetition.
/// - The last thought before an answer is worth 0 as long as the plan's last step is not taken.
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
    var open = plan.expectations
    var position = 0
    var scores: [Int] = []
    for thought in thoughts.map({ Array($0.utf8) }) {
      let place = transcript[position...].firstRange(of: thought) ?? position..<position
      let due = open.count
      open.removeAll { $0.isMet(by: thought, after: transcript[..<place.lowerBound]) }
      scores.append(open.count < due ? 1 : 0)
      position = place.upperBound
    }
    let isAnswered = transcript[position...].contains(Array("<answer>".utf8))
    if isAnswered, open.contains(where: \.isLast), !scores.isEmpty { scores[scores.count - 1] = 0 }
    return scores
  }
}

/// Something that a good thought says at some point of a plan.
private struct Expectation {
  /// All of these in one thought.
  let words: [String]
  /// What has to be read before, so that the thought is no guess.
  var passage = ""
  /// Whether nothing but the answer follows.
  var isLast = false

  func isMet(by thought: [UInt8], after read: ArraySlice<UInt8>) -> Bool {
    words.allSatisfy { thought.contains(Array($0.utf8)) }
      && (passage.isEmpty || read.contains(Array(passage.utf8)))
  }
}

extension SearchPlan {
  /// What good thoughts on the way say, in order.
  fileprivate var expectations: [Expectation] {
    var all: [Expectation] = []
    for step in steps {
      switch step {
      case .lookup(let wanted):
        let topic = "\(wanted.noun) of \(wanted.subject)"
        all.append(Expectation(words: ["I need the \(topic)."]))
        all.append(
          Expectation(words: ["\(topic) "] + wanted.values, passage: wanted.reading))
      case .compare(let years, _, let winner):
        let year = years.first { $0.name == winner }?.year ?? ""
        all.append(Expectation(words: years.map { "\($0.year) \($0.name)" }))
        all.append(Expectation(words: ["is \(year) \(winner)."]))
      case .intersect(_, let common):
        all.append(Expectation(words: ["\(common) yes"]))
        all.append(Expectation(words: ["Both have \(common)."]))
      }
    }
    if !all.isEmpty { all[all.count - 1].isLast = true }
    return all
  }
}
