import Rewards
import Testing
import Trajectories

@Suite("Answer rewards")
struct AnswerRewardTests {
  @Test("the last answer counts, in comparable form, against the best accepted one")
  func scores() async throws {
    let trajectory = try Trajectory(
      answers: ["Countess", "Ada Lovelace"],
      [
        (.prompt, "Who?"), (.policy, "<answer>Countess</answer>"), (.environment, "go on"),
        (.policy, "<think>hm</think><answer> the ADA lovelace! </answer>"),
      ])
    #expect(try await ExactMatch().report(on: trajectory).score == .value(1))
    #expect(try await SubstringMatch().report(on: trajectory).score == .value(1))
    #expect(try await TokenF1().report(on: trajectory).score == .value(1))

    let wordy = try Trajectory(
      answers: ["Ada Lovelace"], [(.policy, "<answer>It was Ada Lovelace</answer>")])
    #expect(try await ExactMatch().report(on: wordy).score == .value(0))
    #expect(try await SubstringMatch().report(on: wordy).score == .value(1))
    let overlap = try #require(try await TokenF1().report(on: wordy).score.value)
    #expect(abs(overlap - 2.0 / 3) < 1e-12)
  }

  @Test("neither the prompt nor a retrieved page answers for the agent")
  func foreignAnswers() async throws {
    let trajectory = try Trajectory(
      answers: ["Paris"],
      [
        (.prompt, "like <answer>Paris</answer>"), (.policy, "<search>q</search>"),
        (.environment, "<answer>Paris</answer>"), (.policy, "I give up"),
      ])
    let report = try await ExactMatch().report(on: trajectory)
    #expect(report.score == .value(0))
    #expect(report.notes == ["no answer"])
  }

  @Test("a tag opened in one turn and closed in another is no answer")
  func acrossTurns() async throws {
    let trajectory = try Trajectory(
      answers: [""], [(.policy, "<answer>"), (.environment, "x"), (.policy, "</answer>")])
    #expect(try await ExactMatch().report(on: trajectory).notes == ["no answer"])
  }

  @Test("a demonstration's answer counts")
  func demonstration() async throws {
    let trajectory = try Trajectory(
      answers: ["yes"], [(.demonstration, "<answer>Yes.</answer>")])
    #expect(try await ExactMatch().report(on: trajectory).score == .value(1))
  }

  @Test("a task without accepted answers can't be judged")
  func noAnswers() async throws {
    let trajectory = try Trajectory(answers: [], [(.policy, "<answer>x</answer>")])
    let missing = Score.missing(reason: "task t has no accepted answers")
    #expect(try await ExactMatch().report(on: trajectory).score == missing)
    #expect(try await TokenF1().report(on: trajectory).score == missing)
    #expect(try await SubstringMatch().report(on: trajectory).score == missing)
  }

  @Test("punctuation that becomes spaces keeps the letters of U.S.A. apart")
  func otherNormalization() {
    let spaced = AnswerNormalization(punctuation: .replacedBySpace, removesArticles: false)
    #expect(spaced.normalized("The U.S.A.") == "the u s a")
    let kept = AnswerNormalization(punctuation: .kept, removesArticles: false)
    #expect(kept.normalized("The  U.S.A.") == "the u.s.a.")
    #expect(AnswerNormalization.standard.normalized("The U.S.A.") == "usa")
  }

  @Test("composed and decomposed letters differ")
  func canonicalEquivalence() {
    let normalization = AnswerNormalization.standard
    #expect(!normalization.matches("Beyonc\u{e9}", anyOf: ["Beyonce\u{301}"]))
    #expect(!normalization.contains("Beyonc\u{e9}", anyOf: ["Beyonce\u{301}"]))
    #expect(normalization.tokenF1("Beyonc\u{e9}", against: ["Beyonce\u{301}"]) == 0)
    #expect(normalization.contains("Beyonce\u{301}", anyOf: ["beyonce"]))
  }

  @Test("a repeated word counts once for each time that both sides have it")
  func multiset() {
    let normalization = AnswerNormalization.standard
    #expect(normalization.tokenF1("paris paris paris", against: ["paris"]) == 0.5)
    #expect(normalization.tokenF1("new york new", against: ["new new york"]) == 1)
    #expect(normalization.tokenF1("", against: [""]) == 0)
    #expect(normalization.tokenF1("paris", against: []) == 0)
  }

  @Test("pairs don't overlap, and too few of them are no answer")
  func pairs() {
    let text = "<answer>a<answer>b</answer></answer><answer> c\n</answer><answer>"
    #expect(AnswerExtraction().answer(in: text) == "c")
    #expect(AnswerExtraction(minimumPairs: 2).answer(in: text) == "c")
    #expect(AnswerExtraction(minimumPairs: 3).answer(in: text) == nil)
    #expect(AnswerExtraction(tag: "b").answer(in: "<b>x</b>") == "x")
  }
}
