internal import Trajectories

/// What an agent wrote in a turn and what the world answered.
struct AgentTurnText {
  let turn: Int
  /// With broken UTF-8 replaced.
  var text: String
  /// What the environment answered to it, with broken UTF-8 replaced.
  var answer: String
  /// The index of the agent's last span of the turn.
  var span: Int

  /// The text without blanks around it and without the marker that ends a chat model's turn.
  var message: String { Array(text.utf8)[...].withoutEndMarker.trimmingBlanks.string }
}

extension Trajectory {
  /// The turns in which the agent spoke, in order.
  var agentTurnTexts: [AgentTurnText] {
    var turns: [(text: [UInt8], answer: [UInt8], turn: Int, span: Int)] = []
    for (index, span) in spans.enumerated() {
      switch span.origin {
      case .policy, .demonstration:
        if let last = turns.last, last.turn == span.turn, last.answer.isEmpty {
          turns[turns.count - 1].text += span.text
          turns[turns.count - 1].span = index
        } else {
          turns.append((span.text, [], span.turn, index))
        }
      case .environment:
        if !turns.isEmpty { turns[turns.count - 1].answer += span.text }
      case .prompt, .template: break
      }
    }
    return turns.map {
      AgentTurnText(
        turn: $0.turn, text: String(decoding: $0.text, as: UTF8.self),
        answer: String(decoding: $0.answer, as: UTF8.self), span: $0.span)
    }
  }
}
