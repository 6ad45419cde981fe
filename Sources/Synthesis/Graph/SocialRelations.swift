/// What pages say of people, companies and books.
extension Relation {
  /// The city that a person was born in.
  public static let birthplace = Relation(
    .person, "birthplace", .city,
    wording: Wording(
      phrases: ["the birthplace of {}", "the city where {} was born"],
      questions: ["In which city was {} born?", "What is the birthplace of {}?"],
      sentences: ["{Subject} was born in {object}.", "{Subject's} birthplace is {object}."]))

  /// Who a person is married to.
  public static let spouse = Relation(
    .person, "spouse", .person, entails: "person.spouse",
    wording: Wording(
      phrases: ["the spouse of {}", "the person married to {}"],
      questions: ["Who is the spouse of {}?", "Who is married to {}?"],
      sentences: ["{Subject's} spouse is {object}.", "{Subject} is married to {object}."]))

  /// The company that a person works for.
  public static let employer = Relation(
    .person, "employer", .company,
    wording: Wording(
      phrases: ["the employer of {}", "the company that employs {}"],
      questions: ["Which company is the employer of {}?", "Which company does {} work for?"],
      sentences: ["{Subject} works for {object}.", "{Subject's} employer is {object}."]))

  /// What a person does for a living.
  public static let profession = Relation(
    .person, "profession", .profession,
    wording: Wording(
      questions: ["What is the profession of {}?", "What does {} do for a living?"],
      sentences: ["{Subject} is a {object}.", "{Subject} is a {object} by profession."]))

  /// The year that a person was born in.
  public static let birthYear = Relation(
    .person, "birth year", .year,
    wording: Wording(
      questions: ["In which year was {} born?", "What is the birth year of {}?"],
      sentences: [
        "{Subject's} birth year is {object}.", "{Subject} was born in the year {object}.",
      ],
      order: .age(one: "the one born")))

  /// The languages that a person speaks.
  public static let speaks = Relation(
    .person, "language", .language, isMany: true,
    wording: Wording(
      sentences: ["{Subject} speaks {object}.", "{Subject} is fluent in {object}."],
      membership: Wording.Membership(
        participle: "spoken by {}", verb: "is spoken by {}", alsoVerb: "is also spoken by {}")))

  /// The books that a person wrote.
  public static let wrote = Relation(
    .person, "book", .book, isMany: true, entails: "book.author",
    wording: Wording(
      sentences: ["{Subject} wrote {object}.", "{Subject} is the author of {object}."],
      membership: Wording.Membership(
        participle: "written by {}", verb: "was written by {}", alsoVerb: "was also written by {}"))
  )

  /// The city that a company is run from.
  public static let headquarters = Relation(
    .company, "headquarters", .city,
    wording: Wording(
      phrases: ["the headquarters city of {}", "the city where {} is based"],
      questions: ["In which city does {} have its headquarters?", "In which city is {} based?"],
      sentences: [
        "{Subject} is a company with headquarters in {object}.",
        "{Subject} is a company based in {object}.",
      ]))

  /// Who founded a company.
  public static let founder = Relation(
    .company, "founder", .person,
    wording: Wording(
      phrases: ["the founder of {}", "the person who founded {}"],
      questions: ["Who is the founder of {}?", "Who founded {}?"],
      sentences: ["{Subject's} founder is {object}.", "{Subject} was founded by {object}."]))

  /// What a company is known for.
  public static let product = Relation(
    .company, "product", .product,
    wording: Wording(
      questions: ["What is the best-known product of {}?", "For which product is {} known?"],
      sentences: [
        "{Subject's} best-known product is the {object}.", "{Subject} is known for the {object}.",
      ]))

  /// The year that a company was founded in.
  public static let companyFounded = Relation(
    .company, "founding year", .year,
    wording: Wording(
      questions: ["In which year was {} founded?", "What is the founding year of {}?"],
      sentences: ["{Subject} was founded in {object}.", "{Subject} was established in {object}."],
      order: .age(one: "the one founded")))

  /// The books that a company published.
  public static let published = Relation(
    .company, "book", .book, isMany: true, entails: "book.publisher",
    wording: Wording(
      sentences: ["{Subject} published {object}.", "{Subject} is the publisher of {object}."],
      membership: Wording.Membership(
        participle: "published by {}", verb: "was published by {}",
        alsoVerb: "was also published by {}")))

  /// Who wrote a book.
  public static let author = Relation(
    .book, "author", .person, entails: "person.book",
    wording: Wording(
      phrases: ["the author of {}", "the person who wrote {}"],
      questions: ["Who is the author of {}?", "Who wrote {}?"],
      sentences: ["{Subject's} author is {object}.", "{Subject} was written by {object}."]))

  /// Who published a book.
  public static let publisher = Relation(
    .book, "publisher", .company, entails: "company.book",
    wording: Wording(
      phrases: ["the publisher of {}", "the company that published {}"],
      questions: ["Which company is the publisher of {}?", "Which company published {}?"],
      sentences: ["{Subject's} publisher is {object}.", "{Subject} was published by {object}."]))

  /// The year that a book came out in.
  public static let bookYear = Relation(
    .book, "publication year", .year,
    wording: Wording(
      questions: ["In which year did {} come out?", "What is the publication year of {}?"],
      sentences: ["{Subject's} publication year is {object}.", "{Subject} came out in {object}."],
      order: Wording.Order(
        earlier: "whichever of {} and {} came out earlier",
        later: "whichever of {} and {} came out later", one: "the one that came out")))

  /// The city that a book is set in.
  public static let setting = Relation(
    .book, "setting", .city,
    wording: Wording(
      phrases: ["the setting of {}", "the city where {} is set"],
      questions: ["In which city is {} set?", "Which city is the setting of {}?"],
      sentences: ["{Subject's} setting is {object}.", "{Subject} is set in {object}."]))

  /// What sort of book it is.
  public static let genre = Relation(
    .book, "genre", .genre,
    wording: Wording(
      questions: ["What is the genre of {}?", "What sort of book is {}?"],
      sentences: ["{Subject} is a {object}.", "{Subject} is a much-read {object}."]))
}

/// One phrase for two relations in a row: a person's birthplace, and then its country.
struct MergedWording: Sendable {
  let first: Relation
  let second: Relation
  let phrase: String
  let question: String

  static let all = [
    MergedWording(
      first: .birthplace, second: .country, phrase: "the country where {} was born",
      question: "In which country was {} born?"),
    MergedWording(
      first: .headquarters, second: .country, phrase: "the country where {} is based",
      question: "In which country is {} based?"),
  ]
}
