import CKernels
import CKernelsChecks
import Testing

/// One check written in C, on one instruction set.
struct KernelCheck: Sendable, CustomTestStringConvertible {
  let index: Int
  let instructionSet: pg_isa

  /// What the check states.
  var name: String { String(cString: pgc_name(index)) }
  var testDescription: String { "\(String(cString: pg_isa_name(instructionSet))): \(name)" }

  /// Every check on every instruction set that this machine has.
  static let all: [KernelCheck] = (PG_ISA_REFERENCE.rawValue...PG_ISA_LAST.rawValue)
    .map(pg_isa.init(rawValue:))
    .filter { pg_isa_available($0) != 0 }
    .flatMap { instructionSet in
      (0..<pgc_count()).map { KernelCheck(index: $0, instructionSet: instructionSet) }
    }

  /// Nil when the check holds, else what went wrong.
  func failure() -> String? {
    var message = [CChar](repeating: 0, count: 512)
    let failed = pgc_run(index, instructionSet, &message, message.count) != 0
    guard failed else { return nil }
    return String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

// Serialized, because a check switches the instruction set of the whole process.
@Suite("The kernels", .serialized)
struct KernelChecks {
  @Test("hold on every instruction set of this machine", arguments: KernelCheck.all)
  func holds(_ check: KernelCheck) {
    if let failure = check.failure() { Issue.record("\(failure)") }
  }

  @Test("are checked on more than the reference")
  func widths() {
    #expect(Set(KernelCheck.all.map(\.instructionSet.rawValue)).count >= 2)
    #expect(pgc_count() > 20)
  }

  @Test("a check that does not exist fails")
  func unknown() {
    #expect(KernelCheck(index: 10_000, instructionSet: PG_ISA_REFERENCE).failure() != nil)
  }
}
