// A world, a question about it, the plan that answers it, and a search in its pages.
import RandomStreams
import Retrieval
import Synthesis

let run = RandomStream(seed: 7)
let world = InventedWorld(stream: run.child("world"), size: .small, names: .heldOut)
let index = try BM25Index(world.encyclopaedia.documents)
let questions = QuestionWriter(world.encyclopaedia, prefix: "exam")
  .questions(12, stream: run.child("questions"))

for question in questions.prefix(4) {
  print(question.task.question)
  for lookup in question.plan.lookups {
    let hits = index.search("\(lookup.subject) \(lookup.noun)", limit: 2)
    print("  look up the \(lookup.noun) of \(lookup.subject):", lookup.values, hits.count, "pages")
  }
  print("  answer:", question.plan.answer)
}
