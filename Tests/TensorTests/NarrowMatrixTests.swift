import RandomStreams
import Testing

@testable import Tensor

/// Weights stored in bf16 and int8, against the float weights that they stand for.
@Suite("Narrow matrices") struct NarrowMatrixTests {
  let stream = RandomStream(seed: 41)
  let a: Tensor
  let weight: Tensor

  init() {
    a = Tensor(normals(9 * 70, stream.child("a")), shape: [9, 70])
    weight = Tensor(normals(45 * 70, stream.child("w")), shape: [45, 70])
  }

  /// A number rounded to 8 significant bits, ties to even.
  func rounded(_ x: Float) -> Float {
    guard x != 0 else { return x }
    let step = Float(sign: .plus, exponent: x.exponent - 7, significand: 1)
    return (x / step).rounded(.toNearestOrEven) * step
  }

  @Test("a product over bf16 weights is the product of the rounded weights, bit for bit")
  func bfloat16() {
    let narrow = PackedMatrix(weight, transposed: true, precision: .bfloat16)
    let wide = PackedMatrix(
      Tensor(weight.values.map(rounded), shape: [45, 70]), transposed: true)
    #expect(narrow.precision == .bfloat16 && wide.precision == .float32)
    #expect(matmul(a, narrow) == matmul(a, wide))
    #expect(matmul(a, narrow) != matmul(a, PackedMatrix(weight, transposed: true)))
  }

  @Test(
    "every product lies within what its precision promises",
    arguments: PackedMatrix.Precision.allCases.indices)
  func bounds(index: Int) {
    let precision = PackedMatrix.Precision.allCases[index]
    let product = matmul(a, PackedMatrix(weight, transposed: true, precision: precision))
    for m in 0..<9 {
      for n in 0..<45 {
        let row = (0..<70).map { (Double(a[m, $0]), Double(weight[n, $0])) }
        let exact = row.reduce(0) { $0 + $1.0 * $1.1 }
        let magnitudes = row.reduce(0) { $0 + abs($1.0 * $1.1) }
        let largest = row.map { abs($0.1) }.max() ?? 0
        let rounding =
          switch precision {
          case .float32: 0.0
          case .bfloat16: 0x1p-8 * magnitudes
          case .int8: (0.5 + 0x1p-16) * largest / 127 * row.reduce(0) { $0 + abs($1.0) }
          case .bfloat16Products: 0x1.01p-7 * magnitudes
          case .int8Products: Self.offOfIntegers(row, weightStep: largest / 127)
          }
        let sums = 1.1 * 72 * 0x1p-24 * (magnitudes + rounding)
        let off = abs(Double(product[m, n]) - exact)
        #expect(off <= rounding + sums, "\(precision) [\(m), \(n)] is off by \(off)")
        if precision != .float32 { #expect(product[m, n] != 0) }
      }
    }
  }

  /// By how much rounding both factors to half a step moves a sum, an input's step being that of its
  /// block of 32.
  static func offOfIntegers(_ row: [(Double, Double)], weightStep: Double) -> Double {
    row.indices.reduce(0) { off, k in
      let block = row[(k / 32 * 32)..<min(k / 32 * 32 + 32, row.count)]
      let step = (block.map { abs($0.0) }.max() ?? 0) / 127
      let (x, w) = (0.5001 * step, 0.5001 * weightStep)
      return off + x * abs(row[k].1) + w * abs(row[k].0) + x * w
    }
  }

  @Test("a row of a product over narrow weights does not depend on the rows beside it")
  func batchInvariance() {
    for precision in PackedMatrix.Precision.allCases {
      let packed = PackedMatrix(weight, transposed: true, precision: precision)
      let all = matmul(a, packed)
      for row in 0..<9 {
        #expect(matmul(a[rows: row..<row + 1], packed) == all[rows: row..<row + 1])
      }
    }
  }

  @Test("narrow weights take a half and a quarter of the memory")
  func memory() {
    let bytes = PackedMatrix.Precision.allCases.map {
      PackedMatrix(weight, transposed: true, precision: $0).byteCount
    }
    #expect(
      bytes == [
        4 * 64 * 70, 2 * 64 * 70, 64 * 70 + 4 * 45, 2 * 64 * 70,
        64 * 96 + 4 * 45,  // whole blocks of inputs
      ])
  }

  @Test("a channel of zeros gives zeros, a channel with NaN gives NaN")
  func channels() {
    var values = weight.values
    for k in 0..<70 { values[3 * 70 + k] = 0 }
    values[7 * 70 + 9] = .nan
    let broken = Tensor(values, shape: [45, 70])
    for precision in PackedMatrix.Precision.allCases {
      let product = matmul(a, PackedMatrix(broken, transposed: true, precision: precision))
      #expect((0..<9).allSatisfy { product[$0, 3] == 0 && product[$0, 7].isNaN })
      #expect((0..<9).allSatisfy { product[$0, 6].isFinite && product[$0, 8].isFinite })
    }
  }

  @Test("an empty matrix has a product in every precision")
  func empty() {
    for precision in PackedMatrix.Precision.allCases {
      let flat = PackedMatrix(Tensor(zeros: [0, 5]), precision: precision)
      #expect(matmul(Tensor(zeros: [2, 0]), flat) == Tensor(zeros: [2, 5]))
    }
  }

  @Test("a layer packed in each use has the same products, shared while they are in use")
  func passing() {
    let parameters = Tensor(weight.values)
    let layers = [PackedMatrix.Precision.float32, nil].map {
      LinearParameters(
        parameters: parameters, weight: 0..<45 * 70, outputs: 45, inputs: 70, precision: $0)
    }
    let gradient = Tensor(normals(4 * 45, stream.child("g")), shape: [4, 45])
    for layer in layers {
      #expect(matmul(a, layer.forward) == matmul(a, layers[0].forward))
      #expect(matmul(gradient, layer.backward) == matmul(gradient, weight))
      var (first, second): (PackedMatrix?, PackedMatrix?) = (layer.backward, layer.backward)
      #expect(first?.floats === second?.floats)
      // Nothing holds it once nobody uses it; who holds on keeps what was packed.
      weak let storage = first?.floats
      first = nil
      #expect(second.map { matmul(gradient, $0) } == matmul(gradient, weight))
      second = nil
      #expect(storage == nil)
    }
  }

  @Test("a tape without recording takes a layer that is stored narrowly, a recording one traps")
  func recording() async {
    var tape = Tape(recording: false)
    let x = tape.variable(Tensor([[1, 2]]))
    #expect(tape.linear(x, narrowLayer).value.values == [5, 11])
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      _ = tape.linear(tape.variable(Tensor([[1, 2]])), narrowLayer)
    }
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      _ = tape.logProbabilities(
        tape.variable(Tensor([[1, 2]])), head: narrowLayer, targets: [1], temperatures: [1])
    }
  }
}

private let narrowLayer = LinearParameters(
  parameters: Tensor([1, 2, 3, 4]), weight: 0..<4, outputs: 2, inputs: 2, precision: .bfloat16)
