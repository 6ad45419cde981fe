import Evaluation
import RandomStreams
import SmallAgent
import Synthesis

/// What a policy is measured on, before and after.
struct Exams {
  /// Sets of questions with where to look for the answers, in the order they are asked.
  let all: [(EvaluationSet, Library)]

  init(questions: Int, stream: RandomStream) throws {
    let worlds = 4
    let heldOut = try Library.invented(
      worlds: worlds, questionsPerWorld: (questions + worlds - 1) / worlds, names: .heldOut,
      prefix: "exam", stream: stream.child("held-out"))
    all = [
      (.heldOut, heldOut),
      (.atlas, try Library.atlas(questions: questions, stream: stream.child("atlas"))),
      (.shuffledIndex, heldOut.shuffled(stream: stream.child("shuffled"))),
    ]
  }
}
