/// What a report on one task has to show, as statements about entities that the question hides.
///
///     <E0> is a company.
///     <E0> was founded by <E1>.
///     <E1> was born in Lyon.
///
/// `<E0>` is the answer; `<E1>` and so on are what lies between the question and the answer. A rubric
/// without an entity can be supported, but it never counts: nothing connects it to the answer.
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py.
public struct RubricSet: Sendable, Hashable, Codable {
  /// The statements, in order.
  public let rubrics: [String]
  /// Names under which an entity is known to whoever made the task, the preferred one first.
  ///
  /// For judges that know no world, such as ``LexicalJudge``; a language model is never shown them.
  public let knownEntities: [String: [String]]

  /// Rubrics of a task.
  public init(_ rubrics: [String], knownEntities: [String: [String]] = [:]) {
    self.rubrics = rubrics
    self.knownEntities = knownEntities
  }

  /// The entity that is the answer.
  public static let answerEntity = "E0"

  /// The entities that the rubrics name, without angle brackets, by ascending number.
  public var entities: [String] {
    Self.sorted(rubrics.flatMap { EntityMention.all(in: $0).map(\.entity) })
  }

  /// The rubrics and the entities that each names.
  public var graph: RubricGraph {
    RubricGraph(rubrics.map { EntityMention.all(in: $0).map(\.entity) })
  }

  /// Without repetitions, by ascending number; of equal numbers, the one with fewer digits first.
  package static func sorted(_ entities: [String]) -> [String] {
    let numbered = Set(entities).map { entity in
      (entity: entity, number: number(of: entity), length: entity.utf8.count)
    }
    return numbered.sorted {
      ($0.number, $0.length, $0.entity) < ($1.number, $1.length, $1.entity)
    }.map(\.entity)
  }

  private static func number(of entity: String) -> Double {
    entity.unicodeScalars.dropFirst().reduce(0) {
      10 * $0 + ($1.properties.numericValue ?? 0)
    }
  }
}

/// A place where a text names an entity: `<E12>`.
package struct EntityMention {
  /// `E12`.
  package let entity: String
  /// Where it stands, angle brackets included.
  package let range: Range<String.Index>

  /// All mentions of a text, left to right, in linear time.
  package static func all(in text: String) -> [EntityMention] {
    var mentions: [EntityMention] = []
    let (bytes, scalars) = (text.utf8, text.unicodeScalars)
    var index = bytes.startIndex
    while let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
      let letter = scalars.index(after: open)
      index = letter
      guard letter < scalars.endIndex, scalars[letter] == "E" else { continue }
      let digits = scalars.index(after: letter)
      let end = scalars[digits...].firstIndex { !$0.isDecimalDigit }
      guard let end, end > digits, scalars[end] == ">" else { continue }
      index = scalars.index(after: end)
      mentions.append(
        EntityMention(
          entity: String(text[letter..<end]), range: open..<index))
    }
    return mentions
  }
}

/// A rubric with the entities' values put in.
package struct FilledRubric: Sendable, Hashable {
  /// The statement; an entity without a value stands as it stood.
  package let statement: String
  /// The entities that it names, with their values.
  package let values: [String: String?]
  /// Whether all of them have one.
  package var isIdentified: Bool { values.values.allSatisfy { $0 != nil } }

  /// Puts values in, in one pass: a value that looks like an entity stays as it is.
  package init(_ rubric: String, values known: [String: String?]) {
    var statement = ""
    var values: [String: String?] = [:]
    var position = rubric.startIndex
    for mention in EntityMention.all(in: rubric) {
      let value = known[mention.entity] ?? nil
      values.updateValue(value, forKey: mention.entity)
      statement += rubric[position..<mention.range.lowerBound]
      statement += value ?? String(rubric[mention.range])
      position = mention.range.upperBound
    }
    self.statement = statement + rubric[position...]
    self.values = values
  }
}

extension Unicode.Scalar {
  /// Whether it is a decimal digit of any script.
  fileprivate var isDecimalDigit: Bool {
    isASCII ? ("0"..."9").contains(self) : properties.generalCategory == .decimalNumber
  }
}
