internal import CKernels
internal import Tensor

/// Keys and values of one context, layer by layer.
///
/// A copy shares memory until one of the two grows, so a fork costs nothing by itself.
struct KeyValueCache: Sendable {
  private(set) var count = 0
  private(set) var capacity = 0
  var keys: [Tensor]
  var values: [Tensor]
  private let shape: AttentionShape

  init(layerCount: Int, shape: AttentionShape) {
    self.shape = shape
    keys = Array(repeating: Tensor(zeros: [0]), count: layerCount)
    values = keys
  }

  /// Bytes of all layers together.
  var byteCount: Int {
    keys.count * shape.keyValueHeads * (keyStride + valueStride) * MemoryLayout<Float>.stride
  }

  /// The same without its last positions.
  func prefix(_ positions: Int) -> KeyValueCache {
    var result = self
    result.count = min(count, positions)
    return result
  }

  /// Elements between two heads' keys.
  var keyStride: Int { pg_key_count(capacity, shape.headSize) }
  /// Elements between two heads' values.
  var valueStride: Int { capacity * shape.headSize }

  /// Makes room for more positions, at least doubling what there is.
  mutating func reserve(_ needed: Int, limit: Int) {
    guard needed > capacity else { return }
    let grown = min(max(needed, 2 * capacity, 128), max(limit, needed))
    let (oldKeys, oldValues) = (keyStride, valueStride)
    let newKeys = pg_key_count(grown, shape.headSize)
    let newValues = grown * shape.headSize
    for layer in keys.indices {
      keys[layer] = keys[layer].spread(heads: shape.keyValueHeads, from: oldKeys, to: newKeys)
      values[layer] = values[layer].spread(
        heads: shape.keyValueHeads, from: oldValues, to: newValues)
    }
    capacity = grown
  }

  /// Counts positions that every layer has now stored.
  mutating func advance(by positions: Int) {
    count += positions
    precondition(count <= capacity, "\(count) positions exceed the cache's \(capacity)")
  }
}

extension Tensor {
  /// Blocks of `old` elements moved to the starts of zeroed blocks of `new` elements.
  fileprivate func spread(heads: Int, from old: Int, to new: Int) -> Tensor {
    var result = Tensor(zeros: [heads * new])
    guard old > 0 else { return result }
    withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for head in 0..<heads {
          (target + head * new).update(from: source + head * old, count: old)
        }
      }
    }
    return result
  }
}
