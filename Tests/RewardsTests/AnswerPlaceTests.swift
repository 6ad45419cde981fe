import Rewards
import Testing

@Suite("Where answers stand")
struct AnswerPlaceTests {
  @Test("the last box counts, with its inner braces")
  func boxes() {
    let boxed = AnswerExtraction.boxed
    #expect(boxed.answer(in: #"\boxed{1} then \boxed{ \frac{1}{2} }."#) == #"\frac{1}{2}"#)
    #expect(boxed.answer(in: #"so $\boxed 7$."#) == "7")
    #expect(boxed.answer(in: #"\boxed{1} \boxed{2"#) == nil)
    #expect(boxed.answer(in: #"\boxed{}"#)?.isEmpty == true)
    #expect(boxed.answer(in: #"\boxed"#) == nil)
    #expect(boxed.answer(in: "7") == nil)
  }

  @Test("the last line that is not blank counts")
  func lines() {
    #expect(AnswerExtraction.lastLine.answer(in: "I think so.\r\n  Ada \n\u{A0}\n") == "Ada")
    #expect(AnswerExtraction.lastLine.answer(in: " \n\t") == nil)
  }

  @Test("a box can be asked for within tags")
  func nested() {
    let rule = AnswerExtraction.boxedInTag
    #expect(rule.answer(in: #"\boxed{1} <answer>it is \boxed{2}</answer> \boxed{3}"#) == "2")
    #expect(rule.answer(in: #"\boxed{1} <answer>2</answer>"#) == nil)
  }

  @Test("the first pair counts where the rule says so")
  func first() {
    let text = "<answer>a</answer><answer>b</answer>"
    #expect(AnswerExtraction(.tag("answer"), choice: .first).answer(in: text) == "a")
    #expect(AnswerExtraction().answer(in: text) == "b")
  }

  @Test(
    "blanks of every width are taken off, and nothing else",
    arguments: [
      (" \u{A0}\u{3000}x \u{E9}\u{2003}\u{85}\n", "x \u{E9}"), ("\u{200B}x", "\u{200B}x"),
      ("é", "é"), (" é", "é"), ("\u{1C}東\u{2028}", "東"), ("\u{3000}", ""),
    ])
  func blanks(_ body: String, _ expected: String) {
    #expect(AnswerExtraction().answer(in: "<answer>\(body)</answer>") == expected)
  }
}

@Suite("Answers that mean the same")
struct AnswerMeaningTests {
  @Test(
    "numbers are read as people write them",
    arguments: [
      ("1,234.5", 1234.5), ("−3", -3), ("$2.5 million", 2.5e6), ("1e3", 1000), ("12 %", 0.12),
      ("3/4", 0.75), (".5", 0.5), ("42.", 42), ("+7", 7), ("1,000,000", 1e6), ("-€5", -5),
      ("2 Percent", 0.02),
    ])
  func numbers(_ text: String, _ value: Double) throws {
    let number = try #require(NumericAnswer(text))
    #expect(abs(number.value - value) <= 1e-12 * abs(value))
  }

  @Test(
    "what is not just a number is none",
    arguments: [
      "", "about 3", "1,23", ",123", "1234,567", "3 km", "inf", "nan", "0x10", "1e999", "1/0",
      "--1",
      "1.2.3", "e5", "1e", ".", "%", "١٢",
    ])
  func noNumbers(_ text: String) { #expect(NumericAnswer(text) == nil) }

  @Test(
    "dates are read in the forms that have one order",
    arguments: [
      "2021-03-04", "4 March 2021", "March 4th, 2021", "4 mar 2021", "2021/3/4", "Mar. 4, 2021",
    ])
  func dates(_ text: String) throws {
    let date = try #require(CalendarAnswer(text))
    #expect(date == CalendarAnswer("2021-03-04"))
  }

  @Test(
    "what is not a date is none",
    arguments: [
      "03/04/2021", "2021-02-30", "29 February 1900", "13 2021", "March", "4 March",
      "31 April 2020",
      "2021-13", "", "soon", "2021-03/04", "March March 2021", "20210304",
    ])
  func noDates(_ text: String) { #expect(CalendarAnswer(text) == nil) }

  @Test("a leap day exists in leap years")
  func leapDay() {
    #expect(CalendarAnswer("29 February 2000")?.day == 29)
    #expect(CalendarAnswer("29 February 2024")?.month == 2)
  }

  @Test("a date has to tell all that the accepted one tells")
  func precision() {
    let rule = AnswerEquivalence()
    #expect(rule.holds("4 March 2021", anyOf: ["March 2021"]))
    #expect(!rule.holds("March 2021", anyOf: ["4 March 2021"]))
    #expect(!rule.holds("2021-04-03", anyOf: ["4 March 2021"]))
  }

  @Test("meaning goes by text, number, date and list")
  func equivalence() {
    let rule = AnswerEquivalence()
    #expect(rule.holds("the Beatles!", anyOf: ["Beatles"]))
    #expect(rule.holds("1.5 thousand", anyOf: ["1,500"]))
    #expect(!rule.holds("234, 1", anyOf: ["1,234"]))
    #expect(!rule.holds("1501", anyOf: ["1,500"]))
    #expect(AnswerEquivalence(relativeTolerance: 0.01).holds("1501", anyOf: ["1,500"]))
    #expect(rule.holds("- Bob\n- Ada", anyOf: ["Ada, Bob"]))
    #expect(rule.holds("1) Ada & Bob", anyOf: ["Bob and Ada"]))
    #expect(!rule.holds("Ada, Bob, Eve", anyOf: ["Ada, Bob"]))
    #expect(!rule.holds("x", anyOf: []))
  }

  @Test("lists overlap by their things")
  func lists() {
    let overlap = AnswerList("Ada; Bob, Eve and Ada").overlap(with: AnswerList("the ada, Dan"))
    #expect(overlap.precision == 1.0 / 3)
    #expect(overlap.recall == 0.5)
    #expect(AnswerList(" , ;").items.isEmpty)
  }
}
