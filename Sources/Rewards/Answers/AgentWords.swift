internal import Trajectories

extension Trajectory {
  /// What the agent itself wrote in each turn that it spoke in, without the marker that ends a chat
  /// model's turn.
  var agentTurns: [ArraySlice<UInt8>] {
    var turns: [(turn: Int, text: [UInt8])] = []
    for span in spans where span.isAgents {
      if turns.last?.turn == span.turn {
        turns[turns.count - 1].text += span.text
      } else {
        turns.append((span.turn, span.text))
      }
    }
    return turns.map { $0.text[...].withoutEndMarker }
  }

  /// All that the agent itself wrote.
  var agentBytes: [UInt8] { spans.filter(\.isAgents).flatMap(\.text) }

  /// Everything after the prompt as an exchange of blocks, in which the world's words are words
  /// and never tags.
  ///
  /// What the world wrote keeps `open` at its start and `close` at its end; every other `<` of it
  /// becomes a space. So a retrieved page can neither break the agent's format nor complete it. A
  /// marker that ends the agent's turn is left out.
  func exchange(worldBlock open: [UInt8], _ close: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var spoken = spans.filter { $0.isAgents || $0.origin == .environment }[...]
    while let first = spoken.first {
      let block = spoken.prefix {
        $0.isAgents == first.isAgents && (!first.isAgents || $0.turn == first.turn)
      }
      spoken = spoken.dropFirst(block.count)
      let text = block.flatMap(\.text)
      result +=
        first.isAgents
        ? text[...].withoutEndMarker : text.withoutTags(except: open, close)[...]
    }
    return result
  }

  /// What the world wrote in each turn.
  var worldTurns: [[UInt8]] {
    var turns: [(turn: Int, text: [UInt8])] = []
    for span in spans where span.origin == .environment {
      if turns.last?.turn == span.turn {
        turns[turns.count - 1].text += span.text
      } else {
        turns.append((span.turn, span.text))
      }
    }
    return turns.map(\.text)
  }
}

extension Span {
  /// Whether the agent wrote it, sampled or demonstrated.
  var isAgents: Bool { origin == .policy || origin == .demonstration }
}

extension Array<UInt8> {
  /// The text with a space for each `<` that belongs neither to `open` at the start nor to `close`
  /// at the end, blanks aside.
  fileprivate func withoutTags(except open: [UInt8], _ close: [UInt8]) -> [UInt8] {
    let core = self[...].trimmingBlanks
    var body = core.startIndex..<core.endIndex
    if core.starts(with: open), core.count >= open.count + close.count,
      core.suffix(close.count) == close[...]
    {
      body = (core.startIndex + open.count)..<(core.endIndex - close.count)
    }
    var result = self
    for index in body where result[index] == UInt8(ascii: "<") { result[index] = 0x20 }
    return result
  }
}
