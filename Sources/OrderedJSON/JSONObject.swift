/// The members of a JSON object in the order they were written, found by key in constant time.
public struct JSONObject: Sendable {
  /// A key and its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public let key: String
    /// Its value.
    public var value: JSONValue

    /// A key with its value.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// All members, in order; keys are distinct.
  public private(set) var members: [Member]
  /// Where each key is, once there are too many to look through.
  private var positions: [ExactString: Int]

  private static let scanLimit = 8

  /// An empty object.
  public init() {
    members = []
    positions = [:]
  }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there are none.
  public var isEmpty: Bool { members.isEmpty }

  /// The keys, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key.
  ///
  /// A new key goes to the end, an old one keeps its place; `nil` removes, in linear time.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil):
        members.remove(at: position)
        index()
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// Appends a member unless the key is taken, and says whether it did.
  mutating func appendIfNew(_ key: String, _ value: JSONValue) -> Bool {
    guard position(of: key) == nil else { return false }
    append(key, value)
    return true
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    members.append(Member(key: key, value: value))
    if members.count == Self.scanLimit + 1 {
      index()
    } else if members.count > Self.scanLimit {
      positions[ExactString(key)] = members.count - 1
    }
  }

  private mutating func index() {
    positions.removeAll(keepingCapacity: true)
    guard members.count > Self.scanLimit else { return }
    for (position, member) in members.enumerated() {
      positions[ExactString(member.key)] = position
    }
  }

  private func position(of key: String) -> Int? {
    let key = ExactString(key)
    return members.count > Self.scanLimit
      ? positions[key] : members.firstIndex { ExactString($0.key) == key }
  }
}

extension JSONObject: Hashable {
  /// Whether two objects have the same members, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  /// Feeds the members regardless of order.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for member in members {
      var one = Hasher()
      one.combine(ExactString(member.key))
      one.combine(member.value)
      sum &+= one.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object; the last of equal keys wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (key, value) in elements { self[key] = value }
  }
}
