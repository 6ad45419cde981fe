import RandomStreams
import Testing

@testable import Tensor

/// A function of several arrays in `Double`, the reference that gradients are checked against.
typealias DoubleFunction = ([[Double]]) -> Double

/// Central differences of a function in `Double`.
func centralDifferences(
  of function: DoubleFunction, at inputs: [[Double]], argument: Int, step: Double = 1e-5
) -> [Double] {
  var inputs = inputs
  return inputs[argument].indices.map { i in
    let center = inputs[argument][i]
    inputs[argument][i] = center + step
    let above = function(inputs)
    inputs[argument][i] = center - step
    let below = function(inputs)
    inputs[argument][i] = center
    return (above - below) / (2 * step)
  }
}

/// Compares a computed gradient with the reference: within `tolerance` of the largest element.
func expectClose(
  _ computed: [Float], _ reference: [Double], tolerance: Double = 2e-4, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(computed.count == reference.count, "\(name)", sourceLocation: sourceLocation)
  let scale = max(reference.map(abs).max() ?? 0, 1e-2)
  for (i, (a, b)) in zip(computed, reference).enumerated() {
    #expect(
      abs(Double(a) - b) <= tolerance * scale, "\(name)[\(i)]: computed \(a), reference \(b)",
      sourceLocation: sourceLocation)
  }
}

/// Normally distributed numbers for a test.
func normals(_ count: Int, _ stream: RandomStream, scale: Double = 1) -> [Float] {
  var stream = stream
  return (0..<count).map { _ in Float(stream.normal() * scale) }
}

func doubles(_ values: [Float]) -> [Double] { values.map(Double.init) }
