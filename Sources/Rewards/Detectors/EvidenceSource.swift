public import Trajectories

/// A source that an agent has seen.
public struct EvidenceSource: Sendable, Hashable {
  /// The names it can be cited by: identifiers, web addresses.
  public let names: Set<String>
  /// What it says.
  public let text: String

  /// A source.
  public init(names: Set<String>, text: String) {
    self.names = names
    self.text = text
  }
}

/// Reads from a record what its agent has seen.
public typealias EvidenceReader = @Sendable (Trajectory) -> [EvidenceSource]

extension Trajectory {
  /// What the agent has seen, as far as the record tells: one source for each turn that the world
  /// answered.
  ///
  /// Its text is what the world wrote in that turn. Its names are the identifiers that the turn's
  /// calls returned, the web addresses in the text, and the values of `id` attributes in it. Several
  /// documents in one answer therefore share one text; a reader of your own can tell them apart.
  public var evidence: [EvidenceSource] {
    var texts: [Int: [UInt8]] = [:]
    var names: [Int: Set<String>] = [:]
    for span in spans where span.origin == .environment {
      texts[span.turn, default: []] += span.text
    }
    for (turn, text) in texts { names[turn] = Self.names(in: text[...]) }
    for event in events {
      if case .returned(let identifiers) = event.outcome {
        names[event.turn, default: []].formUnion(identifiers)
      }
    }
    return names.keys.sorted().map {
      EvidenceSource(names: names[$0] ?? [], text: (texts[$0] ?? [])[...].string)
    }
  }

  /// The web addresses and `id` attributes of a text.
  private static func names(in text: ArraySlice<UInt8>) -> Set<String> {
    var names = Set<String>()
    for word in text.split(whereSeparator: { $0 <= 0x20 }) {
      if let start = word.range(of: [UInt8](mark: "http"))?.lowerBound {
        let address = word[start...].prefix {
          !#")]}>"'<,"#.utf8.contains($0)
        }
        names.insert(address.string)
        names.insert(address.dropLast(address.last == UInt8(ascii: ".") ? 1 : 0).string)
      }
      if word.starts(with: "id=".utf8), let value = word.attribute("id") {
        names.insert(value.prefix { $0 != UInt8(ascii: ">") }.string)
      }
    }
    return names
  }

  /// The text in which the agent concludes: its last turn.
  var conclusion: ArraySlice<UInt8> { agentTurns.last ?? [] }
}

/// The words of a text that carry meaning, in comparable form.
struct ContentWords {
  let all: [ArraySlice<UInt8>]

  init(_ text: String) {
    all = AnswerNormalization.standard.comparable(text).words.filter {
      !Self.functionWords.contains($0)
    }
  }

  var distinct: Set<ArraySlice<UInt8>> { Set(all) }

  private static let functionWords: Set<ArraySlice<UInt8>> = Set(
    """
    about after all also and any are as at be because been before being between both but by can \
    could did do does during each for from had has have he her his how i if in into is it its \
    more most not of on one or other our over she so some such than that their them then there \
    these they this those to under up was we were what when where which while who whom whose why \
    will with would you your
    """.split(separator: " ").map { Array($0.utf8)[...] })
}
