import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

/// A world small enough to know by heart.
@Suite("Wording")
struct WordingTests {
  let pages: Encyclopaedia

  init() {
    var graph = KnowledgeGraph()
    let tarkand = graph.entity(.country, "Tarkand")
    let velmora = graph.entity(.city, "Velmora")
    let lusk = graph.entity(.city, "Port Lusk")
    let anna = graph.entity(.person, "Anna Tell", pronoun: .she)
    graph.add(tarkand, .capital, lusk)
    graph.add(tarkand, .currency, graph.entity(.currency, "lurn"))
    let grenn = graph.entity(.country, "Grenn")
    graph.add(grenn, .currency, graph.entity(.currency, "oro"))
    graph.add(velmora, .country, grenn)
    graph.add(velmora, .mayor, anna)
    graph.add(velmora, .cityFounded, graph.entity(.year, "1743"))
    graph.add(lusk, .country, tarkand)
    graph.add(lusk, .cityFounded, graph.entity(.year, "1802"))
    graph.add(anna, .birthplace, lusk)
    pages = Encyclopaedia(graph, stream: RandomStream(seed: 1))
  }

  private func texts(_ shape: QuestionShape) -> Set<String> {
    let writer = QuestionWriter(pages, prefix: "word")
    var result: Set<String> = []
    for seed in UInt64(0)..<12 {
      let questions = writer.questions(20, shapes: [shape], stream: RandomStream(seed: seed))
      result.formUnion(questions.map(\.task.question))
    }
    return result
  }

  @Test("a page names its subject first and says it, she or he after that")
  func pronouns() throws {
    let velmora = try #require(pages.graph.find(.city, "Velmora"))
    let text = pages.passages[pages.page(of: velmora)[0]].document.text
    let leads = ["Velmora is a city in Grenn.", "Velmora is a town in Grenn."]
    let rests = ["Its mayor is Anna Tell.", "It is governed by Anna Tell."]
    #expect(leads.contains { lead in rests.contains { text == "\(lead) \($0)" } })
  }

  @Test("attributes are asked for in two spellings each")
  func attributes() {
    let texts = texts(QuestionShape(.attribute, pages: 1))
    #expect(texts.isSuperset(of: ["Who is the mayor of Velmora?", "Who governs Velmora?"]))
    #expect(
      texts.isSuperset(of: [
        "What is the capital of Tarkand?", "Which city is the capital of Tarkand?",
      ]))
  }

  @Test("bridges nest phrases, and may name a country by its capital")
  func bridges() {
    #expect(
      texts(QuestionShape(.bridge, pages: 2)).isSuperset(of: [
        "In which city was the mayor of Velmora born?",
        "What is the currency of the country whose capital is Port Lusk?",
        "What is the currency of the country of Velmora?",
      ]))
    #expect(
      texts(QuestionShape(.bridge, pages: 3)).isSuperset(of: [
        "In which country was the mayor of Velmora born?",
        "In which year was the birthplace of the person who governs Velmora founded?",
      ]))
    #expect(
      texts(QuestionShape(.bridge, pages: 4)).contains(
        "What is the currency of the country where the mayor of Velmora was born?"))
  }

  @Test("comparisons name the older or the younger, or the one founded earlier or later")
  func comparisons() {
    let texts = texts(QuestionShape(.comparison, pages: 3))
    #expect(
      texts.isSuperset(of: [
        "Who is the mayor of the older of Velmora and Port Lusk?",
        "Port Lusk or Velmora: who governs the one founded earlier?",
        "In which country is the younger of Port Lusk and Velmora?",
      ]))
  }

  @Test("a demonstration says what it needs, reads it, and uses it")
  func demonstration() throws {
    let writer = QuestionWriter(pages, prefix: "word")
    let question = try #require(
      writer.questions(
        12, shapes: [QuestionShape(.bridge, pages: 2)], stream: RandomStream(seed: 3)
      ).first { $0.task.question == "In which city was the mayor of Velmora born?" })
    var searcher = ScriptedSearcher(
      plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
    let readings = question.plan.lookups.map(\.reading)
    #expect(
      searcher.act(observing: nil)
        == "<think> I need the mayor of Velmora.</think><search> Velmora mayor</search>")
    #expect(
      searcher.act(observing: readings[0])
        == "<think> The mayor of Velmora is Anna Tell. I need the birthplace of Anna Tell.</think>"
        + "<search> Anna Tell birthplace</search>")
    #expect(
      searcher.act(observing: readings[1])
        == "<think> The birthplace of Anna Tell is Port Lusk.</think><answer> Port Lusk</answer>")
    #expect(searcher.outcome == .finished)
    #expect(question.task.labels["hops"] == "2")
  }
}
