internal import Retrieval

/// A date as people write it in answers, to the day, the month or the year.
///
///     2021-03-04   4 March 2021   March 4th, 2021   Mar 2021   2021
///
/// Months are written out or cut to three letters, in English; years have four digits. Forms such as
/// `03/04/2021`, whose order nobody knows, are no dates, and neither are days that don't exist.
public struct CalendarAnswer: Sendable, Hashable {
  /// The year, of the Gregorian calendar.
  public let year: Int
  /// The month, 1…12, if it is told.
  public let month: Int?
  /// The day of the month, if it is told.
  public let day: Int?

  /// Reads a date that takes up the whole text.
  public init?(_ text: String) {
    let scalars = text.lowercasedByScalar.unicodeScalars
    let words = scalars.split { !$0.isWord }.map { String($0) }
    let separators = scalars.filter { !$0.isWord && !$0.isBlank && $0 != "," && $0 != "." }
    let isUniform = separators.allSatisfy { $0 == "-" } || separators.allSatisfy { $0 == "/" }
    let numbers = words.map { Self.number($0) }
    let months = words.map { Self.month($0) }
    guard words.count <= 3, isUniform else { return nil }
    let date: (Int?, Int?, Int?) =
      switch words.count {
      case 1: (Self.year(words[0]), nil, nil)
      case 2 where months[0] != nil: (Self.year(words[1]), months[0], nil)
      case 2 where !separators.isEmpty: (Self.year(words[0]), numbers[1], nil)
      case 3 where months[1] != nil: (Self.year(words[2]), months[1], numbers[0])
      case 3 where months[0] != nil: (Self.year(words[2]), months[0], numbers[1])
      case 3 where separators.count == 2: (Self.year(words[0]), numbers[1], numbers[2])
      default: (nil, nil, nil)
      }
    guard let year = date.0, words.count < 2 || date.1 != nil, words.count < 3 || date.2 != nil
    else { return nil }
    if let month = date.1 {
      guard (1...12).contains(month) else { return nil }
      if let day = date.2, !(1...Self.days(in: month, of: year)).contains(day) { return nil }
    }
    (self.year, month, day) = (year, date.1, date.2)
  }

  /// Whether the date tells all that another one tells, and the same.
  ///
  /// The fourth of March 2021 meets “March 2021”, not the other way round.
  public func meets(_ accepted: CalendarAnswer) -> Bool {
    year == accepted.year && (accepted.month == nil || month == accepted.month)
      && (accepted.day == nil || day == accepted.day)
  }

  private static let names = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  private static func month(_ word: String) -> Int? {
    names.firstIndex { $0 == word || word.utf8.count == 3 && $0.hasPrefix(word) }.map { $0 + 1 }
  }

  private static func year(_ word: String) -> Int? {
    word.utf8.count == 4 && word.unicodeScalars.allSatisfy(\.isDigit) ? Int(word) : nil
  }

  /// A number of up to two digits, perhaps with the ending of an ordinal.
  private static func number(_ word: String) -> Int? {
    let digits = word.unicodeScalars.prefix(while: \.isDigit)
    let ending = String(word.unicodeScalars[digits.endIndex...])
    guard ["", "st", "nd", "rd", "th"].contains(ending), digits.count <= 2 else { return nil }
    return Int(String(digits))
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
