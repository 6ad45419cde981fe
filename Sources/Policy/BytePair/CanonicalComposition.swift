internal import Foundation

/// Unicode's normalization form C of valid UTF-8.
func canonicallyComposed(_ bytes: [UInt8]) -> [UInt8] {
  // Everything below U+0300, whose first byte is 0xcc, is composed already.
  guard bytes.contains(where: { $0 >= 0xcc }) else { return bytes }
  return Array(String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
}
