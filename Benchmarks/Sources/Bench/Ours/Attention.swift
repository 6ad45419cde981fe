internal import CKernels
internal import Foundation
internal import Measuring
internal import Tensor

/// Causal attention over some sequences, grouped heads, fp32.
///
/// Queries, keys and values come as rows of one projection, as a decoder makes them; storing keys and
/// values in the layout of the kernels is part of the work.
struct Attention: Sendable {
  let batch, heads, groups, positions, size: Int

  var name: String { "b\(batch)h\(heads)kv\(groups)s\(positions)d\(size)" }

  /// Multiplications and additions of the causal half, forward; both directions take 3.5 times that.
  var operations: Double {
    2 * Double(batch * heads) * Double(positions * positions) * Double(size)
  }
  /// Exponentials of the causal half.
  var exponentials: Double { Double(batch * heads) * Double(positions * positions) / 2 }

  func work(backward: Bool, threads: Int) -> Work {
    let memory = AttentionMemory(self, threads: threads)
    let units = batch * groups
    return Work {
      parallelFor(units, threads: threads) { unit in
        memory.forward(unit)
        if backward { memory.backward(unit) }
      }
    } check: {
      [memory.worstError(backward: backward)]
    }
  }
}

/// The arrays of one attention; a unit is one key-value head of one sequence.
private final class AttentionMemory: Sendable {
  let shape: Attention
  let projections, gradient, output, inputGradient, logSums, keys, values, scratch: Floats
  let width, outputWidth, perGroup, keyStride, valueStride, scratchStride: Int
  let scale: Float
  /// The positions of all queries.
  let everywhere: [Int32]

  init(_ shape: Attention, threads: Int) {
    self.shape = shape
    everywhere = Array(0..<Int32(shape.positions))
    let (heads, groups, positions, size) = (shape.heads, shape.groups, shape.positions, shape.size)
    let tokens = shape.batch * positions
    width = (heads + 2 * groups) * size
    outputWidth = heads * size
    perGroup = heads / groups
    keyStride = pg_key_count(positions, size)
    valueStride = positions * size
    scratchStride = (pg_attention_scratch_count(positions, heads, size) + 15) / 16 * 16
    scale = Float(1 / Double(size).squareRoot())
    projections = Floats(normal: tokens * width, seed: 1)
    gradient = Floats(normal: tokens * outputWidth, seed: 2)
    output = Floats(zeros: tokens * outputWidth)
    inputGradient = Floats(zeros: tokens * width)
    logSums = Floats(zeros: tokens * heads)
    keys = Floats(zeros: shape.batch * groups * keyStride)
    values = Floats(zeros: shape.batch * groups * valueStride)
    scratch = Floats(zeros: shape.batch * groups * scratchStride)
  }

  private func offsets(_ unit: Int) -> (input: Int, key: Int, value: Int, output: Int) {
    let (sequence, group) = unit.quotientAndRemainder(dividingBy: shape.groups)
    let start = sequence * shape.positions
    let key = start * width + (shape.heads + group) * shape.size
    return (
      start * width + group * perGroup * shape.size, key, key + shape.groups * shape.size,
      start * outputWidth + group * perGroup * shape.size
    )
  }

  func forward(_ unit: Int) {
    let at = offsets(unit)
    let (keys, values) = (keys.base + unit * keyStride, values.base + unit * valueStride)
    pg_store_keys_values(
      shape.positions, 0, 1, shape.size, projections.base + at.key, width,
      projections.base + at.value, width, keys, keyStride, values, valueStride)
    pg_attention(
      shape.positions, 0, perGroup, 1, shape.size, scale, projections.base + at.input, width, keys,
      keyStride, values, valueStride, output.base + at.output, outputWidth,
      logSums.base + unit * shape.positions * perGroup, scratch.base + unit * scratchStride)
  }

