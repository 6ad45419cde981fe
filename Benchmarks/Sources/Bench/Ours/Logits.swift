internal import CKernels
internal import Foundation
internal import Measuring
internal import Tensor

/// The softmax of each row, out of place.
struct Softmax: Sendable {
  let rows, width: Int

  func work(threads: Int) -> Work {
    let (rows, width) = (rows, width)
    let logits = Floats(normal: rows * width, seed: 1)
    let out = Floats(zeros: rows * width)
    return Work {
      parallelFor(threads, threads: threads) { part in
        let (start, end) = (rows * part / threads, rows * (part + 1) / threads)
        pg_softmax(
          end - start, width, logits.base + start * width, width, out.base + start * width, width)
      }
    } check: {
      // Relative to the element: (largest - x + width / 16 + 32) units of roundoff.
      var worst = WorstError()
      for row in stride(from: 0, to: rows, by: max(1, rows / 32)) {
        let x = (0..<width).map { logits[row * width + $0] }
        let largest = x.max() ?? 0
        let powers = x.map { exp($0 - largest) }
        let total = powers.reduce(0, +)
        for i in 0..<width {
          let units = largest - x[i] + Double(width) / 16 + 32
          worst.add(
            out.base[row * width + i], powers[i] / total,
            permitted: powers[i] / total * units * roundoff)
        }
      }
      return [worst.share]
    }
  }
}

/// The log-probability of one id per row of logits.
struct LogProbabilities {
  let rows = 512
  let vocabulary = 151_936

  func work(threads: Int) -> Work {
    let (rows, vocabulary) = (rows, vocabulary)
    let logits = Floats(normal: rows * vocabulary, seed: 1)
    let (temperatures, results, sums) = (
      Floats(zeros: rows), Floats(zeros: rows), Floats(zeros: rows)
    )
    for row in 0..<rows { temperatures.base[row] = 1 }
    var draw = SplitMix64(seed: 2)
    let targets = (0..<rows).map { _ in Int32(draw.below(vocabulary)) }
    return Work {
      parallelFor(threads, threads: threads) { part in
        let (start, end) = (rows * part / threads, rows * (part + 1) / threads)
        targets.withUnsafeBufferPointer { targets in
          guard let targets = targets.baseAddress else { return }
          pg_log_probabilities(
            end - start, vocabulary, logits.base + start * vocabulary, vocabulary,
            temperatures.base + start, targets + start, results.base + start, sums.base + start,
            nil)
        }
      }
    } check: {
      // Exponentials within 1 unit in the last place, sums of V / 16 in each of 16 lanes.
      var worst = WorstError()
      for row in stride(from: 0, to: rows, by: 37) {
        let sum = (0..<vocabulary).reduce(0.0) { $0 + exp(logits[row * vocabulary + $1]) }
        let exact = logits[row * vocabulary + Int(targets[row])] - log(sum)
        let permitted = roundoff * (Double(vocabulary) / 16 + 4 * abs(exact) + 8)
        worst.add(results.base[row], exact, permitted: permitted)
      }
      return [worst.share]
    }
  }
}
