public import RandomStreams
internal import Retrieval
internal import Trajectories

extension InventedWorld {
  /// Texts to train a tokenizer on: every page, then questions and their demonstrations as a
  /// careful searcher writes them when each passage it looks for is found.
  ///
  /// - Parameters:
  ///   - questions: How many questions to write.
  ///   - stream: Chooses them.
  public func tokenizerCorpus(questions: Int, stream: RandomStream) -> [String] {
    var texts = encyclopaedia.documents.map(\.contents)
    let writer = QuestionWriter(encyclopaedia, prefix: "corpus")
    for question in writer.questions(questions, stream: stream.child("questions")) {
      texts.append(question.task.question)
      var searcher = ScriptedSearcher(plan: question.plan, habits: .careful, stream: stream)
      var observation: String?
      var lookups = question.plan.lookups[...]
      while searcher.outcome == nil {
        texts.append(searcher.act(observing: observation))
        observation = lookups.popFirst()?.reading
      }
    }
    return texts
  }
}
