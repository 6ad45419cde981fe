import Foundation
import RandomStreams
import Testing

@testable import Tensor

/// Every operation of the tape against central differences of a plain reference in `Double`.
@Suite struct TapeGradientTests {
  let stream = RandomStream(seed: 11)

  /// Weighted sum of an output, so that every element's gradient differs.
  func weighted(_ values: [Double], _ weights: [Float]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  @Test("a linear layer's gradients are those of its formula", arguments: [1, 3, 17])
  func linear(rows: Int) {
    let (inputs, outputs) = (5, 7)
    let x = normals(rows * inputs, stream.child("x"))
    let w = normals(outputs * inputs, stream.child("w"))
    let b = normals(outputs, stream.child("b"))
    let seed = normals(rows * outputs, stream.child("s"))
    let reference: DoubleFunction = { a in
      var y: [Double] = []
      for r in 0..<rows {
        for o in 0..<outputs {
          y.append(
            a[2][o]
              + (0..<inputs).reduce(0) { $0 + a[0][r * inputs + $1] * a[1][o * inputs + $1] })
        }
      }
      return weighted(y, seed)
    }
    let parameters = Tensor(w + b)
    let layer = LinearParameters(
      parameters: parameters, weight: 0..<w.count, outputs: outputs, inputs: inputs,
      bias: w.count..<(w.count + b.count))
    var tape = Tape()
    let input = tape.variable(Tensor(x, shape: [rows, inputs]))
    let output = tape.linear(input, layer)
    var gradient = Tensor(zeros: [parameters.count])
    let gradients = tape.gradients(
      seeding: [(output, Tensor(seed))], parameters: &gradient, keeping: true)
    let at = [doubles(x), doubles(w), doubles(b)]
    expectClose(
      gradients[input].values, centralDifferences(of: reference, at: at, argument: 0), "x")
    expectClose(
      Array(gradient.values[0..<w.count]), centralDifferences(of: reference, at: at, argument: 1),
      "w")
    expectClose(
      Array(gradient.values[w.count...]), centralDifferences(of: reference, at: at, argument: 2),
      "b")
  }

  @Test("a residual receives its gradient unchanged")
  func residual() {
    let layer = LinearParameters(
      parameters: Tensor([1, 2, 3, 4]), weight: 0..<4, outputs: 2, inputs: 2)
    var tape = Tape()
    let x = tape.variable(Tensor([[1, -1]]))
    let r = tape.variable(Tensor([[10, 20]]))
    let y = tape.linear(x, layer, residual: r)
    #expect(y.value.values == [9, 19])
    var none = Tensor(zeros: [4])
    let gradients = tape.gradients(
      seeding: [(y, Tensor([[1, 5]]))], parameters: &none, keeping: true)
    #expect(gradients[r].values == [1, 5])
    #expect(gradients[x].values == [16, 22])
    #expect(none.values == [1, -1, 5, -5])
  }

  @Test("a root-mean-square norm's gradients are those of its formula")
  func norm() {
    let (rows, width) = (3, 20)
    let x = normals(rows * width, stream.child("x"))
    let w = normals(width, stream.child("w"))
    let seed = normals(rows * width, stream.child("s"))
    let reference: DoubleFunction = { a in
      var y: [Double] = []
      for r in 0..<rows {
        let row = a[0][(r * width)..<((r + 1) * width)]
        let s = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(width) + 1e-6).squareRoot()
        y.append(contentsOf: zip(row, a[1]).map { $0 * s * $1 })
      }
      return weighted(y, seed)
    }
    var tape = Tape()
    let input = tape.variable(Tensor(x, shape: [rows, width]))
    let output = tape.rmsNorm(input, parameters: Tensor(w), weight: 0..<width, epsilon: 1e-6)
    var gradient = Tensor(zeros: [width])
    let gradients = tape.gradients(
      seeding: [(output, Tensor(seed))], parameters: &gradient, keeping: true)
    let at = [doubles(x), doubles(w)]
    expectClose(
      gradients[input].values, centralDifferences(of: reference, at: at, argument: 0), "x")
    expectClose(gradient.values, centralDifferences(of: reference, at: at, argument: 1), "w")
  }

