internal import Synchronization

/// The replies that could be read, under everything that they depend on; the oldest make room.
final class ReplyCache: Sendable {
  /// What a reply depends on. Compared byte for byte.
  struct Key: Hashable {
    let judge: [UInt8]
    let contract: [UInt8]
    let prompt: [UInt8]
    let vote: Int

    init(judge: String, contract: String, prompt: String, vote: Int) {
      self.judge = Array(judge.utf8)
      self.contract = Array(contract.utf8)
      self.prompt = Array(prompt.utf8)
      self.vote = vote
    }
  }

  private struct State {
    var replies: [Key: String] = [:]
    /// A ring of the keys in the order in which they came.
    var keys: [Key] = []
    var oldest = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  subscript(key: Key) -> String? {
    get { state.withLock { $0.replies[key] } }
    set {
      guard limit > 0, let newValue else { return }
      state.withLock { state in
        guard state.replies.updateValue(newValue, forKey: key) == nil else { return }
        if state.keys.count < limit {
          state.keys.append(key)
        } else {
          state.replies[state.keys[state.oldest]] = nil
          state.keys[state.oldest] = key
          state.oldest = (state.oldest + 1) % limit
        }
      }
    }
  }
}
