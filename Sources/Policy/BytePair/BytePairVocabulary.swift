/// The bytes of every id, end to end, and which ids were added beside the model's own.
struct BytePairVocabulary: Sendable {
  /// The bytes of all tokens. `[offsets.last]`
  private let bytes: [UInt8]
  /// `count + 1` positions in `bytes`.
  private let offsets: [Int32]
  /// Ascending by id.
  let addedTokens: [AddedToken]
  /// Added tokens that are not in the model's own vocabulary.
  let addedBeside: Set<Int32>
  /// Tokens of the model that the byte alphabet can't write, as they are written.
  let verbatim: [Int32: String]

  var count: Int { offsets.count - 1 }

  init(
    tokens: [[UInt8]], addedTokens: [AddedToken], addedBeside: Set<Int32>,
    verbatim: [Int32: String] = [:]
  ) {
    bytes = Array(tokens.joined())
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(tokens.count + 1)
    var end: Int32 = 0
    for token in tokens {
      end += Int32(token.count)
      offsets.append(end)
    }
    self.offsets = offsets
    self.addedTokens = addedTokens.sorted { $0.id < $1.id }
    self.addedBeside = addedBeside
    self.verbatim = verbatim
  }

  func bytes(of id: Int32) -> ArraySlice<UInt8> {
    guard id >= 0, Int(id) < count else { return [] }
    return bytes[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
  }

  /// How a tokenizer file writes a token of the model.
  func text(of id: Int32) -> String {
    verbatim[id] ?? ByteAlphabet.text(of: bytes(of: id))
  }

  /// The ids of the model's own tokens, ascending.
  var modelIDs: some Sequence<Int32> {
    (0..<Int32(count)).lazy.filter { !addedBeside.contains($0) }
  }

  /// The model's own tokens that the byte alphabet can write.
  func modelTokens() -> [[UInt8]: Int32] {
    var result: [[UInt8]: Int32] = [:]
    for id in modelIDs where verbatim[id] == nil { result[Array(bytes(of: id))] = id }
    return result
  }

  /// The token of each single byte. `[256]`
  func byteTokens() throws(TokenizerError) -> [Int32] {
    var tokens = [Int32](repeating: -1, count: 256)
    for id in modelIDs where verbatim[id] == nil {
      let bytes = bytes(of: id)
      if let byte = bytes.first, bytes.count == 1 { tokens[Int(byte)] = id }
    }
    if let missing = tokens.firstIndex(of: -1) { throw .missingByte(UInt8(missing)) }
    return tokens
  }
}
