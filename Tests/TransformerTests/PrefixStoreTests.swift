import Policy
import RandomStreams
import Synchronization
import Testing
import Trajectories

@testable import Tensor
@testable import Transformer

/// Contexts that read the same tokens share the work and nothing else.
@Suite struct PrefixStoreTests {
  let text = Array("a page that everybody in the group reads ".utf8.map { Int32($0) })
  let shape = AttentionShape(heads: 2, keyValueHeads: 1, headSize: 16)

  func cache(positions: Int = 40) -> KeyValueCache {
    var cache = KeyValueCache(layerCount: 1, shape: shape)
    cache.reserve(positions, limit: 64)
    cache.advance(by: positions)
    return cache
  }

  @Test("what is awaited while it is read is kept and handed on, one that nobody asks for is not")
  func keepsWhatIsWanted() {
    let store = PrefixStore()
    guard case .claimed = store.claim(text) else { Issue.record("not claimed"); return }
    guard case .awaited = store.claim(text) else { Issue.record("not awaited"); return }
    store.publish(text, cache())
    guard case .known(let found) = store.claim(text) else { Issue.record("not kept"); return }
    #expect(found.count == 40)

    let other = text + [7]
    guard case .claimed = store.claim(other) else { Issue.record("not claimed"); return }
    store.publish(other, cache())
    guard case .claimed = store.claim(other) else { Issue.record("was kept"); return }
    store.publish(other, cache())
    guard case .known = store.claim(other) else { Issue.record("was not kept"); return }
  }

  @Test("a claim that is given back can be made by the next")
  func abandoned() {
    let store = PrefixStore()
    _ = store.claim(text)
    store.abandon(text)
    guard case .claimed = store.claim(text) else { Issue.record("not free"); return }
    store.publish(text + [1], cache())
    guard case .claimed = store.claim(text + [1]) else { Issue.record("unclaimed"); return }
  }

  @Test("members of a group that read the same pages draw what they draw alone")
  func sharedReading() async throws {
    let policy = try tinyPolicy(context: 1024)
    func member(_ member: Int, of policy: TransformerPolicy) async throws -> [Int32] {
      let context = try await policy.makeContext()
      for turn in 0..<3 {
        // Members of the second half get another second page.
        try await context.append(text + (turn == 1 && member > 3 ? [9] : [8]) + text)
        _ = try await context.generate(
          request(
            turn == 2 ? 20 : 3, stream: RandomStream(seed: 3).child("g", turn == 2 ? member : 0),
            temperature: turn == 2 ? 1 : 0))
      }
      return context.tokens
    }
    var alone: [[Int32]] = []
    for index in 0..<8 { alone.append(try await member(index, of: tinyPolicy(context: 1024))) }
    let together = try await withThrowingTaskGroup(of: (Int, [Int32]).self) { group in
      for index in 0..<8 { group.addTask { (index, try await member(index, of: policy)) } }
      return try await group.reduce(into: [Int: [Int32]]()) { $0[$1.0] = $1.1 }
    }
    for index in 0..<8 { #expect(together[index] == alone[index]) }
    #expect(Set(alone).count == 8)
    // The next one finds what the group left behind.
    let weights = policy.state.withLock { $0.weights }
    guard case .known(let first) = weights.sampling.prefixes.claim(text + [8] + text) else {
      Issue.record("the first page was read by eight and kept by none")
      return
    }
    #expect(first.count == 2 * text.count + 1)
  }

  @Test("a cancelled reader leaves its text to the others")
  func cancelledReader() async throws {
    let policy = try tinyPolicy(context: 1024)
    let long = Array((0..<12).map { _ in text }.joined())
    func read() async throws -> Int {
      let context = try await policy.makeContext()
      try await context.append(long)
      return try await context.generate(request(2)).tokens.count
    }
    let first = Task { try await read() }
    first.cancel()
    async let second = read()
    async let third = read()
    #expect(try await second == 2)
    #expect(try await third == 2)
    _ = try? await first.value
  }
}
