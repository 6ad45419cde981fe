import OrderedJSON
import RandomStreams
import Rewards
import SmallAgent
import Synthesis
import Trajectories

/// Judges reports, and finds what sets the reports of a group apart.
///
/// It stands in for the language model of RLER: what such a model would look up, which pages say
/// something of the way to the answer, it is told. It is asked one criterion at a time and judges by
/// nothing else, so a bad criterion gets what it asks for.
struct SourceJudge: Judge {
  /// What it can look for.
  enum Criterion: String, CaseIterable {
    case sourced = "The report rests on many sources: four or more."
    case supported = "Every page that the report cites bears on its answer."
    case concluded = "The answer is the one that the cited pages lead to."
  }

  let identity = "sources 1"
  private let plans: [String: SearchPlan]

  init(_ questions: [PlannedQuestion]) {
    plans = Dictionary(
      questions.map { ($0.task.question, $0.plan) }, uniquingKeysWith: { first, _ in first })
  }

  func reply(to question: some JudgeQuestion, stream: RandomStream) throws -> String {
    switch question {
    case let asked as RubricScoreQuestion:
      guard let criterion = Criterion(rawValue: asked.criterion) else {
        throw JudgeRefusal("“\(asked.criterion)” is none of its criteria")
      }
      let score = score(asked.response, on: criterion, by: try plan(of: asked.question))
      return fenced(["score": .number(JSONNumber(score))])
    case let asked as RubricGenerationQuestion:
      let plan = try plan(of: asked.question)
      let known = asked.existing.map(\.description) + [Criterion.sourced.rawValue]
      let news = Criterion.allCases.filter { criterion in
        let scores = Set(asked.responses.map { score($0, on: criterion, by: plan) })
        return scores.count > 1 && !known.contains(criterion.rawValue)
      }
      return fenced([
        "positive_rubrics": .array(
          news.map { ["description": .string($0.rawValue), "title": .string("\($0)")] })
      ])
    default: throw JudgeRefusal("it only judges reports")
    }
  }

  private func plan(of question: String) throws -> SearchPlan {
    guard let plan = plans[question] else {
      throw JudgeRefusal("the pages of this question are not known")
    }
    return plan
  }

  /// 0, 1 or 2.
  private func score(_ report: String, on criterion: Criterion, by plan: SearchPlan) -> Int {
    let sources = Citing.rule.sources(citedIn: report)
    switch criterion {
    case .sourced: return min(sources.count / 2, 2)
    case .supported:
      let useful = sources.count { plan.sources.contains($0) }
      if sources.isEmpty || 2 * useful < sources.count { return 0 }
      return useful == sources.count ? 2 : 1
    case .concluded:
      let answer = AnswerExtraction().answer(in: report) ?? ""
      return AnswerNormalization.standard.normalized(answer)
        == AnswerNormalization.standard.normalized(plan.answer) ? 2 : 0
    }
  }

  private func fenced(_ object: JSONObject) -> String {
    "```json\n\(JSONValue.object(object).text())\n```"
  }
}
