/// Why a file is not a tokenizer that can be used.
public enum TokenizerError: Error, Hashable, Sendable {
  /// The file could not be read or written.
  case file(String)
  /// Not JSON, and where.
  case notJSON(String)
  /// A field is not there.
  case missingField(String)
  /// A field holds something else than it should.
  case malformedField(String, expected: String)
  /// Two tokens claim one id.
  case duplicateID(id: Int32, tokens: [String])
  /// Ids must be `0 ..< count`; this one has no token.
  case missingID(id: Int32, count: Int)
  /// A merge names a token that is not in the vocabulary.
  case unknownTokenInMerge(index: Int, token: String)
  /// Two merges join the same pair.
  case duplicateMerge(index: Int, pair: [String])
  /// No token stands for this single byte, so some texts could not be encoded.
  case missingByte(UInt8)
  /// The file asks for something that is not built.
  case unsupported(String)
}

extension TokenizerError: CustomStringConvertible {
  /// One sentence naming the culprit and the next step.
  public var description: String {
    switch self {
    case .file(let reason): reason
    case .notJSON(let reason): "the tokenizer file is \(reason)"
    case .missingField(let field):
      "the tokenizer file has no \(field); is this a tokenizer.json?"
    case .malformedField(let field, let expected):
      "\(field) of the tokenizer file should be \(expected)"
    case .duplicateID(let id, let tokens):
      "id \(id) is claimed by \(tokens.map { "\"\($0)\"" }.joined(separator: " and "))"
    case .missingID(let id, let count):
      "no token has id \(id) although there are \(count); ids must leave no hole"
    case .unknownTokenInMerge(let index, let token):
      "merge \(index) needs the token \"\(token)\", which is not in the vocabulary"
    case .duplicateMerge(let index, let pair):
      "merge \(index) joins \"\(pair.joined(separator: "\" and \""))\", which an earlier one does"
    case .missingByte(let byte):
      "no token stands for byte \(byte) alone; train the tokenizer with the full byte alphabet"
    case .unsupported(let what):
      "the tokenizer needs \(what), which is not supported; "
        + "byte-level BPE as in GPT-2, Qwen2, Qwen3, Llama 3 and SmolLM2 is"
    }
  }
}
