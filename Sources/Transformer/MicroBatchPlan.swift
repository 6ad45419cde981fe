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
    return prefixes.shards(execution.shards).map { stretches in
      prefixes.cut(stretches, limit: execution.microBatchTokens).map(prefixes.microBatch)
    }
  }
}

extension SharedPrefixes {
  /// Stretches of trees for each shard, in the order of their lowest rows.
  func shards(_ count: Int) -> [[ArraySlice<Int>]] {
    let costs = trees.map { cost($0) }
    let total = costs.reduce(0, +)
    let largestFirst = trees.indices.sorted { a, b in
      (costs[b], trees[a][0]) < (costs[a], trees[b][0])
    }
    var loads = [Int](repeating: 0, count: count)
    var shards = [[ArraySlice<Int>]](repeating: [], count: count)
    for tree in largestFirst.map({ trees[$0] }) {
      var rest = tree[...]
      while !rest.isEmpty {
        let shard = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
        var taken = 0
        repeat {
          taken += 1
        } while taken < rest.count && (loads[shard] + cost(rest.prefix(taken))) * count < total
        loads[shard] += cost(rest.prefix(taken))
        shards[shard].append(rest.prefix(taken))
        rest = rest.dropFirst(taken)
      }
    }
    return shards.map { $0.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) } }
  }

  /// Stretches in micro-batches of at most `limit` tokens, unless one row is longer.
  func cut(_ stretches: [ArraySlice<Int>], limit: Int) -> [[ArraySlice<Int>]] {
    var batches: [[ArraySlice<Int>]] = []
    var batch: [ArraySlice<Int>] = []
    var size = 0
    func close() {
      if !batch.isEmpty { batches.append(batch) }
      (batch, size) = ([], 0)
    }
    for stretch in stretches {
      if size + cost(stretch) > limit { close() }
      var rest = stretch
      while !rest.isEmpty {
        var taken = 1
        while taken < rest.count && size + cost(rest.prefix(taken + 1)) <= limit { taken += 1 }
        batch.append(rest.prefix(taken))
        size += cost(rest.prefix(taken))
        rest = rest.dropFirst(taken)
        if !rest.isEmpty { close() }
      }
    }
    close()
    return batches
  }

  /// One micro-batch.
  ///
  /// A row's selected positions are its own, also where the tokens before them are shared.
  func microBatch(_ stretches: [ArraySlice<Int>]) -> MicroBatch {
    var rows = RowForest(self)
    for stretch in stretches { rows.append(stretch) }
    var (positions, places): ([Int], [Int]) = ([], [])
    for (row, path) in rows.paths {
      var segments = path.map { rows.forest.segments[$0] }[...]
      for place in batch.selectedOffsets[row]..<batch.selectedOffsets[row + 1] {
        let position = batch.selected[place] - batch.rowOffsets[row] - 1
        while let segment = segments.first, segment.end <= position { segments.removeFirst() }
        guard let segment = segments.first else { preconditionFailure("row \(row) is cut short") }
        positions.append(segment.tokens.lowerBound + position - segment.position)
        places.append(place)
      }
    }
    return MicroBatch(
      tokens: rows.tokens, forest: rows.forest, positions: positions, places: places,
      targets: places.map { batch.tokens[batch.selected[$0]] },
      temperatures: places.map { batch.temperatures[$0] })
  }
}
