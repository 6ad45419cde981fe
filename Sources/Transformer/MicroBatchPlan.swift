internal import Tensor
internal import Trajectories

extension PackedBatch {
  /// The rows in shards of about equal work, each cut into micro-batches.
  ///
  /// Trees of rows that begin alike go to the shard with the least to do, the largest first, and stay
  /// there until it has its share of the work; what is left of a tree then goes on in another shard,
  /// which computes the common beginning as well. Micro-batches likewise keep trees whole unless one
  /// exceeds their limit. Depends on the batch and the execution's shards, limit and sharing only.
  func microBatches(_ execution: TransformerPolicy.Execution) -> [[MicroBatch]] {
    let prefixes = SharedPrefixes(self, sharing: execution.sharesPrefixes)
    return prefixes.shards(execution.shards).map { parts in
      prefixes.cut(parts, limit: execution.microBatchTokens)
        .flatMap(prefixes.withAndWithoutGradient)
    }
  }
}

extension SharedPrefixes {
  /// Each shard's parts of trees, in the order of their lowest rows.
  func shards(_ count: Int) -> [[[Int]]] {
    let costs = trees.map(cost)
    let total = costs.reduce(0, +)
    let largestFirst = trees.indices.sorted { a, b in
      (costs[b], trees[a][0]) < (costs[a], trees[b][0])
    }
    var loads = [Int](repeating: 0, count: count)
    var shards = [[[Int]]](repeating: [], count: count)
    func leastLoaded() -> Int { loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0 }
    for tree in largestFirst.map({ trees[$0] }) {
      var parts = [[Int]](repeating: [], count: count)
      var shard = leastLoaded()
      for row in tree {
        if loads[shard] * count >= total { shard = leastLoaded() }
        loads[shard] += added(row, behind: parts[shard].last)
        parts[shard].append(row)
      }
      for (shard, part) in parts.enumerated() where !part.isEmpty { shards[shard].append(part) }
    }
    return shards.map { $0.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) } }
  }

  /// Parts of trees in micro-batches of at most `limit` tokens, unless one row is longer.
  func cut(_ parts: [[Int]], limit: Int) -> [[[Int]]] {
    var batches: [[[Int]]] = []
    var batch: [[Int]] = []
    var size = 0
    func close() {
      if !batch.isEmpty { batches.append(batch) }
      (batch, size) = ([], 0)
    }
    for part in parts {
      if size + cost(part) > limit { close() }
      var rows: [Int] = []
      for row in part {
        if size > 0 && size + added(row, behind: rows.last) > limit {
          if !rows.isEmpty { batch.append(rows) }
          rows = []
          close()
        }
        size += added(row, behind: rows.last)
        rows.append(row)
      }
      batch.append(rows)
    }
    close()
    return batches
  }

  /// The micro-batch of some parts, in two where parts need no gradient.
  ///
  /// Which parts stand together doesn't depend on that. One whose rows need none would add zeros to
  /// the same sums, in the same order, so without it they are the same; rows that share tokens with
  /// rows that need one stay with them.
  func withAndWithoutGradient(_ parts: [[Int]]) -> [MicroBatch] {
    [true, false].compactMap { needsGradient in
      let chosen = parts.filter { part in
        part.contains { !batch.rowsWithoutGradient.contains($0) } == needsGradient
      }
      if chosen.isEmpty { return nil }
      var micro = microBatch(chosen)
      micro.needsGradient = needsGradient
      return micro
    }
  }

  /// One micro-batch.
  ///
  /// A row's selected positions are its own, also where the tokens before them are shared. Rows that
  /// select the same token behind the same ones, at one temperature, share its prediction.
  func microBatch(_ parts: [[Int]]) -> MicroBatch {
    var rows = RowForest(self)
    for part in parts { rows.append(part) }
    var (places, predictions): ([Int], [Int]) = ([], [])
    var distinct: [Prediction] = []
    var numbers: [Prediction: Int] = [:]
    for (row, path) in rows.paths {
      var segments = path.map { rows.forest.segments[$0] }[...]
      for place in batch.selectedOffsets[row]..<batch.selectedOffsets[row + 1] {
        let position = batch.selected[place] - batch.rowOffsets[row] - 1
        while let segment = segments.first, segment.end <= position { segments.removeFirst() }
        guard let segment = segments.first else { preconditionFailure("row \(row) is cut short") }
        let prediction = Prediction(
          position: segment.tokens.lowerBound + position - segment.position,
          target: batch.tokens[batch.selected[place]], temperature: batch.temperatures[place])
        if numbers[prediction] == nil {
          numbers[prediction] = distinct.count
          distinct.append(prediction)
        }
        places.append(place)
        predictions.append(numbers[prediction] ?? 0)
      }
    }
    return MicroBatch(
      tokens: rows.tokens, forest: rows.forest, places: places, predictions: predictions,
      positions: distinct.map(\.position), targets: distinct.map(\.target),
      temperatures: distinct.map(\.temperature))
  }
}

/// A token predicted somewhere in a forest.
private struct Prediction: Hashable {
  let position: Int
  let target: Int32
  let temperature: Float
}
