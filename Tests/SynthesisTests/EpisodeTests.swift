import Environments
import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

/// What became of one question in the Search-R1 environment.
struct Episode {
  let question: PlannedQuestion
  let outcome: ScriptedSearcher.Outcome
  let answer: String
  let transcript: String
  let end: EpisodeEnd?

  var isRight: Bool { question.task.answers.contains(answer) }

  init(
    _ question: PlannedQuestion, habits: ClumsyHabits, in world: SearchR1Environment,
    stream: RandomStream
  ) async throws {
    var environment = world
    var searcher = ScriptedSearcher(
      plan: question.plan, habits: habits, stream: stream.child("searcher"))
    var transcript = try await environment.reset(question.task, stream: stream).text
    var observation: String?
    var action = ""
    var end: EpisodeEnd?
    while searcher.outcome == nil {
      action = searcher.act(observing: observation)
      let step = try await environment.step(action)
      transcript += action
      end = step.end
      if end == nil { transcript += step.observation.text }
      observation = step.observation.text
    }
    self.question = question
    outcome = try #require(searcher.outcome)
    answer = action.split(separator: "<answer>").last.map { String($0.dropLast(9)) } ?? ""
    self.transcript = transcript
    self.end = end
  }
}

@Suite("Searchers in the Search-R1 environment")
struct EpisodeTests {
  @Test("BM25 finds what a careful searcher looks for")
  func careful() async throws {
    let world = InventedWorld(stream: RandomStream(seed: 31), size: .medium, names: .train)
    let index = try BM25Index(world.encyclopaedia.documents)
    for limit in [1, 2, 3] {
      let environment = SearchR1Environment(
        retriever: index, settings: SearchR1Settings(prompt: .bare, passageLimit: limit))
      let questions = QuestionWriter(world.encyclopaedia, prefix: "q")
        .questions(200, stream: RandomStream(seed: 3))
      var right = 0
      var lengths: [Int] = []
      for question in questions {
        let episode = try await Episode(
          question, habits: .careful, in: environment, stream: RandomStream(seed: 1))
        right += episode.isRight ? 1 : 0
        lengths.append(episode.transcript.utf8.count)
        if !episode.isRight { print(episode.transcript) }
      }
      lengths.sort()
      print(limit, questions.count, right, "median bytes", lengths[lengths.count / 2], "max", lengths.last ?? 0)
      print(QuestionStatistics(questions))
    }
  }
}
