import OrderedJSON
import Testing

@Suite("JSON Schema")
struct JSONSchemaTests {
  @Test(
    "each keyword accepts what it should and refuses what it should",
    arguments: [
      ("{}", "[1]", true), ("true", "1", true), ("false", "1", false),
      (#"{"type":"integer"}"#, "5.0", true), (#"{"type":"integer"}"#, "5.5", false),
      (#"{"type":"integer"}"#, "1e400", true), (#"{"type":"number"}"#, "5", true),
      (#"{"type":"string"}"#, "5", false), (#"{"type":["string","null"]}"#, "null", true),
      (#"{"type":"boolean"}"#, "1", false), (#"{"type":"object"}"#, "[]", false),
      (#"{"enum":["a",1]}"#, "1.0", true), (#"{"enum":["a",1]}"#, #""b""#, false),
      (#"{"const":{"a":1,"b":2}}"#, #"{"b":2,"a":1}"#, true), (#"{"const":0}"#, "false", false),
      (#"{"required":["a"]}"#, #"{"a":null}"#, true), (#"{"required":["a"]}"#, "{}", false),
      (#"{"required":["a"]}"#, "3", true),
      (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#, false),
      (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#, true),
      (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1,"b":1}"#, false),
      (#"{"additionalProperties":{"type":"string"}}"#, #"{"a":"x"}"#, true),
      (#"{"additionalProperties":{"type":"string"}}"#, #"{"a":1}"#, false),
      (#"{"items":{"type":"integer"}}"#, "[1,2]", true),
      (#"{"items":{"type":"integer"}}"#, "[1,\"2\"]", false),
      (#"{"minItems":1}"#, "[]", false), (#"{"maxItems":1}"#, "[1,2]", false),
      (#"{"minItems":1,"maxItems":1}"#, "[1]", true), (#"{"uniqueItems":true}"#, "[1,1.0]", false),
      (#"{"uniqueItems":false}"#, "[1,1]", true), (#"{"minLength":2}"#, #""é""#, false),
      (#"{"maxLength":1}"#, #""😀""#, true), (#"{"maxLength":1}"#, #""ab""#, false),
      (#"{"minimum":1}"#, "1", true), (#"{"minimum":1}"#, "0.5", false),
      (#"{"maximum":1}"#, "1e999", false), (#"{"exclusiveMinimum":1}"#, "1", false),
      (#"{"exclusiveMaximum":1}"#, "0.9", true), (#"{"exclusiveMaximum":1}"#, "1", false),
      (#"{"anyOf":[{"type":"string"},{"minimum":3}]}"#, "4", true),
      (#"{"anyOf":[{"type":"string"},{"minimum":3}]}"#, "2", false),
      (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "2", true),
      (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "4", false),
      (#"{"oneOf":[{"minimum":1},{"maximum":3}]}"#, "2", false),
      (#"{"oneOf":[{"minimum":1},{"maximum":3}]}"#, "4", true),
      (#"{"title":"t","description":"d","default":1,"format":"uri"}"#, "1", true),
    ])
  func keyword(schema: String, value: String, accepted: Bool) throws {
    let schema = try JSONSchema(JSONValue(parsing: schema))
    #expect(try schema.accepts(JSONValue(parsing: value)) == accepted)
  }

  @Test("a violation names its place and what to do")
  func violations() throws {
    let schema = try JSONSchema([
      "type": "object", "required": ["query"], "additionalProperties": false,
      "properties": [
        "query": ["type": "string"],
        "years": ["type": "array", "items": ["type": "integer", "minimum": 1900]],
      ],
    ])
    let value: JSONValue = ["years": [1999, "x", 3], "a/b": 1]
    #expect(
      schema.violations(of: value).map(\.description) == [
        "the value lacks \"query\"", "/a~1b is not allowed",
        "/years/1 should be of type integer, is string", "/years/2 should be at least 1900",
      ])
  }

  @Test(
    "what is no schema, or more than is understood, is refused",
    arguments: [
      ("3", ""), (#"{"type":"text"}"#, "type"), (#"{"type":[]}"#, "type"),
      (#"{"enum":[]}"#, "enum"),
      (#"{"pattern":"a+"}"#, "pattern"), (##"{"$ref":"#/x"}"##, "$ref"),
      (#"{"required":[1]}"#, "required"), (#"{"minItems":-1}"#, "minItems"),
      (#"{"minimum":"1"}"#, "minimum"), (#"{"anyOf":[]}"#, "anyOf"),
      (#"{"properties":{"a":{"not":{}}}}"#, "not"), (#"{"uniqueItems":1}"#, "uniqueItems"),
    ])
  func refused(schema: String, keyword: String) throws {
    let json = try JSONValue(parsing: schema)
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(json) }
    #expect(error?.keyword == keyword)
  }
}
