import OrderedJSON
import Testing

@Suite("Strict JSON")
struct StrictJSONTests {
  @Test("an object keeps the order of its keys and the digits of its numbers")
  func keepsOrderAndDigits() throws {
    let text = #"{"z":1.50,"a":[1e5,-0.0,12345678901234567890123],"m":{"y":null,"x":true}}"#
    let value = try JSONValue(parsing: text)
    #expect(value.text() == text)
    #expect(value.object?.keys == ["z", "a", "m"])
    #expect(value["z"]?.double == 1.5)
    #expect(value["a"]?[0]?.integer == 100_000)
    #expect(value["a"]?[2]?.integer == nil)
    #expect(value["m"]?["x"]?.bool == true)
    #expect(value["nothing"] == nil)
    #expect(value["a"]?[3] == nil)
  }

  @Test("escapes, surrogate pairs and raw UTF-8 read as the same text")
  func escapes() throws {
    let value = try JSONValue(parsing: #"["\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t", "é😀"]"#)
    #expect(value[0]?.string == "é😀\"\\/\u{8}\u{c}\n\r\t")
    #expect(value[1]?.string == "é😀")
  }

  @Test(
    "what RFC 8259 forbids is refused at the byte that is wrong",
    arguments: [
      ("", 0), ("  ", 2), ("[1,]", 3), ("{\"a\":1,}", 7), ("[1 2]", 3), ("{a:1}", 1), ("01", 0),
      ("-", 0), ("1.", 0), (".5", 0), ("+1", 0), ("1e", 0), ("tru", 0), ("nulll", 0), ("NaN", 0),
      ("'a'", 0), ("\"a", 2), ("\"\\x\"", 1), ("\"\\u12g4\"", 1), ("\"\\u12", 5),
      ("\"\\ud800\"", 1), ("\"\\udc00\\ud800\"", 1), ("\"\\ud800\\u0041\"", 1), ("[1]x", 3),
      ("{\"a\":1,\"a\":2}", 7), ("\"a\nb\"", 2), ("// c\n1", 0), ("{\"a\" 1}", 5), ("]", 0),
      ("\u{feff}1", 0),
    ])
  func refused(text: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.offset == offset)
    #expect(error?.description.contains("byte \(offset)") == true)
  }

  @Test("an error names its line")
  func line() {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: "{\n \"a\": 1,\n \"b\" 2}")
    }
    #expect(error?.line == 3)
  }

  @Test("bytes that are not UTF-8 are refused inside and outside of strings")
  func invalidUTF8() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0x5c, 0x6e, 0xc3, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0xc3, 0xa9]) }
  }

  @Test("nesting is allowed up to the limit and refused one deeper")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue(parsing: nested(200)).text() == nested(200))
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(201)) }
    #expect(error?.reason == .tooDeep(limit: 200))
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000)) }
  }

  @Test("every cut of a document is refused, and none crashes")
  func everyCut() throws {
    let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é"],"b":{"c":true,"d":null}}"#.utf8)
    for end in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) }
      _ = try? JSONValue(parsing: Array(text[..<end]), as: .lenient)
    }
  }

  @Test("writing and reading give the value back, compact and pretty")
  func roundTrip() throws {
    let value: JSONValue = [
      "text": "a\u{0}\u{1f}\"\\\u{7f}é😀\r\n", "empty": [], "none": [:],
      "list": [1, 2.5, nil, false],
      "nested": ["k": [["deep": 1e300]]],
    ]
    #expect(try JSONValue(parsing: value.bytes()) == value)
    #expect(try JSONValue(parsing: value.bytes(.pretty)) == value)
    #expect(value.text() != value.text(.pretty))
    #expect(try JSONValue(parsing: value.text(.pretty)).text() == value.text())
  }

  @Test("pretty layout puts one member on a line")
  func pretty() {
    let value: JSONValue = ["a": [1, 2], "b": [:]]
    #expect(value.text(.pretty) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
  }
}

