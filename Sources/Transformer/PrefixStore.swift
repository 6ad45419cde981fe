internal import Synchronization

/// Keys and values of texts that several contexts read, so that they are computed once.
///
/// Members of a group ask the same question, send the same first query and read the same pages until
/// one of them says something else. Whoever has a text to read claims it by all of its context's
/// tokens; others with the same tokens wait for the claim and take over what was computed. Numbers
/// depend on a context's tokens only, so whose they are makes no difference.
///
/// A text that nobody else asks for leaves nothing behind but a mark, since keeping its keys and
/// values would cost its context a copy. One that is asked for again after that is kept.
final class PrefixStore: Sendable {
  /// Shorter texts are read again.
  static let shortest = 16
  /// Bytes of keys and values kept at most; the oldest give way.
  private static let limit = 1 << 28
  /// Marks kept at most.
  private static let markLimit = 1 << 14

  private enum Entry: Sendable {
    case claimed(wanted: Bool)
    case kept(KeyValueCache)
  }

  private struct State: Sendable {
    var entries: [[Int32]: Entry] = [:]
    /// What is kept, oldest first.
    var kept: [[Int32]] = []
    var bytes = 0
    /// Hashes of texts that were read once; two texts of one hash cost a copy, no more.
    var marks: Set<Int> = []
  }

  private let state = Mutex(State())

  /// What is to be done with a text.
  enum Answer: Sendable {
    /// It is the caller's to read; ``publish(_:_:)`` or ``abandon(_:)`` must follow.
    case claimed
    /// Somebody reads it just now.
    case awaited
    /// It was read.
    case known(KeyValueCache)
  }

  /// Claims a context's tokens, finds what was computed for them, or learns that somebody is at it.
  func claim(_ tokens: [Int32]) -> Answer {
    state.withLock { state in
      switch state.entries[tokens] {
      case .kept(let cache): return .known(cache)
      case .claimed:
        state.entries[tokens] = .claimed(wanted: true)
        return .awaited
      case nil:
        // Who is asked for again is kept this time.
        let wanted = state.marks.remove(tokens.hashValue) != nil
        state.entries[tokens] = .claimed(wanted: wanted)
        return .claimed
      }
    }
  }

  /// Hands over the keys and values of claimed tokens.
  func publish(_ tokens: [Int32], _ cache: KeyValueCache) {
    state.withLock { state in
      guard case .claimed(let wanted) = state.entries[tokens] else { return }
      guard wanted, cache.byteCount <= Self.limit else {
        if state.marks.count >= Self.markLimit { state.marks.removeAll() }
        state.marks.insert(tokens.hashValue)
        state.entries[tokens] = nil
        return
      }
      state.entries[tokens] = .kept(cache)
      state.kept.append(tokens)
      state.bytes += cache.byteCount
      while state.bytes > Self.limit {
        let oldest = state.kept.removeFirst()
        guard case .kept(let cache) = state.entries.removeValue(forKey: oldest) else { continue }
        state.bytes -= cache.byteCount
      }
    }
  }

  /// Gives a claim back unread.
  func abandon(_ tokens: [Int32]) {
    state.withLock { state in
      if case .claimed = state.entries[tokens] { state.entries[tokens] = nil }
    }
  }
}
