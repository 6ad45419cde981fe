internal import Retrieval

extension DrTulu {
  /// A text's claims: of several names in a tag the last one, of several tags around a text the
  /// last one.
  package static func claims(in text: String, cutting: CitedText.Cutting) -> [CitedClaim] {
    claims(in: text) { cutting.pieces(of: $0) }
  }

  /// Claims with another way of cutting text outside citations.
  package static func claims(
    in text: String, pieces: (String) -> [String]
  ) -> [CitedClaim] {
    let plain = CitedText.parts(of: text, strictQuotes: false).plain
    let cited = CitedText.parts(of: text).cited
    var claims: [CitedClaim] = []
    var places: [[UInt8]: Int] = [:]
    func put(_ claim: CitedClaim) {
      let key = Array(claim.text.utf8)
      if let place = places[key] {
        claims[place] = claim
      } else if !claim.text.isEmpty {
        places[key] = claims.count
        claims.append(claim)
      }
    }
    for text in plain.flatMap(pieces) { put(CitedClaim(text: text.trimmingBlanks)) }
    for citation in cited {
      guard let last = citation.names.last else { continue }
      put(CitedClaim(text: citation.text, sources: [last]))
    }
    return claims
  }

  /// The citation part of a whole response, every question asked in turn with ratings in brackets
  /// for replies.
  package static func citationReward(
    of response: String, sources: [String: String],
    ask: (_ kind: CitationQuestion, _ claim: CitedClaim) async throws -> String
  ) async rethrows -> Double {
    if sources.isEmpty { return 0 }
    let claims = claims(in: response, cutting: .none)
    var sum = 0.0
    for claim in claims {
      if claim.sources.compactMap({ sources[$0] }).joined(separator: "\n\n").isEmpty {
        let reply = try await ask(.need, claim)
        sum += CitationScore.f1(recall: 1 - need(in: reply), precision: 1)
      } else {
        let recall = support(in: try await ask(.support, claim))
        let precision = relevance(in: try await ask(.relevance, claim))
        sum += CitationScore.f1(recall: recall, precision: precision)
      }
    }
    let share = CitationScore.existingShare(of: claims, among: sources)
    return 0.6 * (claims.isEmpty ? 0 : sum / Double(claims.count)) + 0.4 * share
  }

  /// The three questions about citations.
  package enum CitationQuestion: Sendable {
    /// Is it supported?
    case support
    /// Has its source to do with it?
    case relevance
    /// Should it have had a source?
    case need
  }
}
