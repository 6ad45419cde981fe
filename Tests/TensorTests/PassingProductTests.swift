import RandomStreams
import Testing

@testable import Tensor

/// Products of matrices that are packed on the way, against those of matrices packed before.
@Suite struct PassingProductTests {
  let stream = RandomStream(seed: 33)

  /// Either side of what a block holds, 512 × 1024, and of the rows from which on they are copied.
  @Test(
    "blocks change no bit of a product, with a bias, from zeros or from what stands there",
    arguments: [
      [1, 1, 1], [3, 512, 1024], [20, 513, 1025], [130, 40, 2050], [150, 1300, 33], [9, 0, 5],
    ]
  )
  func blocks(shape: [Int]) {
    let (rows, inner, columns) = (shape[0], shape[1], shape[2])
    let a = Tensor(normals(rows * inner, stream.child("a", rows)), shape: [rows, inner])
    let b = Tensor(normals(inner * columns, stream.child("b", rows)), shape: [inner, columns])
    let turned = Tensor(
      (0..<columns).flatMap { n in (0..<inner).map { b.values[$0 * columns + n] } },
      shape: [columns, inner])
    let bias = Tensor(normals(columns, stream.child("bias", rows)))
    let before = normals(rows * columns, stream.child("before", rows))
    let packed = PackedMatrix(b)
    for isAccumulating in [false, true] {
      let wanted = Tensor(shape: [rows, columns]) { c in
        _ = c.initialize(from: before)
        packed.multiply(
          rows: rows, a.pointer, stride: inner, bias: bias.pointer, into: c.baseAddress!,
          stride: columns, accumulating: isAccumulating)
      }
      for (matrix, isTurned) in [(b, false), (turned, true)] {
        let product = PassingProduct(
          matrix.pointer, rows: matrix.shape[0], columns: matrix.shape[1], transposed: isTurned)
        let found = Tensor(shape: [rows, columns]) { c in
          _ = c.initialize(from: before)
          product.multiply(
            rows: rows, a.pointer, stride: inner, bias: bias.pointer, into: c.baseAddress!,
            stride: columns, accumulating: isAccumulating)
        }
        let isSame = found == wanted
        #expect(isSame, "accumulating: \(isAccumulating), transposed: \(isTurned)")
      }
    }
    let isSame = matmul(a, b) == matmul(a, packed)
    #expect(isSame)
  }

  @Test("a layer without packed weights has the products of one with them, both ways")
  func layers() {
    let (rows, inputs, outputs) = (140, 530, 1040)
    let parameters = Tensor(normals(outputs * (inputs + 1), stream.child("w")))
    let layers = [PackedMatrix.Precision.float32, nil].map {
      LinearParameters(
        parameters: parameters, weight: 0..<outputs * inputs, outputs: outputs, inputs: inputs,
        bias: outputs * inputs..<outputs * (inputs + 1), precision: $0)
    }
    let x = Tensor(normals(rows * inputs, stream.child("x")), shape: [rows, inputs])
    let seed = Tensor(normals(rows * outputs, stream.child("dy")), shape: [rows, outputs])
    let results = layers.map { layer in
      var tape = Tape()
      let input = tape.variable(x)
      let output = tape.linear(input, layer)
      var gradient = Tensor(zeros: [parameters.count])
      let gradients = tape.gradients(
        seeding: [(output: output, gradient: seed)], parameters: &gradient, keeping: true)
      return [output.value.values, gradients[input].values, gradient.values]
    }
    let areSame = results[0] == results[1]
    #expect(areSame)
    let isWhole = results[1][1] == matmul(seed, layers[1].backward).values
    #expect(isWhole)
  }
}
