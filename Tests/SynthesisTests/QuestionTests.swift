import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

@Suite("Questions about invented worlds")
struct QuestionTests {
  let pages: Encyclopaedia
  let questions: [PlannedQuestion]

  init() {
    let world = InventedWorld(stream: RandomStream(seed: 21), size: .medium, names: .heldOut)
    pages = world.encyclopaedia
    questions = QuestionWriter(pages, prefix: "test")
      .questions(480, stream: RandomStream(seed: 4))
  }

  private func evidence(_ question: PlannedQuestion) -> [Int] {
    let ids = question.task.labels["evidence", default: ""].split(separator: ",").map(String.init)
    return ids.compactMap { id in pages.passages.firstIndex { $0.document.id == id } }
  }

  @Test("as many as asked for, a quarter for each number of pages, no two alike")
  func balanced() {
    #expect(questions.count == 480)
    #expect(Set(questions.map(\.task.question)).count == 480)
    #expect(Set(questions.map(\.task.id)).count == 480)
    for count in 1...4 {
      #expect(questions.filter { $0.task.labels["pages"] == "\(count)" }.count == 120)
    }
    let forms = Set(questions.compactMap { $0.task.labels["type"] })
    #expect(forms == Set(QuestionShape.Form.allCases.map(\.rawValue)))
  }

  @Test("the truth gives exactly the task's answer, and so do the pages")
  func unique() throws {
    for question in questions {
      let truth = try #require(question.query.answer(in: pages.graph))
      #expect(question.query.answer(in: pages) == truth)
      #expect(question.task.answers.first == pages.graph[truth].name)
      #expect(question.plan.answer == pages.graph[truth].name)
    }
  }

  @Test("as many passages are evidence as the label says, and each says what its lookup reads")
  func evidenceTells() {
    for question in questions {
      let evidence = evidence(question)
      #expect("\(Set(evidence).count)" == question.task.labels["pages"])
      #expect(evidence.count == question.plan.lookups.count)
      for (passage, lookup) in zip(evidence, question.plan.lookups) {
        let document = pages.passages[passage].document
        #expect(document.id == lookup.document)
        #expect(document.title.lowercased() == lookup.subject.lowercased())
        #expect(document.text.hasPrefix(lookup.reading))
        for value in lookup.values { #expect(lookup.reading.contains(value)) }
      }
    }
  }

  @Test("without any one passage of its evidence a question has no answer")
  func needed() {
    for question in questions {
      for passage in evidence(question) {
        #expect(question.query.answer(in: pages, without: [passage]) == nil)
      }
    }
  }

  @Test("no single passage names both all that is asked about and the answer of a longer question")
  func notInOnePlace() {
    for question in questions where question.task.labels["pages"] != "1" {
      guard let answer = question.query.answer(in: pages.graph) else { continue }
      let together = pages.passages.contains { passage in
        let mentioned = [passage.subject] + passage.statements.flatMap(\.objects)
        return (question.query.named + [answer]).allSatisfy { mentioned.contains($0) }
      }
      #expect(!together, "\(question.task.question)")
    }
  }

  @Test("no author's birth year is asked for: the page that tells it lists the author's books too")
  func noShortCut() {
    func isShort(_ query: GraphQuery) -> Bool {
      guard case .value(let inner, let relation) = query else { return false }
      if case .value(_, .author) = inner, relation == .birthYear { return true }
      return isShort(inner)
    }
    let writer = QuestionWriter(pages, prefix: "short")
    let shape = QuestionShape(.comparison, pages: 4)
    let questions = writer.questions(300, shapes: [shape], stream: RandomStream(seed: 2))
    #expect(questions.count == 300)
    let byAuthor = questions.filter { $0.plan.lookups.contains { $0.noun == "author" } }
    #expect(byAuthor.count >= 5)
    for question in questions { #expect(!isShort(question.query), "\(question.task.question)") }
  }

  @Test("an answer is neither named in the question nor hidden in its words")
  func notGivenAway() {
    for question in questions {
      let words = " " + question.task.question.lowercased().replacing("?", with: " ")
      #expect(!words.contains(" \(question.plan.answer.lowercased()) "))
      #expect(!question.task.question.contains("{"))
      #expect(question.task.question.hasSuffix("?"))
    }
  }

  @Test(
    "comparisons ask for either side and either order about equally, a century's turn between them")
  func comparisons() {
    let writer = QuestionWriter(pages, prefix: "compare")
    let shape = QuestionShape(.comparison, pages: 3)
    let questions = writer.questions(300, shapes: [shape], stream: RandomStream(seed: 9))
    var (firstWins, earlierWins) = (0, 0)
    for question in questions {
      for case .compare(let years, let isEarlier, let winner) in question.plan.steps {
        let numbers = years.compactMap { Int($0.year) }
        #expect(abs(numbers[0] - numbers[1]) >= 10)
        #expect(numbers[0] / 100 != numbers[1] / 100)
        #expect((years[0].name == winner) == ((numbers[0] < numbers[1]) == isEarlier))
        firstWins += years[0].name == winner ? 1 : 0
        earlierWins += isEarlier ? 1 : 0
      }
    }
    #expect(questions.count == 300)
    #expect((115...185).contains(firstWins) && (115...185).contains(earlierWins))
  }

  @Test("two lists have exactly one thing in common")
  func intersections() {
    for question in questions where question.task.labels["type"] == "intersection" {
      let lists = question.plan.lookups.prefix(2).map { Set($0.values) }
      #expect(lists[0].intersection(lists[1]).count == 1)
      #expect(lists.allSatisfy { $0.count > 1 })
    }
  }

  @Test("the same stream writes the same questions")
  func repeats() {
    let again = QuestionWriter(pages, prefix: "test").questions(480, stream: RandomStream(seed: 4))
    #expect(again.map(\.task) == questions.map(\.task))
    let other = QuestionWriter(pages, prefix: "test").questions(480, stream: RandomStream(seed: 5))
    #expect(other.map(\.task) != questions.map(\.task))
  }

  @Test("no guess is right often")
  func statistics() {
    let statistics = QuestionStatistics(questions)
    #expect(statistics.count == 480)
    #expect(statistics.mostFrequentAnswerShare < 0.05)
    #expect(statistics.shapes["comparison 3"] == 40)
  }
}
