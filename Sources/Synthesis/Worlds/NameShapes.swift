internal import RandomStreams

/// What names are made of besides invented words; `@` stands for one of those.
enum NameShapes {
  static let shared = [
    "the", "and", "new", "port", "san", "saint", "fort", "city", "north", "south", "east", "west",
    "upper", "islands", "republic", "são", "côte", "van", "bin", "united", "emirates", "of", "la",
    "el",
  ]

  /// Shapes with how many times in a hundred each is drawn.
  static let city: [(shape: String, weight: Int)] = [
    ("@", 62), ("New @", 6), ("Port @", 4), ("San @", 5), ("São @", 2), ("@-@", 4), ("N'@", 2),
    ("El @", 2), ("Saint @", 2), ("@ City", 3), ("Fort @", 1), ("La @", 1), ("@ @", 3),
    ("Port of @", 2), ("@ de @", 1),
  ]
  static let country: [(shape: String, weight: Int)] = [
    ("@", 61), ("@ and @", 6), ("the @", 4), ("the United @", 2), ("Saint @ and the @", 2),
    ("North @", 2), ("South @", 2), ("East @", 1),
    ("Upper @", 1),
    ("the @ Islands", 3), ("the Republic of @", 2), ("New @", 3), ("Côte d'@", 1), ("@-@", 2),
    ("El @", 2), ("the United @ Emirates", 1), ("São @ and @", 1), ("@ @", 3),
    ("the @ Republic", 2), ("the @ Republic of the @", 1),
  ]
  static let lastName: [(shape: String, weight: Int)] = [
    ("@", 86), ("@-@", 4), ("van @", 2), ("de @", 2), ("bin @", 1), ("O'@", 2), ("al-@", 2),
    ("D'@", 1),
  ]
  static let single: [(shape: String, weight: Int)] = [("@", 100)]
  static let river: [(shape: String, weight: Int)] = [("@", 92), ("White @", 4), ("Blue @", 4)]

  static func draw(
    _ shapes: [(shape: String, weight: Int)], _ stream: inout RandomStream
  ) -> String {
    var ticket = stream.index(below: shapes.reduce(0) { $0 + $1.weight })
    for (shape, weight) in shapes {
      if ticket < weight { return shape }
      ticket -= weight
    }
    return "@"
  }
}

/// Shapes of book titles; `#` stands for a plain noun.
enum BookTitles {
  static let shapes: [(shape: String, weight: Int)] = [
    ("The # of @", 45), ("@", 15), ("The @ #", 20), ("# in @", 20),
  ]
  static let shared = ["of", "in"]
  static let nouns = [
    "House", "Garden", "Song", "Winter", "Daughter", "Bridge", "Clock", "Harbour", "Mirror",
    "Letter", "Orchard", "Lantern", "Voyage", "Silence", "Stone", "Tower", "Map", "Debt", "Feast",
    "Storm",
  ]
}

/// Shapes of company names.
enum CompanyShapes {
  static let maker: [(shape: String, weight: Int)] = [
    ("@ Works", 15), ("@ Brothers", 12), ("@ Motors", 10), ("@ and Sons", 8), ("@ Mills", 10),
    ("@ @", 15), ("@ Glass", 8), ("@ Foods", 8), ("@ Lines", 7), ("@", 7),
  ]
  static let publisher: [(shape: String, weight: Int)] = [
    ("@ Press", 60), ("@ House", 30), ("@ @ Press", 10),
  ]
  static let shared = [
    "works", "brothers", "motors", "sons", "mills", "glass", "foods", "lines", "press", "house",
    "white", "blue",
  ]
}

/// Words for what companies make.
enum ProductNames {
  static let nouns = [
    "lamp", "bicycle", "kettle", "camera", "piano", "tractor", "watch", "radio", "engine", "chair",
    "lens", "stove", "violin", "pump", "boat", "loom",
  ]
}
