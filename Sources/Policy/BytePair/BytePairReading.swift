internal import OrderedJSON
internal import Trajectories

extension BytePairTokenizer {
  /// Reads a `tokenizer.json` from disk.
  ///
  /// - Throws: ``TokenizerError`` naming the path, the field or the token that is wrong.
  public init(contentsOf path: String) throws(TokenizerError) {
    let bytes: [UInt8]
    do {
      bytes = try DurableFile.read(path)
    } catch {
      throw .file("\(error)")
    }
    try self.init(json: bytes)
  }

  /// Reads the content of a `tokenizer.json`.
  ///
  /// Strict: what would change an id and isn't understood is refused, never skipped.
  ///
  /// - Throws: ``TokenizerError`` naming the field or the token that is wrong.
  public init(json: [UInt8]) throws(TokenizerError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: json)
    } catch {
      throw .notJSON("\(error)")
    }
    try self.init(TokenizerFile(value))
  }

  private init(_ file: TokenizerFile) throws(TokenizerError) {
    let model = try file.model()
    let ids = try file.vocabulary(of: model)
    let added = try file.addedTokens()
    try self.init(
      vocabulary: file.vocabulary(ids: ids, added: added),
      merges: file.merges(of: model, ids: ids),
      splitting: file.splitting(),
      composesCanonically: file.composesCanonically(),
      prefersWholeWords: model["ignore_merges"]?.bool ?? false,
      postProcessor: file.root["post_processor"])
  }
}

/// The parts of a `tokenizer.json`, each checked as it is read.
private struct TokenizerFile {
  let root: JSONObject

  init(_ value: JSONValue) throws(TokenizerError) {
    guard let root = value.object else {
      throw .malformedField("the top level", expected: "an object")
    }
    self.root = root
  }

