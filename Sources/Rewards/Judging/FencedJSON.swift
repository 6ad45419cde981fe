public import OrderedJSON

/// Reading the one fenced block of JSON that a reply has to end with.
///
///     Some reasoning.
///     ```json
///     {"S1": true}
///     ```
public enum FencedJSON {
  /// The value of the only ```` ```json ```` block of a reply, which has to stand at its end.
  ///
  /// Two blocks are one too many: the first may be a verdict that the judged text forged and the
  /// judge quoted. JSON is read strictly (RFC 8259, no key twice, no half surrogates). Takes time
  /// proportional to the reply.
  ///
  /// - Throws: ``UnusableReply`` saying what is wrong.
  public static func onlyBlock(in reply: String) throws(UnusableReply) -> JSONValue {
    let bytes = Array(reply.utf8)
    let opening = Array("```json".utf8)
    let fences = bytes.indices.filter { bytes[$0...].starts(with: Array("```".utf8)) }
    guard let open = fences.first else { throw UnusableReply("there is no fenced block") }
    guard fences.count == 2, let close = fences.last, close >= open + opening.count else {
      throw UnusableReply("there are \(fences.count) fence marks, and there should be 2")
    }
    guard bytes[open...].starts(with: opening) else {
      throw UnusableReply("the fenced block is not marked as json")
    }
    guard bytes[(close + 3)...].allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else {
      throw UnusableReply("the fenced block is not the end")
    }
    do {
      return try JSONValue(parsing: Array(bytes[(open + opening.count)..<close]))
    } catch {
      throw UnusableReply("\(error)")
    }
  }
}
