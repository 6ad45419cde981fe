import Foundation
import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Every reward keeps the promises of a reward")
struct EveryRewardTests {
  static let all = EveryReward.all()

  @Test("on empty, huge and malformed records", arguments: all.indices)
  func conforms(_ index: Int) async {
    let reward = Self.all[index].reward
    if let reward = reward as? any Reward {
      let found = await checkReward(reward)
      #expect(found == [], "\(reward.name)")
    }
    let found = await checkGroupReward(reward)
    #expect(found == [], "\(reward.name)")
  }

  @Test("none is left out of the list")
  func complete() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Rewards").standardized
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    let declaration = /public (?:final class|struct) (\w+)[^{\n]*: (?:Group)?Reward \{/
    let listed = Set(
      Self.all.map { String("\(type(of: $0.reward))".prefix { $0 != "<" }) }
        + EveryReward.detectors.map { "\(type(of: $0))" })
    var found = 0
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
        found += 1
        #expect(listed.contains(String(match.1)), "\(match.1)")
      }
    }
    #expect(found > 60)
  }
}
