/// Who waits, in the order in which they came; anyone may leave before their turn.
///
/// Every operation takes constant time on average.
struct WaitingLine<Element> {
  private var elements: [Int: (ticket: Int, element: Element)] = [:]
  private var places: [Int: Int] = [:]
  private var (first, end) = (0, 0)

  /// Lets somebody with a ticket of their own stand at the end.
  mutating func append(_ element: Element, ticket: Int) {
    elements[end] = (ticket, element)
    places[ticket] = end
    end += 1
  }

  /// Takes out who has waited longest.
  mutating func popFirst() -> Element? {
    while first < end {
      defer { first += 1 }
      guard let (ticket, element) = elements.removeValue(forKey: first) else { continue }
      places[ticket] = nil
      return element
    }
    return nil
  }

  /// Takes out whoever has the ticket, if they are waiting.
  mutating func remove(_ ticket: Int) -> Element? {
    places.removeValue(forKey: ticket).flatMap { elements.removeValue(forKey: $0)?.element }
  }
}
