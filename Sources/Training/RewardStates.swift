internal import FoundationEssentials
internal import Rewards

/// The states of a reward's parts in a checkpoint: a list of names and states, in the parts' order.
struct RewardStates: Encodable, DecodableWithConfiguration {
  private struct State: Encodable {
    let value: any Encodable
    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  }
  private enum Key: CodingKey { case name, state }

  private let parts: [any StatefulReward]
  private var restorings: [() throws -> Void] = []

  /// The states as they are when this is encoded.
  init(of parts: [any StatefulReward]) { self.parts = parts }

  /// Puts every part back.
  func restore() throws {
    for restore in restorings { try restore() }
  }

  func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for part in parts {
      var entry = list.nestedContainer(keyedBy: Key.self)
      try entry.encode(part.name, forKey: .name)
      try entry.encode(State(value: part.state), forKey: .state)
    }
  }

  /// Reads the states of these parts, no more and no fewer, and changes none of them yet.
  init(from decoder: any Decoder, configuration parts: [any StatefulReward]) throws {
    self.parts = parts
    var list = try decoder.unkeyedContainer()
    for part in parts {
      guard !list.isAtEnd else { throw UnfitState("there is no state of \(part.name)") }
      let entry = try list.nestedContainer(keyedBy: Key.self)
      let name = try entry.decode(String.self, forKey: .name)
      guard name == part.name else {
        throw UnfitState("there is a state of \(name) where \(part.name) was looked for")
      }
      restorings.append(try Self.restoring(part, from: entry))
    }
    guard list.isAtEnd else { throw UnfitState("it holds states of another reward") }
  }

  private static func restoring<Part: StatefulReward>(
    _ part: Part, from entry: KeyedDecodingContainer<Key>
  ) throws -> () throws -> Void {
    let state = try entry.decode(Part.State.self, forKey: .state)
    return { try part.restore(state) }
  }
}
