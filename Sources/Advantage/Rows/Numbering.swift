/// Labels as numbers from 0, in order of first appearance.
struct Numbering {
  /// The number of each label given.
  let numbers: [Int]
  /// The labels, each once, in order of first appearance.
  let labels: [Int]

  /// Numbers labels.
  ///
  /// Labels that lie close together, as most do, index a table; others are hashed into one.
  ///
  /// - Complexity: O(n).
  init(_ all: [Int]) {
    var labels: [Int] = []
    numbers = [Int](unsafeUninitializedCapacity: all.count) { numbers, filled in
      all.withUnsafeBufferPointer { all in
        let (low, high) = Self.range(of: all)
        let spread = high.subtractingReportingOverflow(low)
        if !spread.overflow && spread.partialValue < 4 * all.count {
          labels = Self.indexed(all, from: low, size: spread.partialValue + 1, into: numbers)
        } else {
          labels = Self.hashed(all, into: numbers)
        }
      }
      filled = all.count
    }
    self.labels = labels
  }

  private static func range(of all: UnsafeBufferPointer<Int>) -> (Int, Int) {
    var (low, high) = (all.first ?? 0, all.first ?? 0)
    for label in all {
      low = min(low, label)
      high = max(high, label)
    }
    return (low, high)
  }

  private static func indexed(
    _ all: UnsafeBufferPointer<Int>, from low: Int, size: Int,
    into numbers: UnsafeMutableBufferPointer<Int>
  ) -> [Int] {
    var labels: [Int] = []
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: size) { table in
      table.initialize(repeating: -1)
      for (row, label) in all.enumerated() {
        var number = table[label &- low]
        if number < 0 {
          number = Int32(truncatingIfNeeded: labels.count)
          table[label &- low] = number
          labels.append(label)
        }
        numbers.initializeElement(at: row, to: Int(number))
      }
    }
    return labels
  }

  private static func hashed(
    _ all: UnsafeBufferPointer<Int>, into numbers: UnsafeMutableBufferPointer<Int>
  ) -> [Int] {
    var labels: [Int] = []
    var size = 16
    while size < 2 * all.count { size *= 2 }
    let mask = size - 1
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: size) { table in
      table.initialize(repeating: -1)
      for (row, label) in all.enumerated() {
        var hash = UInt(bitPattern: label) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(bitPattern: hash) & mask
        while table[slot] >= 0 && labels[Int(table[slot])] != label { slot = (slot + 1) & mask }
        if table[slot] < 0 {
          table[slot] = Int32(truncatingIfNeeded: labels.count)
          labels.append(label)
        }
        numbers.initializeElement(at: row, to: Int(table[slot]))
      }
    }
    return labels
  }
}

/// Positions in ascending order of a small key, equal keys in order.
struct CountingSort {
  /// Where each key's positions start in the sorted order, and where the last one's end.
  let offsets: [Int]
  /// Where each position stands in the sorted order.
  let places: [Int]

  /// Sorts keys in `0 ..< count`.
  ///
  /// - Complexity: O(n + count).
  init(_ keys: [Int], count: Int) {
    var offsets = Array(repeating: 0, count: count + 1)
    offsets.withUnsafeMutableBufferPointer { offsets in
      for key in keys { offsets[key + 1] += 1 }
      for key in 0..<count { offsets[key + 1] += offsets[key] }
    }
    self.offsets = offsets
    places = [Int](unsafeUninitializedCapacity: keys.count) { places, filled in
      offsets.withUnsafeMutableBufferPointer { next in
        for (position, key) in keys.enumerated() {
          places.initializeElement(at: position, to: next[key])
          next[key] += 1
        }
      }
      filled = keys.count
    }
  }

  /// The positions in sorted order.
  var order: [Int] { sorted(Array(places.indices)) }

  /// The elements at all positions in sorted order.
  func sorted<Element>(_ elements: [Element]) -> [Element] {
    [Element](unsafeUninitializedCapacity: places.count) { result, filled in
      for (position, place) in places.enumerated() {
        result.initializeElement(at: place, to: elements[position])
      }
      filled = places.count
    }
  }

  /// The elements in sorted order, each back at its position.
  func unsorted<Element>(_ elements: [Element]) -> [Element] {
    elements.withUnsafeBufferPointer { elements in places.map { elements[$0] } }
  }
}