@Suite("JSON values")
struct JSONValueTests {
  @Test("numbers are equal when they are the same number, whatever their digits")
  func numbers() throws {
    let same = try JSONValue(parsing: "[1, 1.0, 10e-1, 0.1E1, 100000e-5]").array ?? []
    #expect(Set(same).count == 1)
    #expect(same.allSatisfy { $0.integer == 1 })
    let different = try JSONValue(
      parsing: "[12345678901234567890123, 12345678901234567890124, 1e400, -1, 1.5]")
    #expect(Set(different.array ?? []).count == 5)
    #expect(different[2]?.double == nil)
    #expect(try JSONValue(parsing: "[0, -0, 0.00, 0e7]").array.map { Set($0).count } == 1)
    #expect(try JSONValue(parsing: "9223372036854775807").integer == .max)
    #expect(try JSONValue(parsing: "9223372036854775808").integer == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(0.1)?.text == "0.1")
    #expect(JSONNumber(3.0)?.text == "3")
  }

  @Test("objects are equal regardless of order, arrays are not")
  func order() {
    let left: JSONValue = ["a": 1, "b": [1, 2]]
    let right: JSONValue = ["b": [1, 2], "a": 1]
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    #expect(left != ["a": 1, "b": [2, 1]])
    #expect(left != ["a": 1])
  }

  @Test("keys that only look alike are different keys")
  func canonicalEquivalence() throws {
    let value = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{e9}"]?.integer == 1)
    #expect(value["e\u{301}"]?.integer == 2)
    #expect(JSONValue.string("\u{e9}") != .string("e\u{301}"))
  }

  @Test("setting, replacing and removing keys keep the order of the others")
  func mutation() {
    var object = JSONObject()
    for index in 0..<20 { object["k\(index)"] = .number(JSONNumber(index)) }
    object["k3"] = "new"
    object["k5"] = nil
    #expect(object.keys == (0..<20).filter { $0 != 5 }.map { "k\($0)" })
    #expect(object["k3"]?.string == "new")
    #expect(object["k19"]?.integer == 19)
    #expect(object["k5"] == nil)
    for index in 0..<20 { object["k\(index)"] = nil }
    #expect(object.isEmpty)
  }
}

@Suite("Lenient JSON")
struct LenientJSONTests {
  @Test(
    "what language models write is read",
    arguments: [
      "{'a': 1, 'b': [True, None,],}", "{a: 1, b: [true, null]}",
      "// thinking\n{\"a\": 1, /* why */ \"b\": [true, null] # end\n}",
      "Sure! Here it is:\n```json\n{\"a\": 1, \"b\": [true, null]}\n```\nAnything else?",
      "As [1] and [2] say: {\"a\": 1, \"b\": [true, null]}",
      "{\"a\": 9, \"a\": 1, \"b\": [true, null]}",
      "\u{feff}{\"b\": [true, null], \"a\": 1}",
    ])
  func read(text: String) throws {
    #expect(try JSONValue(parsing: text, as: .lenient) == ["a": 1, "b": [true, nil]])
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test("raw line breaks, odd escapes and half surrogates survive as text")
  func strings() throws {
    #expect(try JSONValue(parsing: "\"a\nb\"", as: .lenient).string == "a\nb")
    #expect(try JSONValue(parsing: #""\d+ \'x\'""#, as: .lenient).string == #"\d+ 'x'"#)
    #expect(try JSONValue(parsing: #""\ud800x""#, as: .lenient).string == "\u{fffd}x")
  }

  @Test("text without any value is refused with the first thing that is wrong")
  func refused() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "no idea", as: .lenient) }
    #expect(error?.offset == 0)
  }

  @Test("every block of a text is found, none twice")
  func blocks() {
    let text = "{\"a\":{\"b\":1}} and [2] but { not this [3] {'c':4}"
    #expect(JSONValue.blocks(in: text) == [["a": ["b": 1]], [2], [3], ["c": 4]])
    #expect(JSONValue.blocks(in: "").isEmpty)
  }

  @Test(
    "hostile text costs time linear in its length",
    arguments: ["[", "{", "[/*", "{\"", "[\"", "{a:", "[{", "['"])
  func hostile(piece: String) {
    let clock = ContinuousClock()
    let text = String(repeating: piece, count: 20_000)
    let elapsed = clock.measure { _ = JSONValue.blocks(in: text) }
    #expect(elapsed < .seconds(30))
  }
}
