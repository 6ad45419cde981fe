/// One thing that a good answer does, or that a bad one does, and how much it counts.
///
/// - Source: DR Tulu, open_instruct/search_rewards/longform_rubric_rewards.py.
public struct WeightedRubric: Sendable, Hashable, Codable {
  /// What to look for, in the words that the judge reads.
  public let description: String
  /// A short label for logs; empty if there is none.
  public let title: String
  /// Positive for what a good answer does, negative for what a bad one does; finite.
  public let weight: Double

  /// A rubric.
  ///
  /// - Precondition: `weight` is finite.
  public init(_ description: String, title: String = "", weight: Double = 1) {
    precondition(weight.isFinite, "the weight of a rubric must be finite, got \(weight)")
    self.description = description
    self.title = title
    self.weight = weight
  }

  /// Reads a rubric; the title may be absent.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let weight = try container.decode(Double.self, forKey: .weight)
    guard weight.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .weight, in: container, debugDescription: "a rubric's weight must be finite")
    }
    self.init(
      try container.decode(String.self, forKey: .description),
      title: try container.decodeIfPresent(String.self, forKey: .title) ?? "", weight: weight)
  }

  /// The name under which logs and statistics keep the rubric of a question.
  ///
  ///     the first 12 hexadecimal digits of MD5(question || description || title)
  ///
  /// joined by two vertical bars, in UTF-8. The weight is no part of it.
  public func key(for question: String) -> String {
    String(MD5.hexadecimal("\(question)||\(description)||\(title)".utf8).prefix(12))
  }
}
