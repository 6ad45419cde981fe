package import Agents
package import Environments
package import RandomStreams
package import Retrieval
package import Synthesis
package import Trajectories

/// Pages that can be searched, and questions about them.
package struct Library: Sendable {
  package let retriever: any Retriever
  package let questions: [PlannedQuestion]

  package var tasks: [AgentTask] { questions.map(\.task) }

  /// Several invented worlds behind one index, so that every search meets strangers.
  package static func invented(
    worlds: Int, questionsPerWorld: Int, shapes: [QuestionShape] = QuestionShape.balanced,
    names: NameSpace, wildness: Float = 1, prefix: String, stream: RandomStream
  ) throws -> Library {
    var documents: [Document] = []
    var questions: [PlannedQuestion] = []
    for number in 0..<worlds {
      let world = InventedWorld(
        stream: stream.child("world", number), size: .small, names: names,
        wildness: wildness)
      let name = "\(prefix)-\(number)"
      documents += world.encyclopaedia.documents.map {
        Document(id: "\(name)/\($0.id)", title: $0.title, text: $0.text)
      }
      questions += QuestionWriter(world.encyclopaedia, prefix: name)
        .questions(questionsPerWorld, shapes: shapes, stream: stream.child("questions", number))
        .map { $0.citing("\(name)/") }
    }
    return Library(retriever: try BM25Index(documents, analyzer: .english), questions: questions)
  }

  /// The real world: countries, and questions about them.
  package static func atlas(questions: Int, stream: RandomStream) throws -> Library {
    Library(
      retriever: try BM25Index(Atlas.encyclopaedia.documents, analyzer: .english),
      questions: Atlas.questions(count: questions, stream: stream))
  }

  /// An episode of the Search-R1 protocol in this library.
  package func environment(passages: Int = 3) -> SearchR1Environment {
    var settings = Self.protocolSettings
    settings.passageLimit = passages
    return SearchR1Environment(retriever: retriever, settings: settings)
  }

  /// Up to six searches of three passages each, after a bare question.
  package static let protocolSettings = SearchR1Settings(
    prompt: .bare, searchTurns: 6, passageLimit: 3, repetitionLimit: 3)

  /// What an agent may use in one episode.
  package static let limits = AgentLimits(
    turns: 7, tokensPerTurn: 160, observationTokens: 320, contextTokens: 1536)

  /// The same questions over an index that answers with other questions' pages.
  package func shuffled(stream: RandomStream) -> Library {
    let queries = questions.flatMap { $0.plan.lookups.map { "\($0.subject) \($0.noun)" } }
    return Library(
      retriever: ShuffledRetriever(retriever, queries: queries, stream: stream),
      questions: questions)
  }
}

extension PlannedQuestion {
  /// The same question with its evidence under the names of a bigger collection.
  package func citing(_ prefix: String) -> PlannedQuestion {
    var labels = task.labels
    labels["evidence"] = labels["evidence"]?.split(separator: ",").map { prefix + $0 }
      .joined(separator: ",")
    return PlannedQuestion(
      task: AgentTask(
        id: task.id, question: task.question, answers: task.answers, labels: labels),
      plan: plan, query: query)
  }
}
