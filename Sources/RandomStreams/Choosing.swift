extension RandomStream {
  /// Draws an integer in `0 ..< bound`, every value equally likely (Lemire's method, unbiased).
  ///
  /// - Precondition: `bound` is positive.
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "index(below:) needs a positive bound, got \(bound)")
    return Int(next(upperBound: UInt64(bound)))
  }

  /// Draws one element, or `nil` from an empty collection.
  public mutating func choice<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[index(below: elements.count)]
  }

  /// The elements in a random order (Fisher–Yates).
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    guard result.count > 1 else { return result }
    for i in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(i, index(below: i + 1))
    }
    return result
  }

  /// `true` with the given probability.
  public mutating func chance(_ probability: Float) -> Bool {
    uniform() < probability
  }
}
