import RandomStreams
import Retrieval
import Synthesis
import Testing

@Suite("Invented worlds")
struct WorldTests {
  let world = InventedWorld(stream: RandomStream(seed: 7), names: .train)

  @Test("the same stream invents the same world, another stream another one")
  func repeats() {
    let again = InventedWorld(stream: RandomStream(seed: 7), names: .train)
    #expect(again.encyclopaedia.documents == world.encyclopaedia.documents)
    let other = InventedWorld(stream: RandomStream(seed: 8), names: .train)
    #expect(other.encyclopaedia.documents != world.encyclopaedia.documents)
  }

  @Test("every sentence names what it is said to tell, on a page titled with its subject")
  func tells() {
    let pages = world.encyclopaedia
    for passage in pages.passages {
      let name = world.graph[passage.subject].name.lowercased()
      #expect(passage.document.title.lowercased() == name)
      #expect(passage.document.text.lowercased().contains(name))
      for statement in passage.statements {
        let read = String(
          decoding: passage.document.text.utf8.prefix(statement.readingLength), as: UTF8.self)
        #expect(read.hasSuffix("."))
        for object in statement.objects { #expect(read.contains(world.graph[object].name)) }
      }
    }
  }

  @Test("ids are unique, and pages are one to three paragraphs of at most 40 words")
  func shape() {
    let pages = world.encyclopaedia
    #expect(Set(pages.documents.map(\.id)).count == pages.documents.count)
    for entity in world.graph.entities { #expect(pages.page(of: entity.id).count <= 3) }
    for document in pages.documents {
      #expect(document.text.split(separator: " ").count <= 40, "\(document.text)")
      #expect(!document.text.contains("{"))
    }
  }

  @Test("every fact is told exactly once, a border on one of its two pages")
  func toldOnce() {
    let (graph, pages) = (world.graph, world.encyclopaedia)
    for entity in graph.entities {
      for relation in graph.relations(of: entity.id) {
        let told = pages.toldObjects(of: entity.id, relation)
        guard relation == .neighbour else {
          #expect(told == graph.objects(of: entity.id, relation))
          continue
        }
        for other in graph.objects(of: entity.id, relation) {
          #expect(graph.objects(of: other, relation).contains(entity.id))
          #expect(
            told.contains(other) != pages.toldObjects(of: other, relation).contains(entity.id))
        }
      }
    }
  }

  @Test("an author's books and a publisher's are those that name them")
  func consistent() {
    let graph = world.graph
    for book in graph.entities(of: .book) {
      for author in graph.objects(of: book.id, .author) {
        #expect(graph.objects(of: author, .wrote).contains(book.id))
      }
      for publisher in graph.objects(of: book.id, .publisher) {
        #expect(graph.objects(of: publisher, .published).contains(book.id))
      }
    }
    for person in graph.entities(of: .person) {
      for spouse in graph.objects(of: person.id, .spouse) {
        #expect(graph.objects(of: spouse, .spouse) == [person.id])
      }
    }
  }

  @Test("a tokenizer's corpus holds pages, questions and demonstrations")
  func corpus() {
    let texts = world.tokenizerCorpus(questions: 20, stream: RandomStream(seed: 1))
    #expect(texts.starts(with: world.encyclopaedia.documents.map(\.contents)))
    #expect(texts.filter { $0.hasSuffix("?") }.count == 20)
    #expect(texts.filter { $0.hasSuffix("</answer>") }.count == 20)
  }
}

@Suite("Graphs")
struct GraphTests {
  @Test("an entity of a kind and name is made once")
  func once() {
    var graph = KnowledgeGraph()
    let first = graph.entity(.country, "Tarkand", aliases: ["Tark"])
    #expect(graph.entity(.country, "Tarkand") == first)
    #expect(graph.entity(.city, "Tarkand") != first)
    #expect(graph[first].aliases == ["Tark"])
    #expect(graph.find(.city, "Orvane") == nil)
  }

  @Test("a symmetric fact holds both ways and counts once each way")
  func symmetric() {
    var graph = KnowledgeGraph()
    let (a, b) = (graph.entity(.country, "A"), graph.entity(.country, "B"))
    graph.add(a, .neighbour, b)
    graph.add(b, .neighbour, a)
    #expect(graph.objects(of: a, .neighbour) == [b])
    #expect(graph.objects(of: b, .neighbour) == [a])
    #expect(graph.factCount == 2)
  }

  @Test("an empty graph has no pages and no questions")
  func empty() {
    let pages = Encyclopaedia(KnowledgeGraph(), stream: RandomStream(seed: 1))
    #expect(pages.documents.isEmpty)
    let writer = QuestionWriter(pages, prefix: "none")
    #expect(writer.questions(5, stream: RandomStream(seed: 1)).isEmpty)
    let statistics = QuestionStatistics([])
    #expect(statistics.count == 0 && statistics.mostFrequentAnswerShare == 0)
  }
}
