public import Trajectories

/// Where a rubric came from.
public enum RubricKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// It came with the task and always counts.
  case persistent
  /// It was found while training and counts as long as it tells responses apart.
  case adaptive
}

/// A rubric that counts now.
public struct RubricInUse: Sendable, Hashable, Codable {
  /// The rubric.
  public let rubric: WeightedRubric
  /// Where it came from.
  public let kind: RubricKind

  /// A rubric in use.
  public init(_ rubric: WeightedRubric, kind: RubricKind = .persistent) {
    self.rubric = rubric
    self.kind = kind
  }
}

/// What one response scored on each of its rubrics.
///
/// - Source: DR Tulu, open_instruct/search_rewards/longform_rubric_rewards.py.
public struct RubricScores: Sendable, Hashable, Codable {
  /// A rubric and the response's score on it.
  public struct Entry: Sendable, Hashable, Codable {
    /// The rubric's name; see ``WeightedRubric/key(for:)``.
    public let key: String
    /// The rubric.
    public let rubric: RubricInUse
    /// How far the response shows what the rubric describes, in 0…1 before the weight.
    public let score: Score

    /// A score on a rubric.
    public init(key: String, rubric: RubricInUse, score: Score) {
      self.key = key
      self.rubric = rubric
      self.score = score
    }
  }

  /// One entry per rubric, in the rubrics' order.
  public let entries: [Entry]

  /// Scores of a response.
  public init(entries: [Entry]) { self.entries = entries }

  /// The weighted mean over all rubrics.
  ///
  ///     sum of weight · score  /  max(sum of positive weights, 1)
  ///
  /// At most 1, and below 0 when a response shows what negative rubrics describe. 0 without
  /// rubrics. A missing score makes it missing, with the rubric's name: a judge that did not reply
  /// is not a rubric that was not met.
  public var overall: Score { Self.mean(of: entries) }

  /// The weighted mean over the rubrics of one kind; see ``overall``.
  ///
  /// - Differs: the original's logged parts divide by the sum of signed weights;
  ///   its own ``overall`` does not.
  public func part(_ kind: RubricKind) -> Score {
    Self.mean(of: entries.filter { $0.rubric.kind == kind })
  }

  private static func mean(of entries: [Entry]) -> Score {
    var (sum, weight) = (0.0, 0.0)
    for entry in entries {
      switch entry.score {
      case .value(let value): sum += value * entry.rubric.rubric.weight
      case .missing(let reason):
        return .missing(reason: "rubric \(entry.rubric.rubric.label): \(reason)")
      }
      weight += max(entry.rubric.rubric.weight, 0)
    }
    return Score(checking: sum / max(weight, 1), of: "the mean over rubrics")
  }
}

extension WeightedRubric {
  /// What the rubric is called in a sentence.
  var label: String { title.isEmpty ? "“\(description.prefix(60))”" : "“\(title)”" }
}
