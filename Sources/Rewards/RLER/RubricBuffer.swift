public import RandomStreams

/// The rubrics of each question, as they evolve with the policy.
///
/// A question's rubrics lie on four shelves. *Persistent* ones always count. *Active* ones count
/// as long as they tell responses apart. *Inactive* ones have stopped doing so and stay away.
/// *Static* ones are those that came with the task, kept so that they can return. A step goes:
///
///     buffer.add(generated, for: question)               // what sets this group's responses apart
///     buffer.rubrics(for: question)                      // persistent, then active: score with them
///     buffer.prune(question, scores: …, keeping: 5)      // the flat ones go
///
/// A value, saved with a checkpoint as it is. Questions never touch each other, so the order in
/// which groups arrive does not matter.
///
/// - Source: DR Tulu, open_instruct/grpo_fast.py and search_rewards/utils/rubric_utils.py.
/// - Differs: a generated rubric that is already persistent or active, word for word, is not
///   added a second time.
public struct RubricBuffer: Sendable, Hashable, Codable {
  /// The rubrics of one question.
  public struct Shelves: Sendable, Hashable, Codable {
    /// Always count.
    public var persistent: [WeightedRubric]
    /// Count now.
    public var active: [WeightedRubric]
    /// Counted once.
    public var inactive: [WeightedRubric]
    /// Came with the task.
    public var `static`: [WeightedRubric]

    /// Shelves.
    public init(
      persistent: [WeightedRubric] = [], active: [WeightedRubric] = [],
      inactive: [WeightedRubric] = [], static: [WeightedRubric] = []
    ) {
      self.persistent = persistent
      self.active = active
      self.inactive = inactive
      self.static = `static`
    }

    /// The rubrics that count: persistent, then active.
    public var inUse: [RubricInUse] {
      persistent.map { RubricInUse($0, kind: .persistent) }
        + active.map { RubricInUse($0, kind: .adaptive) }
    }
  }

  /// The shelves of each question that has any.
  public var questions: [String: Shelves]

  /// An empty buffer.
  public init() { questions = [:] }

  /// A buffer from the rubrics that came with the tasks.
  ///
  /// - Parameters:
  ///   - rubrics: By question.
  ///   - persistent: Whether they always count; else they start as active ones and
  ///     can be pruned.
  public init(static rubrics: [String: [WeightedRubric]], persistent: Bool = true) {
    questions = rubrics.mapValues {
      Shelves(persistent: persistent ? $0 : [], active: persistent ? [] : $0, static: $0)
    }
  }

  /// The rubrics that count for a question: persistent, then active; none for an unknown one.
  public func rubrics(for question: String) -> [RubricInUse] {
    questions[question]?.inUse ?? []
  }

  /// Makes newly generated rubrics active, the positive ones with weight 1, then the negative ones
  /// with weight −1.
  ///
  /// An unknown question gets shelves of its own.
  public mutating func add(_ generated: GeneratedRubrics, for question: String) {
    var shelves = questions[question] ?? Shelves()
    for rubric in generated.weighted
    where !(shelves.persistent + shelves.active).contains(where: rubric.saysTheSame) {
      shelves.active.append(rubric)
    }
    questions[question] = shelves
  }

  /// Makes static rubrics active that are on no shelf in use, for all questions.
  ///
  /// Called every ten steps or so when static rubrics aren't persistent, it gives those that
  /// were pruned early another chance. They leave the inactive shelf.
  public mutating func restoreStatic() {
    for (question, var shelves) in questions {
      for rubric in shelves.static
      where !(shelves.persistent + shelves.active).contains(where: rubric.saysTheSame) {
        shelves.inactive.removeAll(where: rubric.saysTheSame)
        shelves.active.append(rubric)
      }
      questions[question] = shelves
    }
  }
}

extension RubricBuffer {
  /// Retires active rubrics that no longer tell a question's responses apart.
  ///
  /// First those whose standard deviation is 0. Then, if more than `limit` are active, only the
  /// `limit` with the largest deviations stay, ties in the order of the shelf, and with them those
  /// that have no statistics yet. Persistent rubrics are never touched.
  ///
  /// - Parameters:
  ///   - question: The question; an unknown one changes nothing.
  ///   - statistics: Of its rubrics, by ``WeightedRubric/key(for:)``.
  ///   - limit: How many may stay, not negative.
  /// - Returns: What was retired.
  @discardableResult
  public mutating func prune(
    _ question: String, statistics: [String: RubricStatistics], keeping limit: Int = 5
  ) -> [WeightedRubric] {
    precondition(limit >= 0, "a buffer can't keep \(limit) rubrics")
    guard var shelves = questions[question] else { return [] }
    let deviations = shelves.active.map {
      statistics[$0.key(for: question)]?.standardDeviation
    }
    var stays = deviations.map { $0 != 0 }
    if stays.count(where: \.self) > limit {
      let ranked = deviations.indices.filter { (deviations[$0] ?? 0) > 0 }
        .sorted { (deviations[$0] ?? 0, $1) > (deviations[$1] ?? 0, $0) }
      for index in ranked.dropFirst(limit) { stays[index] = false }
    }
    return retire(question, &shelves, keeping: stays)
  }

  /// Retires active rubrics at random until `limit` are left: for a step that scored nothing.
  ///
  /// - Returns: What was retired.
  @discardableResult
  public mutating func prune(
    _ question: String, atRandom stream: inout RandomStream, keeping limit: Int = 5
  ) -> [WeightedRubric] {
    precondition(limit >= 0, "a buffer can't keep \(limit) rubrics")
    guard var shelves = questions[question], shelves.active.count > limit else { return [] }
    let kept = Set(stream.shuffled(Array(shelves.active.indices)).prefix(limit))
    return retire(question, &shelves, keeping: shelves.active.indices.map(kept.contains))
  }

  private mutating func retire(
    _ question: String, _ shelves: inout Shelves, keeping stays: [Bool]
  ) -> [WeightedRubric] {
    let retired = zip(shelves.active, stays).filter { !$0.1 }.map(\.0)
    shelves.active = zip(shelves.active, stays).filter { $0.1 }.map(\.0)
    shelves.inactive += retired
    questions[question] = shelves
    return retired
  }
}

extension WeightedRubric {
  /// Whether both look for the same, word for word.
  func saysTheSame(as other: WeightedRubric) -> Bool {
    description.utf8.elementsEqual(other.description.utf8)
      && title.utf8.elementsEqual(other.title.utf8)
  }
}
