/// Labels as numbers from 0, in order of first appearance.
struct Numbering {
  /// The number of each label given.
  let numbers: [Int32]
  /// The labels, each once, in order of first appearance.
  let labels: [Int]
  /// Where each label appears first.
  let firstRows: [Int]
  /// Whether the rows of each label stand together.
  let isGrouped: Bool

  /// Numbers labels.
  ///
  /// Labels that never fall, as those of most batches, need no table. Of others, those that lie close
  /// together index one, the rest are hashed into one.
  ///
  /// - Complexity: O(n).
  init(_ all: [Int]) {
    var first = Appearances()
    numbers = [Int32](unsafeUninitializedCapacity: all.count) { numbers, filled in
      all.withUnsafeBufferPointer { all in
        first = Self.ascending(all, into: numbers) ?? Self.inAnyOrder(all, into: numbers)
      }
      filled = all.count
    }
    labels = first.labels
    firstRows = first.rows
    isGrouped = first.runs == labels.count
  }

  private struct Appearances {
    var labels: [Int] = []
    var rows: [Int] = []
    /// How often a row has another label than the row before.
    var runs = 0
  }

  /// Numbers rows whose labels never fall; `nil` where one does.
  private static func ascending(
    _ all: UnsafeBufferPointer<Int>, into numbers: UnsafeMutableBufferPointer<Int32>
  ) -> Appearances? {
    var first = Appearances()
    for (row, label) in all.enumerated() {
      if row == 0 || label != all[row - 1] {
        if row > 0 && label < all[row - 1] { return nil }
        first.runs += 1
        first.labels.append(label)
        first.rows.append(row)
      }
      numbers.initializeElement(at: row, to: Int32(truncatingIfNeeded: first.runs - 1))
    }
    return first
  }

  private static func inAnyOrder(
    _ all: UnsafeBufferPointer<Int>, into numbers: UnsafeMutableBufferPointer<Int32>
  ) -> Appearances {
    let (low, high) = range(of: all)
    let spread = high.subtractingReportingOverflow(low)
    return !spread.overflow && spread.partialValue < 4 * all.count
      ? indexed(all, from: low, size: spread.partialValue + 1, into: numbers)
      : hashed(all, into: numbers)
  }

  /// Numbers all rows; `find` answers the number of a label, the next one if it is new.
  @inline(__always)
  private static func number(
    _ all: UnsafeBufferPointer<Int>, into numbers: UnsafeMutableBufferPointer<Int32>,
    _ find: (_ label: Int, _ labels: [Int]) -> Int32
  ) -> Appearances {
    var first = Appearances()
    var number: Int32 = -1
    for (row, label) in all.enumerated() {
      // Most labels are that of the row before.
      if row == 0 || label != all[row - 1] {
        first.runs += 1
        number = find(label, first.labels)
        if number == first.labels.count {
          first.labels.append(label)
          first.rows.append(row)
        }
      }
      numbers.initializeElement(at: row, to: number)
    }
    return first
  }

  private static func indexed(
    _ all: UnsafeBufferPointer<Int>, from low: Int, size: Int,
    into numbers: UnsafeMutableBufferPointer<Int32>
  ) -> Appearances {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: size) { table in
      table.initialize(repeating: -1)
      return number(all, into: numbers) { label, labels in
        let slot = label &- low
        if table[slot] < 0 { table[slot] = Int32(truncatingIfNeeded: labels.count) }
        return table[slot]
      }
    }
  }

  private static func hashed(
    _ all: UnsafeBufferPointer<Int>, into numbers: UnsafeMutableBufferPointer<Int32>
  ) -> Appearances {
    var size = 16
    while size < 2 * all.count { size *= 2 }
    let mask = size - 1
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: size) { table in
      table.initialize(repeating: -1)
      return number(all, into: numbers) { label, labels in
        var hash = UInt(bitPattern: label) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(bitPattern: hash) & mask
        while table[slot] >= 0 && labels[Int(table[slot])] != label { slot = (slot + 1) & mask }
        if table[slot] < 0 { table[slot] = Int32(truncatingIfNeeded: labels.count) }
        return table[slot]
      }
    }
  }

  private static func range(of all: UnsafeBufferPointer<Int>) -> (Int, Int) {
    var (low, high) = (all.first ?? 0, all.first ?? 0)
    for label in all {
      low = min(low, label)
      high = max(high, label)
    }
    return (low, high)
  }
}

/// Positions in ascending order of a small key, equal keys in order.
struct CountingSort {
  /// Where each key's positions start in the sorted order, and where the last one's end.
  let offsets: [Int]
  /// Where each position stands in the sorted order; `nil` where it stands already.
  private let places: [Int32]?
  private let count: Int

  /// Sorts keys in `0 ..< count`.
  ///
  /// - Complexity: O(n + count).
  init(_ keys: [Int32], count: Int) {
    self.count = keys.count
    var offsets = Array(repeating: 0, count: count + 1)
    offsets.withUnsafeMutableBufferPointer { offsets in
      for key in keys { offsets[Int(key) + 1] += 1 }
      for key in 0..<count { offsets[key + 1] += offsets[key] }
    }
    self.offsets = offsets
    places = [Int32](unsafeUninitializedCapacity: keys.count) { places, filled in
      offsets.withUnsafeMutableBufferPointer { next in
        for (position, key) in keys.enumerated() {
          places.initializeElement(at: position, to: Int32(truncatingIfNeeded: next[Int(key)]))
          next[Int(key)] += 1
        }
      }
      filled = keys.count
    }
  }

  /// Sorts rows by the numbers of their labels; rows that stand together already stay.
  init(_ numbering: Numbering) {
    if numbering.isGrouped {
      self.init(offsets: numbering.firstRows + [numbering.numbers.count])
    } else {
      self.init(numbering.numbers, count: numbering.labels.count)
    }
  }

  /// Positions that stand in order.
  private init(offsets: [Int]) {
    self.offsets = offsets
    places = nil
    count = offsets.last ?? 0
  }

  /// Where a position stands in the sorted order.
  func place(of position: Int) -> Int { places.map { Int($0[position]) } ?? position }

  /// The positions in sorted order.
  var order: [Int] { sorted(Array(0..<count)) }

  /// The elements at all positions in sorted order.
  func sorted<Element>(_ elements: [Element]) -> [Element] {
    guard let places else { return elements }
    return [Element](unsafeUninitializedCapacity: count) { result, filled in
      elements.withUnsafeBufferPointer { elements in
        for (position, place) in places.enumerated() {
          result.initializeElement(at: Int(place), to: elements[position])
        }
      }
      filled = count
    }
  }

  /// The elements in sorted order, each back at its position.
  func unsorted<Element>(_ elements: [Element]) -> [Element] {
    guard let places else { return elements }
    return [Element](unsafeUninitializedCapacity: count) { result, filled in
      elements.withUnsafeBufferPointer { elements in
        for (position, place) in places.enumerated() {
          result.initializeElement(at: position, to: elements[Int(place)])
        }
      }
      filled = count
    }
  }
}
