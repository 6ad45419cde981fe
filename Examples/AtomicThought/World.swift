import Agents
import Environments
import RandomStreams
import Retrieval
import Synthesis
import Trajectories

/// Invented pages that can be searched, and questions about them.
struct World {
  /// An agent may search six times and has to answer in the seventh turn.
  static let limits = AgentLimits(
    turns: 7, tokensPerTurn: 160, observationTokens: 320, contextTokens: 1536)
  private static let protocolSettings = SearchR1Settings(
    prompt: .bare, searchTurns: 6, passageLimit: 3, repetitionLimit: 3)

  let questions: [PlannedQuestion]
  private let index: BM25Index

  var tasks: [AgentTask] { questions.map(\.task) }

  /// Several encyclopaedias behind one index.
  init(
    parts: Int, questions count: Int, shapes: [QuestionShape], names: NameSpace,
    stream: RandomStream
  ) throws {
    var documents: [Document] = []
    var questions: [PlannedQuestion] = []
    for part in 0..<parts {
      let world = InventedWorld(stream: stream.child("world", part), size: .small, names: names)
      documents += world.encyclopaedia.documents.map {
        Document(id: "\(part)/\($0.id)", title: $0.title, text: $0.text)
      }
      questions += QuestionWriter(world.encyclopaedia, prefix: "\(part)")
        .questions(
          (count + parts - 1) / parts, shapes: shapes, stream: stream.child("questions", part))
    }
    index = try BM25Index(documents, analyzer: .english)
    self.questions = questions
  }

  /// An episode of the Search-R1 protocol among these pages.
  func environment() -> SearchR1Environment {
    SearchR1Environment(retriever: index, settings: Self.protocolSettings)
  }
}
