internal import FoundationEssentials
internal import Policy
internal import Rewards
internal import Trajectories

/// Where a run stood: what is in a checkpoint besides the policy.
struct RunPosition: Codable, Sendable, Hashable {
  /// Steps that are done.
  var step: Int
  /// Length of each journal in bytes.
  var journalSizes: [String: Int]
}

/// The checkpoints of a run folder: one folder each, complete or not there.
///
/// A checkpoint is written under a temporary name, every file synced, and renamed when it is whole.
/// A kill inside leaves the temporary folder, which the next write clears away.
struct CheckpointStore: Sendable {
  let path: String

  init(runFolder: String) {
    path = runFolder + "/checkpoints"
  }

  private func folder(_ step: Int) -> String {
    let digits = "\(step)"
    return path + "/step-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Writes a checkpoint and removes all but the newest `keeping`.
  ///
  /// - Parameter reward: What of the reward has a state; without any there is no file for it.
  func write(
    _ position: RunPosition, policy: some Checkpointable, reward: [any StatefulReward] = [],
    keeping: Int = 2
  ) async throws {
    let manager = FileManager.default
    let partial = path + "/.partial"
    if manager.fileExists(atPath: partial) { try manager.removeItem(atPath: partial) }
    try manager.createDirectory(atPath: partial, withIntermediateDirectories: true)
    try await policy.saveState(to: partial)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    if !reward.isEmpty {
      let states = try encoder.encode(RewardStates(of: reward))
      try DurableFile.write(Array(states), to: partial + Self.rewardFile)
    }
    try DurableFile.write(Array(try encoder.encode(position)), to: partial + "/position.json")
    let final = folder(position.step)
    if manager.fileExists(atPath: final) { try manager.removeItem(atPath: final) }
    try DurableFile.rename(partial, to: final)
    for step in try steps().dropLast(keeping) {
      try manager.removeItem(atPath: folder(step))
    }
  }

  /// What a checkpoint holds of the reward's parts; `nil` for a reward without any.
  private func states(
    of reward: [any StatefulReward], in folder: String
  ) throws -> RewardStates? {
    let path = folder + Self.rewardFile
    guard FileManager.default.fileExists(atPath: path) else {
      guard let part = reward.first else { return nil }
      throw UnfitState("there is no state of \(part.name)")
    }
    let bytes = Data(try DurableFile.read(path))
    return try JSONDecoder().decode(RewardStates.self, from: bytes, configuration: reward)
  }

  /// Steps that have a complete checkpoint, ascending.
  func steps() throws -> [Int] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.sorted()
  }

  private static let rewardFile = "/reward.json"

  /// Takes the policy and the reward back to the newest checkpoint.
  ///
  /// - Returns: Where the run stood; `nil` without a checkpoint.
  /// - Throws: ``RunError/brokenCheckpoint(path:reason:)``, and what the policy throws.
  func restoreNewest(
    _ policy: some Checkpointable, reward: [any StatefulReward] = []
  ) async throws -> RunPosition? {
    guard let step = try steps().last else { return nil }
    let folder = folder(step)
    let position: RunPosition
    do {
      let bytes = try DurableFile.read(folder + "/position.json")
      position = try JSONDecoder().decode(RunPosition.self, from: Data(bytes))
    } catch {
      throw RunError.brokenCheckpoint(path: folder, reason: "\(error)")
    }
    guard position.step == step else {
      throw RunError.brokenCheckpoint(
        path: folder, reason: "position.json speaks of step \(position.step)")
    }
    let states: RewardStates?
    do {
      states = try self.states(of: reward, in: folder)
    } catch {
      throw RunError.brokenCheckpoint(path: folder, reason: "\(error)")
    }
    try await policy.restoreState(from: folder)
    do {
      try states?.restore()
    } catch {
      throw RunError.brokenCheckpoint(path: folder, reason: "\(error)")
    }
    return position
  }
}
