import RandomStreams
import Testing

@testable import Tensor

@Suite struct KeptLogitsTests {
  let stream = RandomStream(seed: 32)

  @Test("kept logits change no bit, however many are kept and however often the tape is played")
  func keptLogits() {
    // Two tiles of 192 positions and a smaller one; the second is kept only where all before it are.
    let (count, width, vocabulary) = (400, 6, 37)
    let hidden = Tensor(normals(count * width, stream.child("h")), shape: [count, width])
    let layer = LinearParameters(
      parameters: Tensor(normals(vocabulary * width, stream.child("w"))),
      weight: 0..<vocabulary * width, outputs: vocabulary, inputs: width)
    let targets = (0..<count).map { Int32($0 * 7 % vocabulary) }
    let temperatures = (0..<count).map { Float($0 % 3 + 1) / 2 }
    let seed = Tensor(normals(count, stream.child("s")))
    func numbers(_ retainedLogits: Int) -> [[Float]] {
      var tape = Tape()
      let input = tape.variable(hidden)
      let (logs, entropies) = tape.logProbabilities(
        input, head: layer, targets: targets, temperatures: temperatures, entropies: true,
        retainedLogits: retainedLogits)
      var results = [logs.value.values]
      for _ in 1...2 {
        var gradient = Tensor(zeros: [vocabulary * width])
        let seeds = [logs, entropies].compactMap(\.self).map { (output: $0, gradient: seed) }
        let gradients = tape.gradients(seeding: seeds, parameters: &gradient, keeping: true)
        results += [gradients[input].values, gradient.values]
      }
      return results
    }
    let none = numbers(0)
    #expect(none[1] == none[3] && none[2] == none[4])
    for retained in [1, 192 * vocabulary - 1, 192 * vocabulary, 399 * vocabulary, 1 << 20] {
      let some = numbers(retained)
      #expect(some == none, "\(retained) logits kept")
    }
  }
}