  func backward(_ unit: Int) {
    let at = offsets(unit)
    let (keys, values) = (keys.base + unit * keyStride, values.base + unit * valueStride)
    pg_attention_backward(
      shape.positions, everywhere, shape.positions, perGroup, 1, shape.size, scale,
      projections.base + at.input, width, keys, keyStride, values, valueStride,
      output.base + at.output, outputWidth, logSums.base + unit * shape.positions * perGroup,
      gradient.base + at.output, outputWidth, inputGradient.base + at.input, width,
      inputGradient.base + at.key, width, inputGradient.base + at.value, width,
      scratch.base + unit * scratchStride)
  }

  /// The first and the last unit against Double: outputs may be off by 1e-5 of the largest one,
  /// gradients by 2e-5.
  func worstError(backward: Bool) -> Double {
    var worst = WorstError()
    for unit in Set([0, shape.batch * shape.groups - 1]) {
      let exact = ExactAttention(self, offsets(unit))
      exact.compare(exact.output, output, 1e-5, &worst)
      guard backward else { continue }
      exact.compare(exact.queryGradient, inputGradient, 2e-5, &worst)
      exact.compare(exact.keyGradient, inputGradient, 2e-5, &worst)
      exact.compare(exact.valueGradient, inputGradient, 2e-5, &worst)
    }
    return worst.share
  }
}

/// One unit of attention and its gradients in Double, straight from the formulas.
private struct ExactAttention {
  /// Elements by their place in the arrays of the kernels.
  typealias Elements = [(place: Int, value: Double)]
  private(set) var output: Elements = []
  private(set) var queryGradient: Elements = []
  private(set) var keyGradient: Elements = []
  private(set) var valueGradient: Elements = []

  init(
    _ memory: AttentionMemory, _ at: (input: Int, key: Int, value: Int, output: Int)
  ) {
    let (positions, size) = (memory.shape.positions, memory.shape.size)
    func rows(_ source: Floats, _ start: Int, _ stride: Int) -> [Double] {
      (0..<positions * size).map { source[start + $0 / size * stride + $0 % size] }
    }
    let keys = rows(memory.projections, at.key, memory.width)
    let values = rows(memory.projections, at.value, memory.width)
    let scale = Double(memory.scale)
    var (keySums, valueSums) = ([Double](repeating: 0, count: keys.count), keys.map { _ in 0.0 })
    func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int) -> Double {
      var sums = SIMD8<Double>.zero
      for d in stride(from: 0, to: size, by: 8) {
        for lane in 0..<8 { sums[lane] += a[i * size + d + lane] * b[j * size + d + lane] }
      }
      return sums.sum()
    }
    for head in 0..<memory.perGroup {
      let input = at.input + head * size
      let outputStart = at.output + head * size
      let queries = rows(memory.projections, input, memory.width)
      let gradients = rows(memory.gradient, outputStart, memory.outputWidth)
      for i in 0..<positions {
        let scores = (0...i).map { scale * dot(queries, i, keys, $0) }
        let largest = scores.max() ?? 0
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        var result = [Double](repeating: 0, count: size)
        var queryRow = result
        let slopes = (0...i).map { dot(gradients, i, values, $0) }
        let mean = zip(powers, slopes).reduce(0) { $0 + $1.0 * $1.1 } / sum
        for j in 0...i {
          let weight = powers[j] / sum
          let slope = scale * weight * (slopes[j] - mean)
          for d in 0..<size {
            result[d] += weight * values[j * size + d]
            queryRow[d] += slope * keys[j * size + d]
            keySums[j * size + d] += slope * queries[i * size + d]
            valueSums[j * size + d] += weight * gradients[i * size + d]
          }
        }
        for d in 0..<size {
          output.append((outputStart + i * memory.outputWidth + d, result[d]))
          queryGradient.append((input + i * memory.width + d, queryRow[d]))
        }
      }
    }
    for i in keys.indices {
      let place = i / size * memory.width + i % size
      keyGradient.append((at.key + place, keySums[i]))
      valueGradient.append((at.value + place, valueSums[i]))
    }
  }

  func compare(
    _ expected: Elements, _ found: Floats, _ tolerance: Double, _ worst: inout WorstError
  ) {
    let largest = expected.reduce(0) { max($0, abs($1.value)) }
    for (place, value) in expected {
      worst.add(found.base[place], value, permitted: tolerance * largest)
    }
  }
}
