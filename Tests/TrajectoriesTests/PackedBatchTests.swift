import Testing
import Trajectories

@Suite("Packed batches") struct PackedBatchTests {
  @Test("temperatures that can't divide logits trap where they are packed")
  func temperatures() async {
    #expect(pack(temperature: 0.5).temperatures == [0.5])
    await #expect(processExitsWith: .failure) { _ = pack(temperature: 0) }
    await #expect(processExitsWith: .failure) { _ = pack(temperature: -1) }
    await #expect(processExitsWith: .failure) { _ = pack(temperature: .nan) }
    await #expect(processExitsWith: .failure) { _ = pack(temperature: .infinity) }
  }
}

/// One row of two tokens whose second was drawn at a temperature.
private func pack(temperature: Float) -> PackedBatch {
  PackedBatch(rows: [[1, 2]], selections: [[1]], temperatures: [[temperature]])
}
