/// What the weights of a policy are stored as while it samples.
///
/// Learning is always in `float32`. Narrow weights are another policy, close to the one that learns:
/// the log-probabilities they draw with are their own.
public enum WeightPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Four bytes: the weights that learn.
  case float32
  /// Two bytes: each weight rounded to 8 significant bits.
  case bfloat16
  /// One byte: integers in −127…127 times one scale per output of a layer.
  case int8
}
