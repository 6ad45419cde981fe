import RandomStreams
import Testing

@testable import Tensor

@Suite struct TensorTests {
  @Test("a copy is unchanged when the original changes")
  func copyOnWrite() {
    var a = Tensor([[1, 2], [3, 4]])
    let b = a
    let view = a[rows: 1..<2]
    a[0, 1] = 7
    a[1, 0] = 8
    #expect(b.values == [1, 2, 3, 4])
    #expect(view.values == [3, 4])
    #expect(a.values == [1, 7, 8, 4])
  }

  @Test("a changed view leaves what it was cut from alone")
  func viewWrites() {
    let a = Tensor([[1, 2], [3, 4]])
    var view = a[rows: 1..<2]
    view[0, 0] = 9
    #expect(a.values == [1, 2, 3, 4])
    #expect(view.values == [9, 4])
    #expect(a.reshaped(to: [4]).values == [1, 2, 3, 4])
  }

  @Test("a product's row does not depend on how many rows are multiplied with it")
  func rowIndependence() {
    let stream = RandomStream(seed: 3)
    let (m, k, n) = (37, 129, 67)
    let a = Tensor(normals(m * k, stream.child("a")), shape: [m, k])
    let b = Tensor(normals(k * n, stream.child("b")), shape: [k, n])
    let whole = matmul(a, b)
    for row in 0..<m {
      #expect(matmul(a[rows: row..<(row + 1)], b) == whole[rows: row..<(row + 1)])
    }
  }

  @Test("a product agrees with sums in double precision")
  func product() {
    let stream = RandomStream(seed: 4)
    let (m, k, n) = (5, 33, 18)
    let a = normals(m * k, stream.child("a"))
    let b = normals(k * n, stream.child("b"))
    let c = matmul(Tensor(a, shape: [m, k]), Tensor(b, shape: [k, n]))
    var reference: [Double] = []
    for i in 0..<m {
      for j in 0..<n {
        reference.append((0..<k).reduce(0) { $0 + Double(a[i * k + $1]) * Double(b[$1 * n + j]) })
      }
    }
    expectClose(c.values, reference, tolerance: 1e-5, "product")
  }

  @Test("AdamW takes the steps of its formula")
  func adamW() {
    var optimizer = AdamW(
      count: 2, firstDecay: 0.9, secondDecay: 0.99, epsilon: 1e-8, weightDecay: 0.1)
    var w = Tensor([1, -2])
    var (reference, m, v) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
    for step in 1...5 {
      let g = [0.3 * Double(step), -0.2]
      optimizer.update(
        &w, along: Tensor(g.map { Float($0) }), learningRate: 0.01, gradientScale: 0.5)
      for i in 0..<2 {
        m[i] = 0.9 * m[i] + 0.1 * 0.5 * g[i]
        v[i] = 0.99 * v[i] + 0.01 * 0.25 * g[i] * g[i]
        var (c1, c2) = (1.0, 1.0)
        for _ in 0..<step { (c1, c2) = (c1 * 0.9, c2 * 0.99) }
        let update = m[i] / (1 - c1) / ((v[i] / (1 - c2)).squareRoot() + 1e-8)
        reference[i] -= 0.01 * (update + 0.1 * reference[i])
      }
    }
    expectClose(w.values, reference, tolerance: 1e-6, "weights")
  }

  @Test("a step in the gradient's place has the numbers of a step in the parameters' own")
  func replacedGradient() {
    let start = Tensor((0..<101).map { Float($0) / 7 - 3 })
    var (inPlace, optimizer) = (start, AdamW(count: 101, weightDecay: 0.1))
    var (kept, other) = (start, optimizer)
    for step in 1...3 {
      var gradient = Tensor((0..<101).map { Float(($0 * step) % 13) - 6 })
      optimizer.update(&inPlace, along: gradient, learningRate: 0.01, gradientScale: 0.5)
      let before = kept
      other.update(from: kept, replacing: &gradient, learningRate: 0.01, gradientScale: 0.5)
      #expect(kept == before && gradient == inPlace)
      kept = gradient
    }
    #expect(other.firstMoment == optimizer.firstMoment && other.step == 3)
    #expect(other.secondMoment == optimizer.secondMoment)
  }

  @Test("a step takes each element by itself, on any number of threads")
  func sharedStep() {
    let count = 300_001
    let start = (0..<count).map { Float($0 % 1009) / 100 - 5 }
    let gradient = (0..<count).map { Float($0 % 757) / 50 - 7 }
    func stepped(_ range: Range<Int>, threads: Int) -> (weights: [Float], optimizer: AdamW) {
      var weights = Tensor(Array(start[range]))
      var optimizer = AdamW(count: range.count, weightDecay: 0.1)
      for _ in 1...2 {
        optimizer.update(
          &weights, along: Tensor(Array(gradient[range])), learningRate: 0.01, threads: threads)
      }
      return (weights.values, optimizer)
    }
    let parts = [0..<100_000, 100_000..<200_000, 200_000..<count].map { stepped($0, threads: 1) }
    for threads in [1, 3] {
      let (weights, optimizer) = stepped(0..<count, threads: threads)
      // Decided outside `#expect`: a failure would print 300,001 numbers.
      let sameWeights = weights == parts.flatMap(\.weights)
      let sameFirst = optimizer.firstMoment.values == parts.flatMap(\.optimizer.firstMoment.values)
      let second = parts.flatMap(\.optimizer.secondMoment.values)
      let sameSecond = optimizer.secondMoment.values == second
      #expect(sameWeights && sameFirst && sameSecond)
    }
  }

  @Test("a parallel map keeps order and gives the same on any number of threads")
  func parallel() {
    let squares = (0..<100).map { $0 * $0 }
    #expect(parallelMap(100, threads: 1) { $0 * $0 } == squares)
    #expect(parallelMap(100, threads: 4) { $0 * $0 } == squares)
    #expect(parallelMap(0, threads: 4) { $0 }.isEmpty)
  }

  @Test("shapes that don't fit trap with both shapes in the message")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = matmul(Tensor(zeros: [2, 3]), Tensor(zeros: [2, 3]))
    }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2]) + Tensor(zeros: [3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3, 4, 5, 6], shape: [-2, -3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [6]).reshaped(to: [-2, -3]) }
  }
}
