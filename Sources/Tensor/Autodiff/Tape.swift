/// A recording of operations that can be played backwards for gradients.
///
/// The tape is a value: passing it on passes the recording on, and nothing is recorded that the code
/// doesn't say. Parameters of a model live in one flat array outside the tape; operations that use
/// them add into the same places of a flat gradient.
///
///     var tape = Tape()
///     let x = tape.variable(Tensor([1, 2, 3]))
///     let y = tape.sum(tape.multiply(x, x))
///     let gradients = tape.gradients(of: y)
///     gradients[x]                           // 2, 4, 6
///
/// An operation's gradient reaches its inputs in one fixed order, so repeating a computation repeats
/// its gradient bit for bit.
public struct Tape: Sendable {
  /// Plays one operation backwards.
  typealias Backward = @Sendable (inout GradientTable) -> Void

  /// Whether operations are recorded; without recording nothing is kept and there are no gradients.
  public let isRecording: Bool
  private var operations: [(backward: Backward, parameters: [Range<Int>])] = []
  private var variableCount = 0

  /// An empty tape.
  public init(recording: Bool = true) {
    isRecording = recording
  }

  /// Puts a value on the tape.
  public mutating func variable(_ value: Tensor) -> Variable {
    variable(value, retained: .kept(value))
  }

  /// Puts a value on the tape that operations after it compute again rather than keep.
  mutating func variable(
    _ value: Tensor, computedAgainBy compute: @escaping @Sendable () -> Tensor
  ) -> Variable {
    variable(value, retained: isRecording ? .computedAgain(compute) : .kept(value))
  }

  private mutating func variable(_ value: Tensor, retained: Variable.Retained) -> Variable {
    defer { variableCount += 1 }
    return Variable(
      place: Variable.Place(id: variableCount, shape: value.shape), value: value,
      retained: retained)
  }

  /// Records an operation, with the ranges of the parameters that it has gradients for.
  mutating func record(parameters: [Range<Int>] = [], _ backward: @escaping Backward) {
    if isRecording { operations.append((backward, parameters)) }
  }

  /// The gradient of a scalar with respect to every variable it was computed from.
  ///
  /// - Precondition: `output` has one element.
  public func gradients(of output: Variable) -> Gradients {
    precondition(
      output.value.count == 1,
      "gradients(of:) needs a scalar, got shape \(output.value.shape); pass seeds for anything else"
    )
    var none = Tensor(zeros: [0])
    return gradients(
      seeding: [(output, Tensor(repeating: 1, shape: output.value.shape))], parameters: &none,
      keeping: true)
  }

  /// Plays the tape backwards from given gradients of some outputs.
  ///
  /// - Parameters:
  ///   - seeds: Outputs with the gradient of each, of the same shape.
  ///   - parameters: The flat gradient that operations on parameters add into.
  ///   - keeping: Whether gradients of all variables are kept and returned; otherwise each is freed
  ///     as soon as it was passed on, and only those of variables that no operation made are returned.
  @discardableResult
  public func gradients(
    seeding seeds: [(output: Variable, gradient: Tensor)], parameters: inout Tensor,
    keeping: Bool = false
  ) -> Gradients {
    parameters.withUnsafeMutableBufferPointer { buffer in
      var table = GradientTable(
        count: variableCount, parameters: .flat(buffer), keeping: keeping)
      table.seed(seeds)
      for operation in operations.reversed() { operation.backward(&table) }
      return Gradients(tensors: table.tensors, passedOn: table.passedOn)
    }
  }

  /// Plays the tape backwards into a part of a sum, letting go of what each operation kept as soon as
  /// it has been played; the tape is empty afterwards.
  ///
  /// - Parameters:
  ///   - seeds: Outputs with the gradient of each, of the same shape.
  ///   - part: What operations on parameters add to.
  ///   - isLast: Whether the part gets nothing more: then ranges of parameters are finished once no
  ///     operation before uses them.
  package mutating func spend(
    seeding seeds: [(output: Variable, gradient: Tensor)], into part: GradientSum.Part,
    isLast: Bool
  ) {
    var table = GradientTable(count: variableCount, parameters: .part(part), keeping: false)
    table.seed(seeds)
    var uses: [Range<Int>: Int] = [:]
    for range in operations.flatMap(\.parameters) { uses[range, default: 0] += 1 }
    while let operation = operations.popLast() {
      operation.backward(&table)
      for range in operation.parameters {
        let left = (uses[range] ?? 1) - 1
        uses[range] = left
        if isLast && left == 0 { part.finish(range) }
      }
    }
  }
}

