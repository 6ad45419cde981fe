import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

@Suite("Questions about the real world")
struct AtlasQuestionsTests {
  let pages = Atlas.encyclopaedia
  let questions = Atlas.questions(count: 400, stream: RandomStream(seed: 7))
  static let many = Atlas.questions(count: 3200, stream: RandomStream(seed: 3))

  @Test("each number of pages is a quarter of the questions, and every form occurs")
  func balance() throws {
    #expect(questions.count >= 390)
    for pages in 1...4 {
      let share = questions.count { $0.task.labels["pages"] == "\(pages)" }
      #expect((90...100).contains(share), "\(share) questions of \(pages) pages")
    }
    let forms = Set(questions.compactMap { $0.task.labels["type"] })
    #expect(forms == ["attribute", "bridge", "comparison", "intersection"])
    #expect(Set(questions.map(\.task.question)).count == questions.count)
    #expect(Set(questions.map(\.task.id)).count == questions.count)
  }

  @Test("a question has one answer by the graph and by the pages, and doesn't give it away")
  func answersAreUnique() throws {
    for question in questions {
      let answer = try #require(question.query.answer(in: pages.graph))
      #expect(question.query.answer(in: pages) == answer)
      #expect(question.task.answers.first == pages.graph[answer].name)
      #expect(question.task.answers.first == question.plan.answer)
      #expect(!question.query.named.contains(answer))
      #expect(Set(question.task.answers).count == question.task.answers.count)
    }
  }

  @Test("without any one of its passages a question has no answer")
  func everyPassageIsNeeded() throws {
    let positions = Dictionary(
      uniqueKeysWithValues: pages.passages.enumerated().map { ($1.document.id, $0) })
    for question in questions {
      let evidence = try #require(question.task.labels["evidence"]).split(separator: ",")
      #expect("\(evidence.count)" == question.task.labels["pages"])
      for id in evidence {
        let passage = try #require(positions[String(id)])
        #expect(question.query.answer(in: pages, without: [passage]) == nil, "\(id)")
      }
    }
  }

  @Test("every passage of the evidence contains its fact")
  func evidenceTells() throws {
    let documents = Dictionary(uniqueKeysWithValues: pages.documents.map { ($0.id, $0) })
    for question in questions {
      let evidence = question.task.labels["evidence"]
      #expect(question.plan.lookups.map(\.document).joined(separator: ",") == evidence)
      for lookup in question.plan.lookups {
        let document = try #require(documents[lookup.document])
        #expect(document.text.hasPrefix(lookup.reading))
        #expect(document.title.lowercased() == lookup.subject.lowercased())
        for value in lookup.values { #expect(lookup.reading.contains(value)) }
      }
    }
  }

  @Test("the graph says of a country what the table says")
  func graphAgreesWithTheTable() throws {
    let graph = Atlas.graph()
    for country in Atlas.countries {
      let id = try #require(graph.find(.country, country.nameInSentence))
      func names(_ relation: Relation) -> [String] {
        graph.objects(of: id, relation).map { graph[$0].name }
      }
      #expect(names(.continent) == [country.continent.rawValue])
      #expect(names(.capital) == [country.capital?.common].compactMap { $0 })
      #expect(names(.currency) == [country.currency?.name.common].compactMap { $0 })
      #expect(names(.language) == country.languages.map(\.common))
      #expect(names(.independence) == [country.independenceYear.map(String.init)].compactMap { $0 })
      let neighbours = country.neighbours.compactMap { Atlas.country(alpha2: $0)?.nameInSentence }
      #expect(Set(names(.neighbour)) == Set(neighbours))
      if let capital = graph.objects(of: id, .capital).first {
        #expect(graph.objects(of: capital, .country) == [id])
        let rivers = graph.objects(of: capital, .river).map { graph[$0].name }
        #expect(rivers == [country.capitalRiver?.common].compactMap { $0 })
      }
    }
  }

  @Test("a debated border neither answers a question nor leaves it a second answer")
  func debatedBordersDecideNothing() throws {
    let graph = pages.graph
    let byName = Dictionary(uniqueKeysWithValues: Atlas.countries.map { ($0.nameInSentence, $0) })
    func common(_ query: GraphQuery) -> [AtlasCountry]? {
      switch query {
      case .value(let inner, _): return common(inner)
      case .common(let one, .neighbour, let other, .neighbour):
        return [one, other].compactMap { byName[graph[$0].name] }
      default: return nil
      }
    }
    var checked = 0
    for question in Self.many {
      guard let pair = common(question.query) else { continue }
      try #require(pair.count == 2)
      let lists = pair.map { Set($0.neighbours + $0.debatedNeighbours) }
      #expect(lists[0].intersection(lists[1]).count == 1, "\(question.task.question)")
      checked += 1
    }
    #expect(checked > 300)
    #expect(Self.many.count >= 3150, "the countries are exhausted at \(Self.many.count)")
  }

  @Test("second capitals, currencies and continents count as answers, and other names do")
  func alternatives() {
    var accepted: [String: Set<[String]>] = [:]
    for question in Self.many {
      guard case .value(let inner, let relation) = question.query,
        let subject = inner.answer(in: pages.graph)
      else { continue }
      let key = "\(pages.graph[subject].name) \(relation.noun)"
      accepted[key, default: []].insert(question.task.answers)
    }
    #expect(accepted["Bolivia capital"] == [["Sucre", "La Paz"]])
    #expect(accepted["Turkey continent"] == [["Asia", "Europe"]])
    #expect(accepted["Bamako river"] == [["Niger", "Niger River", "River Niger"]])
    #expect(
      accepted["Panama currency"] == [
        ["Panamanian balboa", "balboa", "United States dollar", "US dollar"]
      ])
  }

  @Test("no accepted answer stands in its question: nobody asks for the capital of Djibouti")
  func answersAreNotInTheQuestion() {
    func words(_ text: String) -> String {
      " " + text.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ").lowercased() + " "
    }
    for question in Self.many {
      let said = words(question.task.question)
      #expect(
        question.task.answers.allSatisfy { !said.contains(words($0)) }, "\(question.task.question)")
    }
  }

  @Test("a name with an article has a capital letter at the start of a sentence only")
  func articles() throws {
    let gambia = try #require(pages.graph.find(.country, "the Gambia"))
    let texts = pages.page(of: gambia).map { pages.passages[$0].document }
    #expect(texts.allSatisfy { $0.title == "The Gambia" })
    #expect(texts.contains { $0.text.hasPrefix("The Gambia is a country ") })
    #expect(
      pages.documents.allSatisfy { !$0.text.contains(", the ,") && !$0.text.contains(". the ") })
    #expect(
      pages.documents.contains {
        $0.text.hasPrefix("Banjul is a") && $0.text.contains("in the Gambia.")
      })
    for question in questions {
      #expect(question.task.question.first?.isUppercase == true, "\(question.task.question)")
    }
  }

  @Test("the same stream asks the same, another stream something else")
  func determinism() {
    let again = Atlas.questions(count: 40, stream: RandomStream(seed: 7))
    #expect(again.map(\.task) == questions.prefix(while: { $0.task.id != "atlas-40" }).map(\.task))
    let others = Atlas.questions(count: 40, stream: RandomStream(seed: 8))
    #expect(others.map(\.task) != again.map(\.task))
    #expect(Atlas.questions(count: 0, stream: RandomStream(seed: 7)).isEmpty)
  }
}
