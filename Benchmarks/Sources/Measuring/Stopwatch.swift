/// Seconds that a closure takes.
public func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return start.duration(to: .now) / .seconds(1)
}

/// Seconds that an asynchronous closure takes.
public func seconds(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void
) async rethrows -> Double {
  let start = ContinuousClock.now
  try await body()
  return start.duration(to: .now) / .seconds(1)
}

/// How often a closure has to run for a measurement to last about `duration` seconds.
public func repetitions(lasting duration: Double, _ body: () -> Void) -> Int {
  body()
  var count = 1
  while count < 1 << 24 {
    let time = seconds { for _ in 0..<count { body() } }
    if time >= duration / 2 { return max(1, Int(Double(count) * duration / time)) }
    count *= 2
  }
  return count
}

/// The middle value; the mean of the two middle ones of an even count; NaN of none.
public func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let last = sorted.last else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1
    ? sorted[middle] : (sorted[middle - 1] + min(sorted[middle], last)) / 2
}
