internal import OrderedJSON
internal import Trajectories

extension BytePairTokenizer {
  /// The tokenizer as the content of a `tokenizer.json`; reading it gives the same ids for every
  /// text, here and in the `tokenizers` library.
  public func json() -> [UInt8] {
    let root: JSONValue = [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": .array(addedTokens.map(Self.json)),
      "normalizer": composesCanonically ? ["type": "NFC"] : nil,
      "pre_tokenizer": splitting.json,
      "post_processor": postProcessor ?? nil,
      "decoder": [
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false,
      ],
      "model": modelJSON,
    ]
    return root.bytes(.pretty)
  }

  /// Writes a `tokenizer.json`: the old file stays until the new one is safe on the disk.
  ///
  /// - Throws: ``TokenizerError/file(_:)`` with the system's reason.
  public func write(to path: String) throws(TokenizerError) {
    do {
      try DurableFile.write(json(), to: path)
    } catch {
      throw .file("\(error)")
    }
  }

  private static func json(_ token: AddedToken) -> JSONValue {
    [
      "id": .number(JSONNumber(Int(token.id))), "content": .string(token.text),
      "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
      "special": .bool(token.isSpecial),
    ]
  }

  private var modelJSON: JSONValue {
    var tokens = JSONObject()
    for id in vocabulary.modelIDs {
      tokens[vocabulary.text(of: id)] = .number(JSONNumber(Int(id)))
    }
    let pairs = merges.merges.map { merge in
      JSONValue.array([
        .string(vocabulary.text(of: merge.pair.left)),
        .string(vocabulary.text(of: merge.pair.right)),
      ])
    }
    return [
      "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
      "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": false,
      "ignore_merges": .bool(prefersWholeWords), "vocab": .object(tokens),
      "merges": .array(pairs),
    ]
  }
}
