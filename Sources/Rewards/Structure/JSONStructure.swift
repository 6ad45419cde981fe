public import OrderedJSON
public import Trajectories

/// Whether an answer is JSON.
///
/// 1 if the whole answer is one value by RFC 8259, with no key twice and no half surrogates, or one
/// in a single ```` ```json ```` fence; else 0, with a note that names the place. No answer is 0.
public struct JSONSyntax: Reward {
  /// `syntax` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A check of syntax.
  public init(name: String = "syntax", extraction: AnswerExtraction = AnswerExtraction()) {
    self.name = name
    self.extraction = extraction
  }

  /// Checks the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    do {
      _ = try Self.value(of: answer)
      return .single(name, .value(1))
    } catch {
      return .single(name, .value(0), notes: ["\(error)"])
    }
  }

  /// The value that an answer is, with or without a fence around it.
  static func value(of answer: String) throws(JSONError) -> JSONValue {
    let lines = answer.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, let last = lines.last, lines.count >= 2,
      first.elementsEqual("```json".unicodeScalars), last.elementsEqual("```".unicodeScalars)
    else { return try JSONValue(parsing: answer) }
    let inner = answer.unicodeScalars[first.endIndex..<last.startIndex]
    return try JSONValue(parsing: String(inner))
  }
}

/// How far an answer conforms to a JSON Schema.
///
///     score = 1 / (1 + number of violations)
///
/// 0 for an answer that isn't JSON, or none; each violation is a note.
public struct JSONConformance: Reward {
  /// `schema` unless told otherwise.
  public let name: String
  /// What the value has to look like.
  public let schema: JSONSchema
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A check against a schema.
  public init(
    _ schema: JSONSchema, name: String = "schema",
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.schema = schema
    self.name = name
    self.extraction = extraction
  }

  /// Checks the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    do {
      let violations = schema.violations(of: try JSONSyntax.value(of: answer))
      return .single(
        name, .value(1 / (1 + Double(violations.count))),
        notes: violations.prefix(Self.notedViolations).map(\.description))
    } catch {
      return .single(name, .value(0), notes: ["\(error)"])
    }
  }

  /// How many violations are written out.
  private static let notedViolations = 10
}
