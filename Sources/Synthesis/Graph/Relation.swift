/// What a fact says about its subject, with the words for it.
///
/// Two relations are equal when their ``id``s are.
public struct Relation: Sendable, Identifiable {
  /// The kind of subject and the noun: "city.mayor".
  public let id: String
  /// The one word that names the relation wherever wording must be regular: "mayor".
  public let noun: String
  /// The kind of subject.
  public let subject: EntityKind
  /// The kind of object.
  public let object: EntityKind
  /// Whether a subject may have several objects.
  public let isMany: Bool
  /// The id of the relation that also holds, with subject and object exchanged, whenever this one
  /// does: a capital's country is the country whose capital it is.
  public let entails: String?
  /// How it is said.
  public let wording: Wording

  /// A relation.
  ///
  /// - Parameters:
  ///   - subject: The kind of subject.
  ///   - noun: Its regular name; with the kind of subject it makes the ``id``.
  ///   - object: The kind of object.
  ///   - isMany: Whether a subject may have several objects.
  ///   - entails: The id of the relation that follows for the object.
  ///   - wording: How it is said.
  public init(
    _ subject: EntityKind, _ noun: String, _ object: EntityKind, isMany: Bool = false,
    entails: String? = nil, wording: Wording
  ) {
    id = "\(subject.rawValue).\(noun)"
    self.noun = noun
    self.subject = subject
    self.object = object
    self.isMany = isMany
    self.entails = entails
    self.wording = wording
  }

  /// Whether it holds in both directions, like marriage.
  public var isSymmetric: Bool { entails == id }
}

extension Relation: Hashable {
  /// Whether both have the same id.
  public static func == (left: Relation, right: Relation) -> Bool { left.id == right.id }

  /// Hashes the id.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// The words for a relation.
///
/// In ``phrases`` and ``questions``, `{}` stands for the subject, which may itself be a phrase. In
/// ``sentences``, `{Subject}`, `{Subject's}` and `{subject}` become the name or a pronoun, `{name}`
/// always the name, and `{object}` the object or the list of objects.
public struct Wording: Sendable, Hashable {
  /// Noun phrases for the object: "the mayor of {}".
  public let phrases: [String]
  /// Whole questions for the object, like "Who is the mayor of {}?"; empty when nobody asks.
  public let questions: [String]
  /// Sentences for a page: "{Subject's} mayor is {object}.".
  public let sentences: [String]
  /// The relation said of its object, for lists that are intersected.
  public let membership: Membership?
  /// Order said of two subjects by this relation, where the object is a year.
  public let order: Order?
  /// A phrase that fits only when a fact that entails this one holds:
  /// "the country whose capital is {}".
  public let entailedPhrase: String?

  /// Words for a relation.
  public init(
    phrases: [String] = [], questions: [String] = [], sentences: [String],
    membership: Membership? = nil, order: Order? = nil, entailedPhrase: String? = nil
  ) {
    self.phrases = phrases
    self.questions = questions
    self.sentences = sentences
    self.membership = membership
    self.order = order
    self.entailedPhrase = entailedPhrase
  }

  /// A many-valued relation said of one of its objects; `{}` stands for the subject.
  public struct Membership: Sendable, Hashable {
    /// After the noun: "written by {}".
    public let participle: String
    /// As the verb of a question: "was written by {}".
    public let verb: String
    /// The same with "also": "was also written by {}".
    public let alsoVerb: String

    /// A relation said of one of its objects.
    public init(participle: String, verb: String, alsoVerb: String) {
      self.participle = participle
      self.verb = verb
      self.alsoVerb = alsoVerb
    }
  }

  /// Which of two subjects comes first or last by year.
  public struct Order: Sendable, Hashable {
    /// The one with the lower year; the first `{}` and the second stand for the two subjects:
    /// "the older of {} and {}".
    public let earlier: String
    /// The one with the higher year: "the younger of {} and {}".
    public let later: String
    /// Which of two that were named before, but for the last word, "earlier" or "later":
    /// "the one founded".
    public let one: String

    /// Words for the first and the last by year.
    public init(earlier: String, later: String, one: String) {
      self.earlier = earlier
      self.later = later
      self.one = one
    }

    /// Order by age: "the older of Velmora and Tarkis".
    public static func age(one: String) -> Order {
      Order(earlier: "the older of {} and {}", later: "the younger of {} and {}", one: one)
    }
  }
}
