/// Something whose whole state can be written to a folder and taken back.
public protocol Checkpointable: Sendable {
  /// Writes everything that the future depends on into an existing, empty folder, durably.
  ///
  /// Between calls of `forward` and `step` only: a pass that has not gone backward is not saved.
  func saveState(to folder: String) async throws

  /// Takes the state back: what follows is bit for bit what would have followed the save.
  ///
  /// - Throws: A typed error that names the file at fault; the state is then as it was.
  func restoreState(from folder: String) async throws
}
