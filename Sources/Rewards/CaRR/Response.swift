internal import Retrieval
internal import Trajectories

extension String {
  /// The text before its last list of references, trimmed; as it is without such a list.
  ///
  /// A citation that stands in the list only is no citation.
  package var withoutReferenceList: String {
    let bytes = Array(utf8)
    let heading = Array("## References".utf8)
    var last: Int?
    var position = 0
    while let found = bytes.firstIndex(of: heading, from: position) {
      last = found
      position = found + heading.count
    }
    guard let last else { return self }
    return String(decoding: bytes[..<last], as: UTF8.self).trimmingBlanks
  }
}

extension Trajectory {
  /// What the agent said last, after its thinking; empty if it never spoke.
  var finalMessage: String {
    guard let last = agentTurns.last else { return "" }
    let bytes = Array(last)
    let mark = Array("</think>".utf8)
    var position = 0
    while let found = bytes.firstIndex(of: mark, from: position) { position = found + mark.count }
    return String(decoding: bytes[position...], as: UTF8.self).trimmingBlanks
  }
}
