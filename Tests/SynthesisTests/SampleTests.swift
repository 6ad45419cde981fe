import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

@Suite("A sample of an invented world")
struct SampleTests {
  @Test("twenty questions print with their pages and a demonstration")
  func prints() {
    let world = InventedWorld(stream: RandomStream(seed: 11), names: .train)
    let passages = Dictionary(
      uniqueKeysWithValues: world.encyclopaedia.documents.map { ($0.id, $0) })
    let writer = QuestionWriter(world.encyclopaedia, prefix: "sample")
    print("\(passages.count) passages, \(world.graph.factCount) facts")
    for question in writer.questions(24, stream: RandomStream(seed: 5)) {
      print("\n\(question.task.labels["type"] ?? "") \(question.task.labels["pages"] ?? "")")
      print(question.task.question)
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
      var observation: String?
      var lookups = question.plan.lookups[...]
      while searcher.outcome == nil {
        print("  " + searcher.act(observing: observation))
        guard let id = lookups.popFirst()?.document, let document = passages[id] else { continue }
        observation = document.text
        print("    [\(document.title)] \(document.text)")
      }
    }
  }
}
