extension AnswerNormalization {
  /// Hands over the comparable form of a text, in memory that lives no longer than the call.
  func withForm<Result>(
    of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let result: Result?? = text.utf8.withContiguousStorageIfAvailable { text in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { form in
        guard let count = TableWriter.write(text, by: self, into: form) else { return nil }
        return body(UnsafeBufferPointer(rebasing: form[..<count]))
      }
    }
    if case .some(.some(let result)) = result { return result }
    return ComparableWriter.written(text, by: self).withUnsafeBufferPointer(body)
  }
}
