import Foundation
import Policy
import Synchronization
import Testing
import Trajectories

@testable import Training

/// A state of one number, in a file.
final class Notebook: Checkpointable {
  private let number: Mutex<Int>
  let canSave: Bool

  init(_ number: Int, canSave: Bool = true) {
    self.number = Mutex(number)
    self.canSave = canSave
  }

  var value: Int { number.withLock { $0 } }

  struct IsFull: Error {}

  func saveState(to folder: String) async throws {
    try DurableFile.write(Array("\(value)".utf8), to: folder + "/number")
    if !canSave { throw IsFull() }
  }

  func restoreState(from folder: String) async throws {
    let bytes = try DurableFile.read(folder + "/number")
    let found = try #require(Int(String(decoding: bytes, as: UTF8.self)))
    number.withLock { $0 = found }
  }
}

@Suite("Checkpoints")
struct CheckpointStoreTests {
  static func withStore(
    _ body: (CheckpointStore, RunDirectory) async throws -> Void
  ) async throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    try await body(CheckpointStore(runFolder: directory.path), directory)
  }

  static func position(_ step: Int) -> RunPosition {
    RunPosition(step: step, journalSizes: ["metrics.jsonl": 10 * step])
  }

  @Test("the newest is taken back, and only the newest two are kept")
  func newest() async throws {
    try await Self.withStore { store, directory in
      #expect(try await store.restoreNewest(Notebook(0)) == nil)
      for step in [1, 5, 10, 999_999, 1_000_000] {
        try await store.write(Self.position(step), policy: Notebook(step * 7))
      }
      #expect(try store.steps() == [999_999, 1_000_000])
      #expect(directory.names(in: "checkpoints") == ["step-1000000", "step-999999"])
      let notebook = Notebook(0)
      #expect(try await store.restoreNewest(notebook) == Self.position(1_000_000))
      #expect(notebook.value == 7_000_000)
    }
  }

  @Test("a step written twice holds what was written last")
  func twice() async throws {
    try await Self.withStore { store, _ in
      try await store.write(Self.position(3), policy: Notebook(1))
      try await store.write(Self.position(3), policy: Notebook(2))
      let notebook = Notebook(0)
      #expect(try await store.restoreNewest(notebook)?.step == 3)
      #expect(notebook.value == 2)
    }
  }

  @Test("an unfinished one is not there, and the next write clears it away")
  func partial() async throws {
    try await Self.withStore { store, directory in
      try await store.write(Self.position(1), policy: Notebook(1))
      await #expect(throws: Notebook.IsFull.self) {
        try await store.write(Self.position(2), policy: Notebook(2, canSave: false))
      }
      #expect(directory.exists("checkpoints/.partial/number"))
      #expect(try store.steps() == [1])
      try directory.write(Data("garbage".utf8), to: "checkpoints/.partial/leftover")
      let notebook = Notebook(0)
      #expect(try await store.restoreNewest(notebook)?.step == 1)
      try await store.write(Self.position(3), policy: Notebook(3))
      #expect(directory.names(in: "checkpoints") == ["step-000001", "step-000003"])
      #expect(directory.names(in: "checkpoints/step-000003") == ["number", "position.json"])
    }
  }

  @Test("other names beside checkpoints are left alone")
  func strangers() async throws {
    try await Self.withStore { store, directory in
      try await store.write(Self.position(1), policy: Notebook(1))
      for name in ["step-", "step-two", "notes", ".step-000009"] {
        try directory.write(Data(), to: "checkpoints/\(name)")
      }
      #expect(try store.steps() == [1])
    }
  }

  @Test(
    "a position that can't be read is a broken checkpoint with its path",
    arguments: [
      "", "{", "[]", "{\"step\":3}", "{\"journalSizes\":{},\"step\":\"3\"}",
      "{\"journalSizes\":{},\"step\":4}",
    ])
  func brokenPosition(text: String) async throws {
    try await Self.withStore { store, directory in
      try await store.write(Self.position(3), policy: Notebook(1))
      try directory.write(Data(text.utf8), to: "checkpoints/step-000003/position.json")
      let notebook = Notebook(0)
      let error = await #expect(throws: RunError.self) { try await store.restoreNewest(notebook) }
      guard case .brokenCheckpoint(let path, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(path.hasSuffix("checkpoints/step-000003"))
      #expect(notebook.value == 0)
    }
  }

  @Test("a missing position is a broken checkpoint too")
  func missingPosition() async throws {
    try await Self.withStore { store, directory in
      try await store.write(Self.position(3), policy: Notebook(1))
      try FileManager.default.removeItem(
        atPath: directory.path + "/checkpoints/step-000003/position.json")
      let error = await #expect(throws: RunError.self) {
        try await store.restoreNewest(Notebook(0))
      }
      #expect(error?.description.contains("position.json") == true)
    }
  }
}