/// Gradients of the variables of a tape.
public struct Gradients: Sendable {
  let tensors: [Tensor?]
  let passedOn: Set<Int>

  /// The gradient with respect to a variable, of its shape; zeros if nothing depended on it.
  ///
  /// - Precondition: it was not freed on the way, as those of intermediate results are unless they are
  ///   kept.
  public subscript(variable: Variable) -> Tensor {
    precondition(
      !passedOn.contains(variable.place.id),
      "the gradient of a variable of shape \(variable.value.shape) was freed once it was passed on; ask for it with keeping: true"
    )
    return (tensors[variable.place.id] ?? Tensor(zeros: [variable.value.count]))
      .reshaped(to: variable.value.shape)
  }
}

/// Gradients on their way back.
struct GradientTable {
  /// Where the gradients of parameters are added up.
  enum Parameters {
    /// One flat gradient, or none when it is empty.
    case flat(UnsafeMutableBufferPointer<Float>)
    case part(GradientSum.Part)
  }

  var tensors: [Tensor?]
  /// Variables whose gradients were freed once an operation had taken them.
  private(set) var passedOn: Set<Int> = []
  private let parameters: Parameters
  private let keeping: Bool

  init(count: Int, parameters: Parameters, keeping: Bool) {
    tensors = Array(repeating: nil, count: count)
    self.parameters = parameters
    self.keeping = keeping
  }

  /// Puts in the gradients of some outputs.
  mutating func seed(_ seeds: [(output: Variable, gradient: Tensor)]) {
    for (output, gradient) in seeds {
      precondition(
        gradient.count == output.value.count,
        "an output of shape \(output.value.shape) got a gradient of shape \(gradient.shape)")
      add(gradient, to: output.place)
    }
  }

  /// The gradient that arrived at an operation's output, or `nil` if none did.
  mutating func take(_ variable: Variable.Place) -> Tensor? {
    guard !keeping, let gradient = tensors[variable.id] else { return tensors[variable.id] }
    tensors[variable.id] = nil
    passedOn.insert(variable.id)
    return gradient
  }

  /// Adds a finished gradient to a variable's.
  mutating func add(_ gradient: Tensor, to variable: Variable.Place) {
    guard var sum = tensors[variable.id] else {
      tensors[variable.id] = gradient
      return
    }
    tensors[variable.id] = nil
    sum += gradient.reshaped(to: sum.shape)
    tensors[variable.id] = sum
  }

  /// Lets a kernel write a variable's gradient, or add to it when there is one already.
  mutating func update(
    _ variable: Variable.Place, zeroing: Bool = false,
    _ body: (_ gradient: UnsafeMutablePointer<Float>, _ accumulating: Bool) -> Void
  ) {
    var accumulating = true
    var gradient: Tensor
    if let existing = tensors[variable.id] {
      gradient = existing
    } else {
      let count = variable.shape.reduce(1, *)
      let storage =
        zeroing ? TensorStorage(repeating: 0, count: count) : TensorStorage(uninitialized: count)
      gradient = Tensor(shape: variable.shape, storage: storage)
      accumulating = false
    }
    tensors[variable.id] = nil
    gradient.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base, accumulating || zeroing) }
    }
    tensors[variable.id] = gradient
  }

  /// The place of a parameter's gradient, or `nil` when nobody collects it.
  func parameterGradient(_ range: Range<Int>) -> UnsafeMutablePointer<Float>? {
    switch parameters {
    case .flat(let buffer):
      if buffer.isEmpty { return nil }
      precondition(
        range.upperBound <= buffer.count,
        "parameters \(range) lie outside the gradient's \(buffer.count)")
      return buffer.baseAddress.map { $0 + range.lowerBound }
    case .part(let part): return part.place(range)
    }
  }
}
