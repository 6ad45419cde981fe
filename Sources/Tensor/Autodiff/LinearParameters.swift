/// A linear layer's weight, packed for products, with the place of its gradient.
///
/// On the way back the weight is packed the other way round where it is used and let go: beside the
/// product of a few hundred rows that costs little, and no second copy of all weights stands beside
/// the activations when a step needs its memory most. A layer that is made without a precision does
/// the same on the way forward. A single product packs block after block; ``forward`` and
/// ``backward`` pack the whole, which threads that use a layer at the same time share.
public struct LinearParameters: Sendable {
  /// `W` as it lies among the parameters, for the gradient of the input. `[out, in]`
  public let matrix: Tensor
  /// Where the weight lies among the parameters.
  public let weight: Range<Int>
  /// The bias `[out]` and where it lies, if there is one.
  public let bias: (values: Tensor, range: Range<Int>)?
  private let packed: PackedMatrix?
  private let passing = (forward: PassingPack(), backward: PassingPack())

  /// Packs a weight of shape `[outputs, inputs]` that lies at `weight` in a flat array.
  ///
  /// - Parameters:
  ///   - parameters: The flat array; its memory is shared.
  ///   - weight: Where the weight lies.
  ///   - outputs: Extent of the output.
  ///   - inputs: Extent of the input.
  ///   - bias: Where the bias lies, `[outputs]`, or `nil`.
  ///   - precision: What the packed weight is stored as; `nil` to store nothing and pack it as floats
  ///     in each use. Only floats can be learned, so a recording tape traps on what is narrower.
  /// - Precondition: `weight` holds `outputs · inputs` parameters, and `bias` holds `outputs`.
  public init(
    parameters: Tensor, weight: Range<Int>, outputs: Int, inputs: Int, bias: Range<Int>? = nil,
    precision: PackedMatrix.Precision? = .float32
  ) {
    precondition(
      bias?.count ?? outputs == outputs,
      "a layer of \(outputs) outputs got a bias of \(bias?.count ?? 0) parameters")
    matrix = parameters[rows: weight].reshaped(to: [outputs, inputs])
    let matrix = matrix
    packed = precision.map { PackedMatrix(matrix, transposed: true, precision: $0) }
    self.weight = weight
    self.bias = bias.map { (parameters[rows: $0], $0) }
  }

  /// Extent of the input.
  public var inputCount: Int { matrix.shape[1] }
  /// Extent of the output.
  public var outputCount: Int { matrix.shape[0] }

  /// `Wᵀ` packed, for `x · Wᵀ`.
  ///
  /// - Complexity: O(1); without a precision O(*out in*), unless somebody is using it.
  public var forward: PackedMatrix { packed ?? passing.forward.matrix(matrix, transposed: true) }
  /// `W` packed, for `dy · W`, always as floats.
  ///
  /// - Complexity: O(*out in*), unless somebody is using it.
  public var backward: PackedMatrix { passing.backward.matrix(matrix, transposed: false) }

  /// Writes `x · Wᵀ` behind the bias, or adds it to what stands there.
  ///
  /// - Parameters:
  ///   - rows: `T`.
  ///   - x: `[T, in]`
  ///   - y: `[T, out]`
  func project(
    rows: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    let (inputs, outputs) = (inputCount, outputCount)
    if let packed {
      packed.multiply(
        rows: rows, x, stride: inputs, bias: bias?.values.pointer, into: y, stride: outputs,
        accumulating: accumulating)
    } else {
      PassingProduct(matrix.pointer, rows: outputs, columns: inputs, transposed: true).multiply(
        rows: rows, x, stride: inputs, bias: bias?.values.pointer, into: y, stride: outputs,
        accumulating: accumulating)
    }
    withExtendedLifetime(self) {}
  }

  /// Writes `dy · W`, or adds it to what stands there.
  ///
  /// - Parameters:
  ///   - rows: `T`.
  ///   - outputGradient: `[T, out]`
  ///   - inputGradient: `[T, in]`
  func projectBack(
    rows: Int, _ outputGradient: UnsafePointer<Float>,
    into inputGradient: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    let (inputs, outputs) = (inputCount, outputCount)
    PassingProduct(matrix.pointer, rows: outputs, columns: inputs, transposed: false).multiply(
      rows: rows, outputGradient, stride: outputs, into: inputGradient, stride: inputs,
      accumulating: accumulating)
    withExtendedLifetime(self) {}
  }

  /// Traps where a tape would record what has no gradient.
  func expectGradients(of tape: Tape) {
    precondition(
      !tape.isRecording || packed.map { $0.precision == .float32 } ?? true,
      "a gradient needs weights stored as float32")
  }
}
