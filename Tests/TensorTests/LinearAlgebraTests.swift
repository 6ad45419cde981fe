import RandomStreams
import Testing

@testable import Tensor

/// Decompositions put together again, and what is refused.
@Suite struct LinearAlgebraTests {
  let stream = RandomStream(seed: 21)

  func matrix(_ rows: Int, _ columns: Int, _ name: String = "a") -> Tensor {
    Tensor(normals(rows * columns, stream.child(name, rows, columns)), shape: [rows, columns])
  }

  func transpose(_ a: Tensor) -> Tensor {
    let (rows, columns) = (a.shape[0], a.shape[1])
    return Tensor(
      (0..<(rows * columns)).map { a[$0 % rows, $0 / rows] }, shape: [columns, rows])
  }

  func diagonal(_ values: Tensor) -> Tensor {
    var result = Tensor(zeros: [values.count, values.count])
    for (i, value) in values.values.enumerated() { result[i, i] = value }
    return result
  }

  /// `B · Bᵀ + I`.
  func positiveDefinite(_ extent: Int) -> Tensor {
    let b = matrix(extent, extent, "b")
    return matmul(b, transpose(b)) + diagonal(Tensor(repeating: 1, shape: [extent]))
  }

  func expectEqual(
    _ a: Tensor, _ b: Tensor, tolerance: Double = 1e-4, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(a.shape == b.shape, "\(name)", sourceLocation: sourceLocation)
    expectClose(
      a.values, doubles(b.values), tolerance: tolerance, name, sourceLocation: sourceLocation)
  }

  func identity(_ extent: Int) -> Tensor { diagonal(Tensor(repeating: 1, shape: [extent])) }

  @Test("a solution put into its equations gives their right-hand sides", arguments: [1, 2, 7, 40])
  func solving(extent: Int) throws {
    let a = positiveDefinite(extent) + matrix(extent, extent, "skew")
    let sides = matrix(extent, 3, "sides")
    expectEqual(matmul(a, try solve(a, sides)), sides, tolerance: 1e-3, "A · X")
    let vector = sides[rows: 0..<extent].reshaped(to: [extent * 3])
    let one = Tensor(Array(vector.values.prefix(extent)))
    let x = try solve(a, one)
    #expect(x.shape == [extent])
    expectEqual(
      matmul(a, x.reshaped(to: [extent, 1])).reshaped(to: [extent]), one, tolerance: 1e-3, "A · x")
  }

  @Test("a system solved by hand comes out as by hand")
  func solvedByHand() throws {
    let x = try solve(Tensor([[0, 2], [4, 1]]), Tensor([6, 11]))
    #expect(x.values == [2, 3])
  }

  @Test("an inverse is one from both sides, and that of an inverse is the matrix")
  func inverting() throws {
    let a = positiveDefinite(9)
    let inverted = try inverse(a)
    expectEqual(matmul(a, inverted), identity(9), tolerance: 1e-3, "A · A⁻¹")
    expectEqual(matmul(inverted, a), identity(9), tolerance: 1e-3, "A⁻¹ · A")
    expectEqual(try inverse(inverted), a, tolerance: 1e-3, "(A⁻¹)⁻¹")
  }

  @Test("a determinant is that of its formula, changes sign with rows, and multiplies")
  func determinants() throws {
    #expect(abs(try determinant(Tensor([[3, 8], [4, 6]])) + 14) < 1e-5)
    #expect(abs(try determinant(Tensor([[4, 6], [3, 8]])) - 14) < 1e-5)
    #expect(try determinant(Tensor([[1, 2], [2, 4]])) == 0)
    #expect(try determinant(Tensor(zeros: [0, 0])) == 1)
    let (a, b) = (matrix(5, 5), matrix(5, 5, "b"))
    let (product, both) = (try determinant(matmul(a, b)), try determinant(a) * determinant(b))
    #expect(abs(product - both) <= 1e-4 * abs(both))
  }

