/// The order of blocks that Search-R1 asks for: think (search information think)* answer.
enum SearchR1Sequence {
  private enum State {
    case start, inThink, afterThink, inSearch, afterSearch, inInformation, afterInformation
    case inAnswer, end

    /// Whether text may stand here.
    var holdsText: Bool {
      switch self {
      case .inThink, .inSearch, .inInformation, .inAnswer: true
      case .start, .afterThink, .afterSearch, .afterInformation, .end: false
      }
    }

    /// The state after a tag, or `nil` where it has no place.
    func after(_ tag: String) -> State? {
      switch (self, tag) {
      case (.start, "<think>"), (.afterInformation, "<think>"): .inThink
      case (.inThink, "</think>"): .afterThink
      case (.afterThink, "<search>"): .inSearch
      case (.inSearch, "</search>"): .afterSearch
      case (.afterSearch, "<information>"): .inInformation
      case (.inInformation, "</information>"): .afterInformation
      case (.afterThink, "<answer>"): .inAnswer
      case (.inAnswer, "</answer>"): .end
      default: nil
      }
    }
  }

  private static let tags: [(name: String, bytes: [UInt8])] =
    ["think", "search", "information", "answer"].flatMap { ["<\($0)>", "</\($0)>"] }
    .map { ($0, Array($0.utf8)) }

  /// Whether a response has the order, with nothing but blanks between its blocks.
  static func isValid(_ response: ArraySlice<UInt8>) -> Bool {
    var state = State.start
    var textStart = response.startIndex
    var position = response.startIndex
    while let next = response[position...].firstIndex(of: UInt8(ascii: "<")) {
      let rest = response[next...]
      guard let tag = tags.first(where: { rest.starts(with: $0.bytes) }) else {
        position = next + 1
        continue
      }
      guard state.holdsText || response[textStart..<next].isBlank,
        let following = state.after(tag.name)
      else { return false }
      state = following
      position = next + tag.bytes.count
      textStart = position
    }
    return state == .end && response[textStart...].isBlank
  }
}
