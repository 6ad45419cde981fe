import Advantage

// Four rollouts of one task; nobody could judge the last, so it takes no part.
let rows = try ScoredRows(
  scores: [.value(1), .value(3), .value(2), .missing(reason: "the judge was down")],
  groups: [0, 0, 0, 0], tokenCounts: [2, 2, 2, 2])
let advantages: [Double] = try GroupRelative.drGRPO.advantages(for: rows, as: Double.self).values

guard advantages == [-1, -1, 1, 1, 0, 0, 0, 0] else {
  fatalError("Advantages of scores 1, 3, 2 and missing are \(advantages)")
}
print("Advantages of scores 1, 3, 2 and missing: \(advantages)")
