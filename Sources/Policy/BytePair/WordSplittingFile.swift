internal import OrderedJSON

extension WordSplitting {
  private static let qwen2Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let llama3Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The pre-tokenizer of a `tokenizer.json` that cuts as this does.
  var json: JSONValue {
    let steps = written
    return steps.count == 1
      ? steps[0] : ["type": "Sequence", "pretokenizers": .array(steps)]
  }

  /// Whether a file's steps cut as this does; options that change no id are ignored.
  func isWritten(as steps: [JSONValue]) -> Bool {
    steps.count == written.count
      && zip(steps, written).allSatisfy { Self.behaviour($0) == Self.behaviour($1) }
  }

  private var written: [JSONValue] {
    switch self {
    case .gpt2: [Self.byteLevel(pattern: true)]
    case .gpt2SingleDigits:
      [["type": "Digits", "individual_digits": true], Self.byteLevel(pattern: true)]
    case .qwen2: [Self.split(Self.qwen2Pattern), Self.byteLevel(pattern: false)]
    case .llama3: [Self.split(Self.llama3Pattern), Self.byteLevel(pattern: false)]
    }
  }

  private static func byteLevel(pattern: Bool) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false,
      "use_regex": .bool(pattern),
    ]
  }

  private static func split(_ pattern: String) -> JSONValue {
    [
      "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
      "invert": false,
    ]
  }

  /// A step without what changes no id, and with the defaults filled in.
  private static func behaviour(_ step: JSONValue) -> JSONValue {
    guard var object = step.object, object["type"]?.string == "ByteLevel" else { return step }
    object["trim_offsets"] = nil
    object["use_regex"] = object["use_regex"] ?? true
    return .object(object)
  }
}