  @Test("a gated activation's gradients are those of its formula")
  func swiGLU() {
    let (rows, width) = (3, 18)
    let x = normals(rows * 2 * width, stream.child("x"), scale: 2)
    let seed = normals(rows * width, stream.child("s"))
    let reference: DoubleFunction = { a in
      var y: [Double] = []
      for r in 0..<rows {
        for i in 0..<width {
          let gate = a[0][r * 2 * width + i]
          y.append(gate / (1 + exp(-gate)) * a[0][r * 2 * width + width + i])
        }
      }
      return weighted(y, seed)
    }
    var tape = Tape()
    let input = tape.variable(Tensor(x, shape: [rows, 2 * width]))
    let output = tape.swiGLU(input)
    var none = Tensor(zeros: [0])
    let gradients = tape.gradients(
      seeding: [(output, Tensor(seed))], parameters: &none, keeping: true)
    expectClose(
      gradients[input].values, centralDifferences(of: reference, at: [doubles(x)], argument: 0),
      "x")
  }

  @Test(
    "attention's gradients are those of its formula, row by row",
    arguments: [[0, 1], [0, 5], [0, 3, 20], [0, 17, 18, 21]])
  func attention(rowOffsets: [Int]) {
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headSize: 4)
    let tokens = rowOffsets[rowOffsets.count - 1]
    let rotary = RotaryTable(positionCount: 32, headSize: 4, base: 100)
    let x = normals(tokens * shape.projectionWidth, stream.child("x"))
    let seed = normals(tokens * shape.outputWidth, stream.child("s"))
    let reference: DoubleFunction = { a in
      weighted(
        referenceAttention(a[0], rowOffsets: rowOffsets, shape: shape, base: 100), seed)
    }
    var tape = Tape()
    let input = tape.variable(Tensor(x, shape: [tokens, shape.projectionWidth]))
    let output = tape.attention(
      input, over: SequenceForest(rowOffsets: rowOffsets), shape: shape, rotary: rotary)
    expectClose(
      output.value.values,
      referenceAttention(doubles(x), rowOffsets: rowOffsets, shape: shape, base: 100),
      tolerance: 1e-5, "output")
    var none = Tensor(zeros: [0])
    let gradients = tape.gradients(
      seeding: [(output, Tensor(seed))], parameters: &none, keeping: true)
    expectClose(
      gradients[input].values, centralDifferences(of: reference, at: [doubles(x)], argument: 0),
      "projections")
  }

  @Test(
    "attention's gradients over shared tokens are those of the sequences written out",
    arguments: [nil, [0, 3, 4, 5, 7, 11, 12, 17], [13]])
  func sharedAttention(wanted: [Int]?) {
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headSize: 4)
    // A beginning with two continuations, one of which has two of its own, and a row by itself.
    var forest = SequenceForest()
    let root = forest.append(count: 4)
    let branch = forest.append(count: 3, after: root)
    forest.append(count: 2, after: branch)
    forest.append(count: 3, after: branch)
    forest.append(count: 2, after: root)
    forest.append(count: 4)
    let tokens = forest.tokenCount
    let rows = wanted ?? Array(0..<tokens)
    let rotary = RotaryTable(positionCount: 32, headSize: 4, base: 100)
    let x = normals(tokens * shape.projectionWidth, stream.child("x"))
    let seed = normals(rows.count * shape.outputWidth, stream.child("s"))
    let reference: ([Double]) -> [Double] = { x in
      let all = referenceAttention(x, over: forest, shape: shape, base: 100)
      return rows.flatMap { all[($0 * shape.outputWidth)..<(($0 + 1) * shape.outputWidth)] }
    }
    var tape = Tape()
    let input = tape.variable(Tensor(x, shape: [tokens, shape.projectionWidth]))
    let output = tape.attention(input, over: forest, at: wanted, shape: shape, rotary: rotary)
    expectClose(output.value.values, reference(doubles(x)), tolerance: 1e-5, "output")
    var none = Tensor(zeros: [0])
    let gradients = tape.gradients(
      seeding: [(output, Tensor(seed))], parameters: &none, keeping: true)
    expectClose(
      gradients[input].values,
      centralDifferences(
        of: { self.weighted(reference($0[0]), seed) }, at: [doubles(x)], argument: 0),
      "projections")
  }

  @Test("a result computed again on the way back has the bits of the one that was not kept")
  func computedAgain() {
    let x = Tensor(normals(7 * 36, stream.child("x")), shape: [7, 36])
    let w = Tensor(normals(36, stream.child("w")))
    var (tape, plain) = (Tape(), Tape(recording: false))
    let normed = tape.rmsNorm(
      tape.variable(x), parameters: w, weight: 0..<36, epsilon: 1e-6)
    let gated = tape.swiGLU(normed)
    for variable in [normed, gated] {
      guard case .computedAgain = variable.retained else {
        Issue.record("kept")
        continue
      }
      #expect(variable.retained.value.values == variable.value.values)
    }
    guard case .kept = plain.swiGLU(plain.variable(x)).retained else {
      Issue.record("a tape that doesn't record has no way back")
      return
    }
  }

  @Test("the head's log-probabilities and entropies have the gradients of their formulas")
  func head() {
    let (count, width, vocabulary) = (5, 6, 37)
    let h = normals(count * width, stream.child("h"))
    let w = normals(vocabulary * width, stream.child("w"))
    let targets: [Int32] = [0, 36, 5, 5, 17]
    let temperatures: [Float] = [1, 0.5, 2, 1, 1]
    let seed = normals(count, stream.child("s"))
    let entropySeed = normals(count, stream.child("e"))
    let reference: DoubleFunction = { a in
      var sum = 0.0
      for r in 0..<count {
        let u = (0..<vocabulary).map { v in
          (0..<width).reduce(0) { $0 + a[0][r * width + $1] * a[1][v * width + $1] }
            / Double(temperatures[r])
        }
        let top = u.max() ?? 0
        let logSum = top + log(u.reduce(0) { $0 + exp($1 - top) })
        let entropy = u.reduce(0) { $0 - exp($1 - logSum) * ($1 - logSum) }
        sum += Double(seed[r]) * (u[Int(targets[r])] - logSum) + Double(entropySeed[r]) * entropy
      }
      return sum
    }
    let layer = LinearParameters(
      parameters: Tensor(w), weight: 0..<w.count, outputs: vocabulary, inputs: width)
    var tape = Tape()
    let hidden = tape.variable(Tensor(h, shape: [count, width]))
    let (logs, entropies) = tape.logProbabilities(
      hidden, head: layer, targets: targets, temperatures: temperatures, entropies: true)
    var gradient = Tensor(zeros: [w.count])
    var seeds = [(output: logs, gradient: Tensor(seed))]
    if let entropies { seeds.append((output: entropies, gradient: Tensor(entropySeed))) }
    #expect(seeds.count == 2)
    let gradients = tape.gradients(seeding: seeds, parameters: &gradient, keeping: true)
    let at = [doubles(h), doubles(w)]
    expectClose(
      gradients[hidden].values, centralDifferences(of: reference, at: at, argument: 0), "hidden")
    expectClose(gradient.values, centralDifferences(of: reference, at: at, argument: 1), "weight")
  }

  @Test("an embedding's gradient adds up over repeated ids")
  func embedding() {
    let table = Tensor([1, 2, 3, 4, 5, 6])
    var tape = Tape()
    let output = tape.embedding([2, 0, 2], parameters: table, table: 0..<6, width: 2)
    #expect(output.value.values == [5, 6, 1, 2, 5, 6])
    var gradient = Tensor(zeros: [6])
    tape.gradients(seeding: [(output, Tensor([1, 2, 3, 4, 5, 6]))], parameters: &gradient)
    #expect(gradient.values == [3, 4, 0, 0, 6, 8])
  }

  @Test("sums, products and chosen rows play back to their inputs")
  func arithmetic() {
    var tape = Tape()
    let a = tape.variable(Tensor([[1, 2], [3, 4], [5, 6]]))
    let b = tape.variable(Tensor([[2, 0], [1, -1]]))
    let product = tape.matmul(tape.rows(a, [2, 0, 2]), b)
    let y = tape.sum(tape.scale(tape.add(product, tape.multiply(product, product)), by: 0.5))
    let gradients = tape.gradients(of: y)
    let reference: DoubleFunction = { v in
      let rows = [2, 0, 2].map { [v[0][$0 * 2], v[0][$0 * 2 + 1]] }
      return rows.reduce(0) { sum, row in
        sum
          + (0..<2).reduce(0) { inner, c in
            let p = row[0] * v[1][c] + row[1] * v[1][2 + c]
            return inner + 0.5 * (p + p * p)
          }
      }
    }
    let at = [doubles(a.value.values), doubles(b.value.values)]
    expectClose(gradients[a].values, centralDifferences(of: reference, at: at, argument: 0), "a")
    expectClose(gradients[b].values, centralDifferences(of: reference, at: at, argument: 1), "b")
  }

  @Test("a tape that doesn't record computes the same and keeps nothing")
  func withoutRecording() {
    var tape = Tape(recording: false)
    let a = tape.variable(Tensor([1, 2, 3]))
    let y = tape.sum(tape.multiply(a, a))
    #expect(y.value.values == [14])
    #expect(tape.gradients(of: y)[a].values == [0, 0, 0])
  }
}

