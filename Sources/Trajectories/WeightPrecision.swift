/// What the weights of a policy are stored as while it samples, and what its products multiply.
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
  /// As ``bfloat16``, and the inputs of every layer rounded to 8 significant bits too.
  ///
  /// Known as W16A16. On a processor with AVX512-BF16 products of many rows take half the time of
  /// ``bfloat16``, on others the same.
  case bfloat16Products
  /// As ``int8``, and the inputs of every layer integers in −127…127 too, each 32 of them with their
  /// scale.
  ///
  /// Known as W8A8 with dynamic quantization. The fastest with AVX2, VNNI and NEON's dot products.
  case int8Products
}
