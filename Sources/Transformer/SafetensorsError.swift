public import Trajectories

/// Why a file is not a safetensors file that can be used.
public enum SafetensorsError: Error, Hashable, Sendable {
  /// The system refused to open, read or write it.
  case file(FileError)
  /// The file has fewer bytes than the eight that hold the header's length.
  case tooShort(bytes: Int)
  /// The header claims more bytes than the file has, or more than allowed.
  case headerLength(claimed: UInt64, available: Int)
  /// The header is not JSON.
  case headerNotJSON(String)
  /// An entry of the header lacks a field or holds something else than it should.
  case malformedEntry(name: String, expected: String)
  /// A type that the format doesn't know.
  case unknownType(name: String, type: String)
  /// The shape's product overflows.
  case shapeTooLarge(name: String, shape: [Int])
  /// The bytes of a tensor aren't as many as its shape and type need.
  case sizeMismatch(name: String, needed: Int, held: Int)
  /// A tensor's bytes overlap another's, or leave a hole before them.
  case notAdjacent(name: String, begins: Int, expected: Int)
  /// The tensors end elsewhere than the file does.
  case dataLength(described: Int, held: Int)
  /// No tensor of that name.
  case unknownTensor(String)
  /// The tensor's numbers are of a type that doesn't read as `Float`.
  case notFloatingPoint(name: String, type: String)
}

extension SafetensorsError: CustomStringConvertible {
  /// One sentence naming the culprit and the next step.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .tooShort(let bytes):
      "a safetensors file has at least 8 bytes, this one \(bytes); fetch or write it again"
    case .headerLength(let claimed, let available):
      "the header claims \(claimed) bytes of \(available); the file is cut off or no safetensors"
    case .headerNotJSON(let reason):
      "the header is \(reason); the file is damaged or no safetensors"
    case .malformedEntry(let name, let expected):
      "the header's entry of \"\(name)\" needs \(expected); write the file again"
    case .unknownType(let name, let type):
      "tensor \"\(name)\" has the unknown type \"\(type)\"; save it as F32, F16, BF16 or F64"
    case .shapeTooLarge(let name, let shape):
      "tensor \"\(name)\" of shape \(shape) has more elements than can be counted; the header is damaged"
    case .sizeMismatch(let name, let needed, let held):
      "tensor \"\(name)\" needs \(needed) bytes by shape and type, its offsets hold \(held); the header is damaged"
    case .notAdjacent(let name, let begins, let expected):
      "tensor \"\(name)\" begins at byte \(begins) of the data instead of \(expected); write the file again"
    case .dataLength(let described, let held):
      "the header describes \(described) bytes of data, the file holds \(held); was it cut off?"
    case .unknownTensor(let name):
      "the file has no tensor \"\(name)\"; its entries say which it has"
    case .notFloatingPoint(let name, let type):
      "tensor \"\(name)\" of type \(type) can't be read as floating point; read its bytes"
    }
  }
}
