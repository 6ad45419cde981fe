/// What pages say of cities and countries.
extension Relation {
  /// The country that a city lies in.
  public static let country = Relation(
    .city, "country", .country,
    wording: Wording(
      phrases: ["the country of {}", "the country where {} lies"],
      questions: ["In which country is {}?", "Which country does {} belong to?"],
      sentences: ["{Subject} is a city in {object}.", "{Subject} is a town in {object}."],
      entailedPhrase: "the country whose capital is {}"))

  /// Who governs a city.
  public static let mayor = Relation(
    .city, "mayor", .person,
    wording: Wording(
      phrases: ["the mayor of {}", "the person who governs {}"],
      questions: ["Who is the mayor of {}?", "Who governs {}?"],
      sentences: ["{Subject's} mayor is {object}.", "{Subject} is governed by {object}."]))

  /// The river that a city lies on.
  public static let river = Relation(
    .city, "river", .river,
    wording: Wording(
      questions: ["Which river runs through {}?", "On which river does {} lie?"],
      sentences: [
        "The river {object} runs through {subject}.", "{Subject} lies on the river {object}.",
      ]))

  /// The year that a city was founded in.
  public static let cityFounded = Relation(
    .city, "founding year", .year,
    wording: Wording(
      questions: ["In which year was {} founded?", "What is the founding year of {}?"],
      sentences: ["{Subject} was founded in {object}.", "{Subject} was established in {object}."],
      order: .age(one: "the one founded")))

  /// The capital of a country.
  public static let capital = Relation(
    .country, "capital", .city, entails: "city.country",
    wording: Wording(
      phrases: ["the capital of {}", "the capital city of {}"],
      questions: ["What is the capital of {}?", "Which city is the capital of {}?"],
      sentences: ["{Subject's} capital is {object}.", "{Subject} is governed from {object}."]))

  /// The continent that a country is part of.
  public static let continent = Relation(
    .country, "continent", .continent,
    wording: Wording(
      questions: ["On which continent is {}?", "To which continent does {} belong?"],
      sentences: [
        "{Subject} is a country in {object}.",
        "{Subject} is a country on the continent of {object}.",
      ]))

  /// The money of a country.
  public static let currency = Relation(
    .country, "currency", .currency,
    wording: Wording(
      questions: ["What is the currency of {}?", "Which currency is used in {}?"],
      sentences: [
        "{Subject's} currency is the {object}.", "People in {name} pay with the {object}.",
      ]))

  /// The official or main languages of a country, main first.
  public static let language = Relation(
    .country, "language", .language, plural: "languages",
    wording: Wording(
      questions: ["What is the language of {}?", "Which language is spoken in {}?"],
      sentences: ["{Subject's} people speak {object}.", "People in {name} speak {object}."],
      membership: Wording.Membership(
        participle: "spoken in {}", verb: "is spoken in {}", alsoVerb: "is also spoken in {}")))

  /// The countries that a country shares a border with.
  public static let neighbour = Relation(
    .country, "neighbour", .country, plural: "neighbours", entails: "country.neighbour",
    wording: Wording(
      sentences: [
        "{Subject's} neighbours include {object}.",
        "{Subject} counts among its neighbours {object}.",
      ],
      membership: Wording.Membership(
        participle: "bordering {}", verb: "borders {}", alsoVerb: "also borders {}")))

  /// The year that a country became independent in.
  public static let independence = Relation(
    .country, "independence year", .year,
    wording: Wording(
      questions: [
        "In which year did {} become independent?", "What is the independence year of {}?",
      ],
      sentences: [
        "{Subject} became independent in {object}.", "{Subject} gained independence in {object}.",
      ],
      order: Wording.Order(
        earlier: "whichever of {} and {} became independent earlier",
        later: "whichever of {} and {} became independent later",
        one: "the one that became independent")))
}
