import Testing

@testable import Tensor

/// Operands that don't fit an operation of the tape end the program before memory is touched.
@Suite struct TapePreconditionTests {
  @Test("a bias, a residual, a gradient or gates of another size trap")
  func layers() async {
    await #expect(processExitsWith: .failure) {
      _ = LinearParameters(
        parameters: Tensor(zeros: [7]), weight: 0..<4, outputs: 2, inputs: 2, bias: 4..<7)
    }
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      let layer = LinearParameters(
        parameters: Tensor(zeros: [4]), weight: 0..<4, outputs: 2, inputs: 2)
      let x = tape.variable(Tensor([[1, 2], [3, 4]]))
      _ = tape.linear(x, layer, residual: tape.variable(Tensor([[1, 2]])))
    }
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      let layer = LinearParameters(
        parameters: Tensor(zeros: [4]), weight: 0..<4, outputs: 2, inputs: 2)
      let y = tape.linear(tape.variable(Tensor([[1, 2]])), layer)
      var short = Tensor(zeros: [3])
      _ = tape.gradients(seeding: [(y, Tensor([[1, 1]]))], parameters: &short)
    }
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      _ = tape.swiGLU(tape.variable(Tensor(zeros: [2, 5])))
    }
  }

  @Test("a gradient that was freed on the way traps instead of being zero; a leaf's is there")
  func freedGradients() async {
    var tape = Tape()
    let leaf = tape.variable(Tensor([1, 2]))
    let sum = tape.sum(tape.multiply(leaf, leaf))
    var none = Tensor(zeros: [0])
    let gradients = tape.gradients(
      seeding: [(sum, Tensor(repeating: 1, shape: sum.value.shape))], parameters: &none)
    #expect(gradients[leaf].values == [2, 4])
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      let leaf = tape.variable(Tensor([1, 2]))
      let squares = tape.multiply(leaf, leaf)
      let sum = tape.sum(squares)
      var none = Tensor(zeros: [0])
      let gradients = tape.gradients(
        seeding: [(sum, Tensor(repeating: 1, shape: sum.value.shape))], parameters: &none)
      _ = gradients[squares]
    }
  }

  @Test("a head with a bias, impossible temperatures, and angles for heads of another size trap")
  func headAndAttention() async {
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      let head = LinearParameters(
        parameters: Tensor(zeros: [6]), weight: 0..<4, outputs: 2, inputs: 2, bias: 4..<6)
      _ = tape.logProbabilities(
        tape.variable(Tensor([[1, 2]])), head: head, targets: [0], temperatures: [1])
    }
    scoreOneToken(temperature: 0.5)
    await #expect(processExitsWith: .failure) { scoreOneToken(temperature: 0) }
    await #expect(processExitsWith: .failure) { scoreOneToken(temperature: -1) }
    await #expect(processExitsWith: .failure) { scoreOneToken(temperature: .nan) }
    await #expect(processExitsWith: .failure) { scoreOneToken(temperature: .infinity) }
    await #expect(processExitsWith: .failure) {
      var tape = Tape()
      let shape = AttentionShape(heads: 1, keyValueHeads: 1, headSize: 4)
      _ = tape.attention(
        tape.variable(Tensor(zeros: [2, 12])), over: SequenceForest(rowOffsets: [0, 2]),
        shape: shape, rotary: RotaryTable(positionCount: 2, headSize: 8, base: 10_000))
    }
  }
}

/// The log-probability of one token of two at a temperature.
private func scoreOneToken(temperature: Float) {
  var tape = Tape()
  let head = LinearParameters(parameters: Tensor(zeros: [4]), weight: 0..<4, outputs: 2, inputs: 2)
  _ = tape.logProbabilities(
    tape.variable(Tensor([[1, 2]])), head: head, targets: [0], temperatures: [temperature])
}
