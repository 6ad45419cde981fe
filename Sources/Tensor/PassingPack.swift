internal import Synchronization

/// A matrix packed for whoever comes first and shared by those who come while it is in use.
///
/// Threads that go through the same layers side by side so pack each weight once and hold one copy;
/// nobody holds it in between.
final class PassingPack: Sendable {
  private struct Current {
    weak var storage: PackedStorage<Float>?
  }

  private let current = Mutex(Current())

  /// The packed matrix that is in use, or a new one.
  func matrix(_ matrix: Tensor, transposed: Bool) -> PackedMatrix {
    current.withLock { current in
      if let storage = current.storage {
        return PackedMatrix(
          storage, innerCount: matrix.shape[transposed ? 1 : 0],
          columnCount: matrix.shape[transposed ? 0 : 1])
      }
      let packed = PackedMatrix(matrix, transposed: transposed)
      current.storage = packed.floats
      return packed
    }
  }
}
