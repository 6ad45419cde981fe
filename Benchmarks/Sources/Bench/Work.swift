/// Something to time, and what it computes.
struct Work {
  /// One call.
  enum Call {
    case immediate(() throws -> Void)
    case suspending(() async throws -> Void)
  }

  let call: Call
  /// Numbers to compare with a peer's, or how far a result is from a Double reference, as a share of
  /// the error it may have.
  let check: (() async throws -> [Double])?

  init(_ call: @escaping () throws -> Void, check: (() throws -> [Double])? = nil) {
    self.call = .immediate(call)
    self.check = check.map { check in
      {
        try call()
        return try check()
      }
    }
  }

  init(
    suspending call: @escaping () async throws -> Void, check: (() async throws -> [Double])? = nil
  ) {
    self.call = .suspending(call)
    self.check = check
  }

  /// Calls it several times.
  func run(_ count: Int) async throws {
    switch call {
    case .immediate(let body): for _ in 0..<count { try body() }
    case .suspending(let body): for _ in 0..<count { try await body() }
    }
  }
}