  @Test("a singular matrix is refused by the pivot that is zero")
  func singular() {
    #expect(throws: LinearAlgebraError.singular(pivot: 1)) {
      try solve(Tensor([[1, 2], [2, 4]]), Tensor([1, 1]))
    }
    #expect(throws: LinearAlgebraError.singular(pivot: 0)) { try inverse(Tensor(zeros: [3, 3])) }
  }

  @Test("a matrix singular to working precision is refused unless the caller accepts it")
  func illConditioned() throws {
    // Hilbert's matrix of order 10, condition 3.5e13.
    let hilbert = Tensor(
      (0..<100).map { 1 / Float($0 / 10 + $0 % 10 + 1) }, shape: [10, 10])
    let b = Tensor(repeating: 1, shape: [10])
    let error = #expect(throws: LinearAlgebraError.self) { try solve(hilbert, b) }
    guard case .illConditioned(let reciprocal) = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(reciprocal > 0 && reciprocal < .ulpOfOne)
    #expect(try solve(hilbert, b, minimumReciprocalCondition: 0).isFinite)
  }

  @Test("a Cholesky factor is a lower triangle that multiplies back", arguments: [1, 2, 17])
  func choleskyFactor(extent: Int) throws {
    let a = positiveDefinite(extent)
    let lower = try cholesky(a)
    expectEqual(matmul(lower, transpose(lower)), a, "L · Lᵀ")
    for row in 0..<extent {
      #expect(lower[row, row] > 0)
      for column in (row + 1)..<max(extent, row + 1) { #expect(lower[row, column] == 0) }
    }
  }

  @Test("a Cholesky factor reads the lower triangle only")
  func choleskyTriangle() throws {
    #expect(
      try cholesky(Tensor([[4, .greatestFiniteMagnitude], [2, 5]])).values == [2, 0, 1, 2])
  }

  @Test("a matrix that is not positive definite is refused by the order of its minor")
  func notPositiveDefinite() {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 2)) {
      try cholesky(Tensor([[1, 2], [2, 1]]))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 1)) {
      try cholesky(Tensor([[-1]]))
    }
  }

  @Test("eigenvectors are orthonormal and put the matrix together again", arguments: [1, 2, 23])
  func eigen(extent: Int) throws {
    let b = matrix(extent, extent)
    let a = b + transpose(b)
    let eigen = try symmetricEigen(a)
    #expect(eigen.values.values == eigen.values.values.sorted())
    expectEqual(
      matmul(transpose(eigen.vectors), eigen.vectors), identity(extent), "Vᵀ · V")
    expectEqual(
      matmul(matmul(eigen.vectors, diagonal(eigen.values)), transpose(eigen.vectors)), a,
      "V · diag(λ) · Vᵀ")
  }

  @Test("eigenvalues known by hand come out ascending")
  func eigenByHand() throws {
    let eigen = try symmetricEigen(Tensor([[2, 1], [1, 2]]))
    expectClose(eigen.values.values, [1, 3], tolerance: 1e-6, "λ")
    #expect(abs(abs(eigen.vectors[0, 0]) - Float(0.5).squareRoot()) < 1e-6)
  }

  @Test(
    "singular vectors are orthonormal and put the matrix together again",
    arguments: [[1, 1], [5, 3], [3, 5], [20, 20]])
  func singularVectors(shape: [Int]) throws {
    let a = matrix(shape[0], shape[1])
    let rank = min(shape[0], shape[1])
    let parts = try singularValueDecomposition(a)
    #expect(parts.left.shape == [shape[0], rank])
    #expect(parts.rightTransposed.shape == [rank, shape[1]])
    #expect(parts.values.values == parts.values.values.sorted(by: >))
    expectEqual(
      matmul(transpose(parts.left), parts.left), identity(rank), "Uᵀ · U")
    expectEqual(
      matmul(parts.rightTransposed, transpose(parts.rightTransposed)), identity(rank), "Vᵀ · V")
    expectEqual(
      matmul(matmul(parts.left, diagonal(parts.values)), parts.rightTransposed), a,
      "U · diag(σ) · Vᵀ")
    expectEqual(try singularValues(a), parts.values, tolerance: 1e-5, "σ alone")
  }

  @Test("singular values are the roots of the eigenvalues of the matrix times its transpose")
  func singularAndEigen() throws {
    let a = matrix(6, 9)
    let squares = try symmetricEigen(matmul(a, transpose(a))).values.values.reversed()
    expectClose(
      try singularValues(a).values, squares.map { Double($0).squareRoot() }, tolerance: 1e-4, "σ")
  }

  @Test("the residual of a least-squares solution is orthogonal to every column")
  func leastSquaresResidual() throws {
    let (a, b) = (matrix(30, 4), matrix(30, 2, "b"))
    let found = try leastSquares(a, b)
    #expect(found.rank == 4)
    #expect(found.solution.shape == [4, 2])
    let residual = matmul(a, found.solution) + (-1 * b)
    #expect(matmul(transpose(a), residual).values.allSatisfy { abs($0) < 1e-4 })
    expectEqual(found.singularValues, try singularValues(a), tolerance: 1e-5, "σ")
  }

  @Test("a line through points on a line is that line")
  func line() throws {
    let found = try leastSquares(
      Tensor([[0, 1], [1, 1], [2, 1], [3, 1]]), Tensor([1, 3, 5, 7]))
    expectClose(found.solution.values, [2, 1], tolerance: 1e-5, "slope and offset")
  }

  @Test("equations that repeat lower the rank and give the solution of least norm")
  func rankDeficient() throws {
    let found = try leastSquares(Tensor([[1, 1], [1, 1]]), Tensor([2, 2]))
    #expect(found.rank == 1)
    expectClose(found.solution.values, [1, 1], tolerance: 1e-5, "solution")
    let under = try leastSquares(Tensor([[3, 4]]), Tensor([25]))
    expectClose(under.solution.values, [3, 4], tolerance: 1e-5, "underdetermined")
    let thin = matmul(matrix(8, 2), matrix(2, 8))
    let none = Tensor(zeros: [8])
    #expect(try leastSquares(thin, none).rank == 2, "rounding counted as rank")
    #expect(try leastSquares(thin, none, relativeCutoff: 0.999).rank == 1)
  }

  @Test("empty matrices have empty answers")
  func empty() throws {
    let none = Tensor(zeros: [0, 0])
    #expect(try solve(none, Tensor(zeros: [0, 2])).shape == [0, 2])
    #expect(try solve(identity(3), Tensor(zeros: [3, 0])).shape == [3, 0])
    #expect(try inverse(none).shape == [0, 0])
    #expect(try cholesky(none).shape == [0, 0])
    #expect(try symmetricEigen(none).values.count == 0)
    #expect(try singularValues(Tensor(zeros: [0, 3])).count == 0)
    #expect(
      try singularValueDecomposition(Tensor(zeros: [3, 0])).left.shape == [3, 0])
    #expect(try leastSquares(Tensor(zeros: [0, 2]), Tensor(zeros: [0])).solution.values == [0, 0])
    #expect(try leastSquares(identity(2), Tensor(zeros: [2, 0])).rank == 2)
  }

  @Test("a NaN or an infinity is refused by name", arguments: [Float.nan, .infinity])
  func nonFinite(value: Float) {
    let bad = Tensor([[1, value], [0, 1]])
    let inA = LinearAlgebraError.nonFinite(argument: "a")
    #expect(throws: inA) { try solve(bad, Tensor([1, 2])) }
    #expect(throws: inA) { try determinant(bad) }
    #expect(throws: inA) { try cholesky(bad) }
    #expect(throws: inA) { try symmetricEigen(bad) }
    #expect(throws: inA) { try singularValues(bad) }
    #expect(throws: inA) { try singularValueDecomposition(bad) }
    #expect(throws: inA) { try leastSquares(bad, Tensor([1, 2])) }
    #expect(throws: LinearAlgebraError.nonFinite(argument: "b")) {
      try solve(identity(2), Tensor([1, value]))
    }
    #expect(throws: LinearAlgebraError.nonFinite(argument: "b")) {
      try leastSquares(identity(2), Tensor([1, value]))
    }
  }

  @Test("arguments are left as they were")
  func values() throws {
    let (a, b) = (positiveDefinite(4), Tensor([1, 2, 3, 4]))
    let (before, sides) = (a.values, b.values)
    _ = try solve(a, b)
    _ = try cholesky(a)
    _ = try symmetricEigen(a)
    _ = try singularValueDecomposition(a)
    _ = try leastSquares(a, b)
    #expect(a.values == before)
    #expect(b.values == sides)
  }

  @Test("shapes that don't fit trap")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = try solve(Tensor(zeros: [2, 3]), Tensor(zeros: [2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = try solve(Tensor(zeros: [2, 2]), Tensor(zeros: [3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = try leastSquares(Tensor(zeros: [2, 2]), Tensor(zeros: [3]))
    }
  }
}
