/// Where each named parameter lies in one flat array.
///
/// All parameters of a model share one array, so that an optimiser step, a norm and a checkpoint
/// are each one pass, and neighbours that are used together (query, key and value projections) form
/// one bigger matrix without a copy.
public struct ParameterLayout: Sendable, Hashable {
  /// One parameter.
  public struct Entry: Sendable, Hashable {
    /// Its name, as written to a file.
    public let name: String
    /// Its shape.
    public let shape: [Int]
    /// Where its elements lie.
    public let range: Range<Int>
  }

  /// The parameters, in order of their place.
  public private(set) var entries: [Entry] = []
  /// How many elements all parameters have.
  public private(set) var count = 0

  /// A layout without parameters.
  public init() {}

  /// Adds a parameter behind the last one and returns its place.
  @discardableResult
  public mutating func add(_ name: String, shape: [Int]) -> Range<Int> {
    let range = count..<(count + shape.reduce(1, *))
    entries.append(Entry(name: name, shape: shape, range: range))
    count = range.upperBound
    return range
  }

  /// The parameter of a name.
  public subscript(name: String) -> Entry? {
    entries.first { $0.name == name }
  }
}
