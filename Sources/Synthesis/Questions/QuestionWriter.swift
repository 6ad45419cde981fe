public import RandomStreams
internal import Retrieval
public import Trajectories

/// A question with all that is known about it.
public struct PlannedQuestion: Sendable {
  /// What the agent gets.
  public let task: AgentTask
  /// How to find the answer.
  public let plan: SearchPlan
  /// What is asked, without words.
  public let query: GraphQuery

  /// A question with its plan.
  public init(task: AgentTask, plan: SearchPlan, query: GraphQuery) {
    self.task = task
    self.plan = plan
    self.query = query
  }
}

/// Writes questions that an encyclopaedia answers, each with exactly one answer.
///
/// A question is kept only if
/// - the whole graph and the pages alone give the same single answer,
/// - every lookup needs a passage of its own: even with facts that follow from others (an author's
///   page lists the books) no smaller set of passages tells all that is needed,
/// - no passage names the answer beside everything that the question names, unless one passage is
///   all it needs: nothing is found by names standing together,
/// - the answer is none of the named entities, and neither its name nor an alias is part of the
///   question's text,
/// - it passes the writer's own test, where it has one.
///
/// Its task carries the labels `type`, `pages`, `hops` (steps of the plan) and `evidence` (ids of
/// the passages in reading order, joined by commas).
public struct QuestionWriter: Sendable {
  /// Where the answers are.
  public let pages: Encyclopaedia
  private let prefix: String
  private let accepts: @Sendable (GraphQuery) -> Bool
  let subjects: [Entity.ID]
  let comparable: [Relation]
  let comparableSubjects: [Relation: [Entity.ID]]
  private let passagesNaming: [Set<Int>]
  let sharedObjects: [(object: Entity.ID, members: [Member])]

  /// A subject whose list names an object.
  struct Member: Sendable, Hashable {
    let subject: Entity.ID
    let relation: Relation
  }

  /// A writer.
  ///
  /// - Parameters:
  ///   - pages: Where the answers are.
  ///   - prefix: Begins the ids of tasks: "train-0" gives "train-0-17".
  ///   - accepts: Whether a query may be asked; everything may unless told otherwise.
  public init(
    _ pages: Encyclopaedia, prefix: String,
    accepts: @escaping @Sendable (GraphQuery) -> Bool = { _ in true }
  ) {
    self.pages = pages
    self.prefix = prefix
    self.accepts = accepts
    var subjects: [Entity.ID] = []
    var comparable: [Relation] = []
    var comparableSubjects: [Relation: [Entity.ID]] = [:]
    var members: [Entity.ID: [Member]] = [:]
    for passage in pages.passages {
      if subjects.last != passage.subject { subjects.append(passage.subject) }
      for statement in passage.statements {
        let relation = statement.relation
        if relation.wording.order != nil {
          if comparableSubjects[relation] == nil { comparable.append(relation) }
          comparableSubjects[relation, default: []].append(passage.subject)
        }
        if relation.wording.membership != nil && statement.objects.count > 1 {
          for object in statement.objects {
            members[object, default: []].append(
              Member(subject: passage.subject, relation: relation))
          }
        }
      }
    }
    self.subjects = subjects
    passagesNaming = pages.passagesNaming
    self.comparable = comparable
    self.comparableSubjects = comparableSubjects
    sharedObjects = members.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
      .map { (object: $0.key, members: $0.value) }
  }

  /// Questions of the given shapes in rotation, no two with the same words.
  ///
  /// Fewer come back when the encyclopaedia is too small or lacks a shape: each question is tried
  /// for 400 draws and then left out, and every id keeps its place in the rotation.
  public func questions(
    _ count: Int, shapes: [QuestionShape] = QuestionShape.balanced, stream: RandomStream
  ) -> [PlannedQuestion] {
    guard !shapes.isEmpty, !subjects.isEmpty else { return [] }
    var result: [PlannedQuestion] = []
    var seen: Set<String> = []
    for number in 0..<count {
      var stream = stream.child("question", number)
      for _ in 0..<400 {
        let shape = shapes[number % shapes.count]
        if let question = draft(shape, id: "\(prefix)-\(number)", &stream),
          seen.insert(question.task.question).inserted
        {
          result.append(question)
          break
        }
      }
    }
    return result
  }

  /// Whether a passage names all of some entities.
  private func areTogether(_ first: Entity.ID, _ others: [Entity.ID]) -> Bool {
    !others.reduce(passagesNaming[first]) { $0.intersection(passagesNaming[$1]) }.isEmpty
  }

  /// One try at a question; `nil` when the draw does not make a proper one.
  private func draft(
    _ shape: QuestionShape, id: String, _ stream: inout RandomStream
  ) -> PlannedQuestion? {
    guard let start = start(shape, &stream), let query = extend(start, by: shape.hops, &stream),
      let answer = query.answer(in: pages.graph), query.answer(in: pages) == answer,
      !query.named.contains(answer), accepts(query),
      shape.pages == 1 || !areTogether(answer, query.named), let evidence = evidence(of: query),
      let plan = SearchPlan(query, in: pages)
    else { return nil }
    precondition(evidence.count == shape.pages, "a \(shape.form) of \(evidence.count) pages")
    var phrasing = Phrasing(graph: pages.graph, stream: stream)
    guard let text = phrasing.question(query) else { return nil }
    let entity = pages.graph[answer]
    let answers = [entity.name] + entity.aliases
    guard !answers.contains(where: { mentions(text, $0) }) else { return nil }
    let task = AgentTask(
      id: id, question: text, answers: answers,
      labels: [
        "type": shape.form.rawValue, "pages": "\(shape.pages)", "hops": "\(plan.steps.count)",
        "evidence": evidence.map { pages.passages[$0].document.id }.joined(separator: ","),
      ])
    return PlannedQuestion(task: task, plan: plan, query: query)
  }
}