  func model() throws(TokenizerError) -> JSONObject {
    guard let value = root["model"] else { throw .missingField("model") }
    guard let model = value.object else {
      throw .malformedField("model", expected: "an object")
    }
    if let type = model["type"]?.string, type != "BPE" { throw .unsupported("a \(type) model") }
    for field in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text = model[field]?.string, !text.isEmpty {
        throw .unsupported("model.\(field) \"\(text)\"")
      }
    }
    if model["byte_fallback"]?.bool == true { throw .unsupported("model.byte_fallback") }
    if let dropout = model["dropout"]?.double, dropout != 0 {
      throw .unsupported("model.dropout \(dropout)")
    }
    return model
  }

  /// The model's tokens as they are written, with their ids.
  func vocabulary(of model: JSONObject) throws(TokenizerError) -> [[UInt8]: Int32] {
    guard let value = model["vocab"] else { throw .missingField("model.vocab") }
    guard let members = value.object?.members else {
      throw .malformedField("model.vocab", expected: "an object of ids")
    }
    var ids: [[UInt8]: Int32] = [:]
    ids.reserveCapacity(members.count)
    for member in members {
      guard let id = member.value.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
        throw .malformedField("model.vocab[\"\(member.key)\"]", expected: "an id")
      }
      ids[Array(member.key.utf8)] = id
    }
    return ids
  }

  func addedTokens() throws(TokenizerError) -> [AddedToken] {
    guard let value = root["added_tokens"], !value.isNull else { return [] }
    guard let entries = value.array else {
      throw .malformedField("added_tokens", expected: "an array")
    }
    var tokens: [AddedToken] = []
    for (index, entry) in entries.enumerated() {
      let field = "added_tokens[\(index)]"
      guard let id = entry["id"]?.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
        throw .malformedField(field + ".id", expected: "an id")
      }
      guard let text = entry["content"]?.string, !text.isEmpty else {
        throw .malformedField(field + ".content", expected: "a text that is not empty")
      }
      for option in ["single_word", "lstrip", "rstrip"] where entry[option]?.bool == true {
        throw .unsupported("\(option) of the added token \"\(text)\"")
      }
      tokens.append(AddedToken(id: id, text: text, isSpecial: entry["special"]?.bool ?? false))
    }
    return tokens
  }

  /// All ids with their bytes: a token per id, no hole.
  func vocabulary(
    ids: [[UInt8]: Int32], added: [AddedToken]
  ) throws(TokenizerError) -> BytePairVocabulary {
    let count = max(ids.values.max() ?? -1, added.map(\.id).max() ?? -1) + 1
    guard count > 0 else { throw .missingField("model.vocab") }
    guard count <= ids.count + added.count else {
      let taken = Set(ids.values).union(added.map(\.id))
      throw .missingID(id: (0..<count).first { !taken.contains($0) } ?? 0, count: taken.count)
    }
    var written = [[UInt8]?](repeating: nil, count: Int(count))
    for (token, id) in ids {
      if let other = written[Int(id)] {
        let tokens = [other, token].map { String(decoding: $0, as: UTF8.self) }.sorted()
        throw .duplicateID(id: id, tokens: tokens)
      }
      written[Int(id)] = token
    }
    var verbatim: [Int32: String] = [:]
    var addedBeside: Set<Int32> = []
    for token in added {
      let text = Array(token.text.utf8)
      if let other = written[Int(token.id)], other != text {
        throw .duplicateID(
          id: token.id, tokens: [String(decoding: other, as: UTF8.self), token.text])
      }
      if let id = ids[text] {
        guard id == token.id else {
          throw .malformedField(
            "the id of the added token \"\(token.text)\"", expected: "\(id) as in model.vocab")
        }
        verbatim[id] = token.text
      } else {
        guard addedBeside.insert(token.id).inserted else {
          throw .duplicateID(id: token.id, tokens: [token.text, token.text])
        }
        written[Int(token.id)] = text
      }
    }
    var tokens: [[UInt8]] = []
    tokens.reserveCapacity(written.count)
    for (id, token) in written.enumerated() {
      guard let token else { throw .missingID(id: Int32(id), count: written.count) }
      let id = Int32(id)
      let text = String(decoding: token, as: UTF8.self)
      if verbatim[id] == nil, !addedBeside.contains(id) {
        if let bytes = ByteAlphabet.bytes(of: text) {
          tokens.append(bytes)
          continue
        }
        verbatim[id] = text
      }
      tokens.append(token)
    }
    return BytePairVocabulary(
      tokens: tokens, addedTokens: added, addedBeside: addedBeside, verbatim: verbatim)
  }

  func merges(
    of model: JSONObject, ids: [[UInt8]: Int32]
  ) throws(TokenizerError) -> [Merge] {
    guard let value = model["merges"] else { throw .missingField("model.merges") }
    guard let entries = value.array else {
      throw .malformedField("model.merges", expected: "an array")
    }
    var merges: [Merge] = []
    merges.reserveCapacity(entries.count)
    var seen: Set<TokenPair> = []
    seen.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      let pair = Self.pair(entry)
      guard pair.count == 2 else {
        throw .malformedField("model.merges[\(index)]", expected: "two tokens")
      }
      func id(_ token: [UInt8]) throws(TokenizerError) -> Int32 {
        guard let id = ids[token] else {
          throw .unknownTokenInMerge(index: index, token: String(decoding: token, as: UTF8.self))
        }
        return id
      }
      let merge = Merge(
        pair: TokenPair(try id(pair[0]), try id(pair[1])), result: try id(pair[0] + pair[1]))
      guard seen.insert(merge.pair).inserted else {
        throw .duplicateMerge(
          index: index, pair: pair.map { String(decoding: $0, as: UTF8.self) })
      }
      merges.append(merge)
    }
    return merges
  }

  /// A merge is written `"a b"` or `["a", "b"]`.
  private static func pair(_ entry: JSONValue) -> [[UInt8]] {
    if let text = entry.string {
      return text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        .map(Array.init)
    }
    return (entry.array ?? []).compactMap { $0.string.map { Array($0.utf8) } }
  }

  func composesCanonically() throws(TokenizerError) -> Bool {
    guard let normalizer = root["normalizer"], !normalizer.isNull else { return false }
    switch normalizer["type"]?.string {
    case "NFC": return true
    case "Sequence" where normalizer["normalizers"]?.array == []: return false
    case let type: throw .unsupported("a normalizer of type \(type ?? "unknown")")
    }
  }

  func splitting() throws(TokenizerError) -> WordSplitting {
    guard let value = root["pre_tokenizer"] else { throw .missingField("pre_tokenizer") }
    let steps = value["type"]?.string == "Sequence" ? value["pretokenizers"]?.array ?? [] : [value]
    for splitting in WordSplitting.allCases where splitting.isWritten(as: steps) {
      return splitting
    }
    let types = steps.map { step in
      let pattern = step["pattern"].map { " \($0.text())" } ?? ""
      return (step["type"]?.string ?? "null") + pattern
    }
    throw .unsupported("a pre-tokenizer of \(types.joined(separator: ", then ")) as configured")
  }
}