/// Causal grouped attention over sequences that share tokens: every sequence is written out whole,
/// and of each segment its own tokens' outputs are taken.
func referenceAttention(
  _ x: [Double], over forest: SequenceForest, shape: AttentionShape, base: Double
) -> [Double] {
  let width = shape.projectionWidth
  return forest.segments.indices.flatMap { index -> [Double] in
    let tokens = forest.path(to: index).flatMap { Array(forest.segments[$0].tokens) }
    let row = tokens.flatMap { x[($0 * width)..<(($0 + 1) * width)] }
    let output = referenceAttention(row, rowOffsets: [0, tokens.count], shape: shape, base: base)
    return Array(output.suffix(forest.segments[index].tokens.count * shape.outputWidth))
  }
}

/// Causal grouped attention with rotary positions, written out in `Double`.
func referenceAttention(
  _ x: [Double], rowOffsets: [Int], shape: AttentionShape, base: Double
) -> [Double] {
  let (d, half, width) = (shape.headSize, shape.headSize / 2, shape.projectionWidth)
  let group = shape.heads / shape.keyValueHeads
  func rotated(_ token: Int, _ start: Int, at position: Int) -> [Double] {
    let head = Array(x[(token * width + start)..<(token * width + start + d)])
    return (0..<d).map { i in
      let angle = Double(position) * pow(base, -2 * Double(i % half) / Double(d))
      return i < half
        ? head[i] * cos(angle) - head[i + half] * sin(angle)
        : head[i] * cos(angle) + head[i - half] * sin(angle)
    }
  }
  var result: [Double] = []
  for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) {
    for t in start..<end {
      for h in 0..<shape.heads {
        let q = rotated(t, h * d, at: t - start)
        let keyStart = shape.heads * d + (h / group) * d
        let valueStart = keyStart + shape.keyValueHeads * d
        let scores = (start...t).map { j in
          zip(q, rotated(j, keyStart, at: j - start)).reduce(0) { $0 + $1.0 * $1.1 }
            / Double(d).squareRoot()
        }
        let top = scores.max() ?? 0
        let weights = scores.map { exp($0 - top) }
        let sum = weights.reduce(0, +)
        for i in 0..<d {
          result.append(
            zip(start...t, weights).reduce(0) { $0 + $1.1 / sum * x[$1.0 * width + valueStart + i] }
          )
        }
      }
    }
  }
  return result
}
