/// The reply to `POST /retrieve` in Search-R1's protocol: for each query a list of documents.
///
///     {"result": [[{"document": {"id": "7", "contents": "\"Title\"\nText"}, "score": 1.5}]]}
///     {"result": [[{"id": "7", "contents": "\"Title\"\nText"}]]}
///
/// The first form was asked for with scores, the second without. A query that matches fewer
/// documents than asked for has a shorter list.
///
/// - Source: Search-R1, search_r1/search/retrieval_server.py.
public struct RetrieveResponse: Sendable, Hashable, Codable {
  /// For each query the passages found, best first.
  public var results: [[RetrievedPassage]]

  /// A reply with these passages.
  public init(results: [[RetrievedPassage]]) {
    self.results = results
  }

  /// A reply made of hits, with or without their scores.
  public init(_ hits: [[SearchHit]], returningScores: Bool) {
    results = hits.map { hits in
      hits.map { hit in
        RetrievedPassage(
          id: hit.document.id, contents: hit.document.contents,
          score: returningScores ? hit.score : nil)
      }
    }
  }

  /// The hits; a passage that came without a score has score 0.
  public var hits: [[SearchHit]] {
    results.map { $0.map { SearchHit(document: $0.document, score: $0.score ?? 0) } }
  }

  private enum CodingKeys: String, CodingKey {
    case results = "result"
  }
}

/// A passage as it travels: its identifier, and title and text in one string.
public struct RetrievedPassage: Sendable, Hashable {
  /// Unique within the corpus.
  public let id: String
  /// The title in the first line, usually in double quotes; the text in the others.
  public let contents: String
  /// How well it matched, where that was asked for.
  public let score: Float?

  /// A passage.
  public init(id: String, contents: String, score: Float? = nil) {
    self.id = id
    self.contents = contents
    self.score = score
  }

  /// The passage as a document; one pair of double quotes around the title is taken off.
  public var document: Document {
    let (line, text) = contents.titleLineAndText
    let scalars = line.unicodeScalars
    let isQuoted = scalars.count >= 2 && scalars.first == "\"" && scalars.last == "\""
    let title = isQuoted ? String(String.UnicodeScalarView(scalars.dropFirst().dropLast())) : line
    return Document(id: id, title: title, text: text)
  }
}

extension RetrievedPassage: Codable {
  private enum CodingKeys: String, CodingKey {
    case document, score, id, contents
  }

  /// Reads either form; fields it doesn't know are ignored, and the id may be a number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if container.contains(.document) {
      let document = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .document)
      try self.init(document: document, score: container.decode(Float.self, forKey: .score))
    } else {
      try self.init(document: container, score: nil)
    }
  }

  private init(document: KeyedDecodingContainer<CodingKeys>, score: Float?) throws {
    if let number = try? document.decode(Int.self, forKey: .id) {
      id = String(number)
    } else {
      id = try document.decode(String.self, forKey: .id)
    }
    contents = try document.decode(String.self, forKey: .contents)
    self.score = score
  }

  /// Writes the form with a score where there is one, the plain form otherwise.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if let score {
      var document = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .document)
      try document.encode(id, forKey: .id)
      try document.encode(contents, forKey: .contents)
      try container.encode(score, forKey: .score)
    } else {
      try container.encode(id, forKey: .id)
      try container.encode(contents, forKey: .contents)
    }
  }
}
