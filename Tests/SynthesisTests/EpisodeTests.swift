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
    answer =
      action.split(separator: "<answer> ").last.map { String($0.dropLast("</answer>".count)) } ?? ""
    self.transcript = transcript
    self.end = end
  }
}

@Suite("Searchers in the Search-R1 environment")
struct EpisodeTests {
  let world = InventedWorld(stream: RandomStream(seed: 31), size: .medium, names: .train)

  private func episodes(_ habits: ClumsyHabits) async throws -> [Episode] {
    let index = try BM25Index(world.encyclopaedia.documents)
    let environment = SearchR1Environment(
      retriever: index, settings: SearchR1Settings(prompt: .bare, searchTurns: 8))
    let questions = QuestionWriter(world.encyclopaedia, prefix: "q")
      .questions(240, stream: RandomStream(seed: 3))
    var episodes: [Episode] = []
    for (number, question) in questions.enumerated() {
      let stream = RandomStream(seed: 1).child("episode", number)
      episodes.append(try await Episode(question, habits: habits, in: environment, stream: stream))
    }
    return episodes
  }

  @Test("BM25 finds what a careful searcher looks for, in a short episode")
  func careful() async throws {
    let episodes = try await episodes(.careful)
    let right = episodes.filter(\.isRight)
    #expect(Double(right.count) / Double(episodes.count) > 0.97)
    #expect(right.allSatisfy { $0.end == .terminated && $0.outcome == .finished })
    let lengths = episodes.map(\.transcript.utf8.count).sorted()
    #expect(lengths[lengths.count / 2] < 1_600, "median \(lengths[lengths.count / 2]) bytes")
    #expect(lengths[lengths.count * 99 / 100] < 3_200)
  }

  @Test("a clumsy searcher is right less often, and wrong where it stopped early")
  func clumsy() async throws {
    let episodes = try await episodes(.clumsy)
    let share = Double(episodes.filter(\.isRight).count) / Double(episodes.count)
    #expect((0.2...0.6).contains(share), "\(share)")
    for episode in episodes where episode.outcome == .stoppedEarly { #expect(!episode.isRight) }
    for episode in episodes { #expect(episode.end == .terminated) }
  }
}
