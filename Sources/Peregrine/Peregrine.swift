// Everything that most programs need, under one import.
@_exported public import Advantage
@_exported public import Environments
@_exported public import Policy
@_exported public import Rewards
@_exported public import Tensor
@_exported public import Training
@_exported public import Trajectories

/// What this process computes with: instruction set, OpenBLAS's core and threads, processors, caches.
///
///     print(Peregrine.diagnostics())
///
/// Reads and changes nothing; what a bug report should quote.
public func diagnostics() -> TensorDiagnostics { .current }
