internal import FoundationEssentials

/// A span's text is a JSON string when it is UTF-8, and base64 bytes when a character was cut.
extension Span: Codable {
  private enum CodingKeys: String, CodingKey {
    case origin, role, turn, tokens, text, bytes, offsets, sampling
  }

  /// Reads a span, checking every count.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text: [UInt8] =
      if let string = try container.decodeIfPresent(String.self, forKey: .text) {
        Array(string.utf8)
      } else {
        Array(try container.decode(Data.self, forKey: .bytes))
      }
    let turn = try container.decode(Int.self, forKey: .turn)
    guard turn < Int.max else { throw RecordError.unreadable("turn \(turn) can't be counted") }
    try self.init(
      origin: container.decode(SpanOrigin.self, forKey: .origin),
      role: container.decode(Role.self, forKey: .role),
      turn: turn,
      tokens: container.decode([Int32].self, forKey: .tokens),
      text: text,
      offsets: container.decode([Int].self, forKey: .offsets),
      sampling: container.decodeIfPresent(SamplingRecord.self, forKey: .sampling))
  }

  /// Writes a span.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(origin, forKey: .origin)
    try container.encode(role, forKey: .role)
    try container.encode(turn, forKey: .turn)
    try container.encode(tokens, forKey: .tokens)
    if let string = String(validating: text, as: UTF8.self) {
      try container.encode(string, forKey: .text)
    } else {
      try container.encode(Data(text), forKey: .bytes)
    }
    try container.encode(offsets, forKey: .offsets)
    try container.encodeIfPresent(sampling, forKey: .sampling)
  }
}

/// The precision is written where it is not float32, and read as float32 where it is missing.
extension SamplingRecord: Codable {
  private enum CodingKeys: String, CodingKey {
    case logProbabilities, truncatedLogProbabilities, weightVersion, settings, precision
  }

  /// Reads a record.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      logProbabilities: try container.decode([Float].self, forKey: .logProbabilities),
      truncatedLogProbabilities: try container.decodeIfPresent(
        [Float].self, forKey: .truncatedLogProbabilities),
      weightVersion: try container.decode(Int.self, forKey: .weightVersion),
      settings: try container.decode(SamplingSettings.self, forKey: .settings),
      precision: try container.decodeIfPresent(WeightPrecision.self, forKey: .precision)
        ?? .float32)
  }

  /// Writes a record.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(logProbabilities, forKey: .logProbabilities)
    try container.encodeIfPresent(truncatedLogProbabilities, forKey: .truncatedLogProbabilities)
    try container.encode(weightVersion, forKey: .weightVersion)
    try container.encode(settings, forKey: .settings)
    if precision != .float32 { try container.encode(precision, forKey: .precision) }
  }
}

extension Trajectory: Codable {
  private enum CodingKeys: String, CodingKey {
    case task, rollout, branch, spans, events, status, score
  }

  /// Reads a trajectory, checking it span by span.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let branch = try container.decode(Int.self, forKey: .branch)
    guard branch >= 0 else { throw RecordError.unreadable("branch \(branch) is negative") }
    self.init(
      task: try container.decode(AgentTask.self, forKey: .task),
      rollout: try container.decode(RolloutID.self, forKey: .rollout),
      branch: branch)
    for span in try container.decode([Span].self, forKey: .spans) { try append(span) }
    for event in try container.decode([ToolEvent].self, forKey: .events) { append(event) }
    status = try container.decode(TrajectoryStatus.self, forKey: .status)
    score = try container.decode(Score.self, forKey: .score)
  }

  /// Writes a trajectory.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(task, forKey: .task)
    try container.encode(rollout, forKey: .rollout)
    try container.encode(branch, forKey: .branch)
    try container.encode(spans, forKey: .spans)
    try container.encode(events, forKey: .events)
    try container.encode(status, forKey: .status)
    try container.encode(score, forKey: .score)
  }

  /// The trajectory as one line of JSON with sorted keys and no line break: the same trajectory
  /// always gives the same bytes.
  public func jsonLine() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  /// Reads one line of JSON.
  ///
  /// - Throws: ``RecordError`` if the line is not JSON, lacks a field or contradicts itself.
  public init(jsonLine: [UInt8]) throws(RecordError) {
    do {
      self = try JSONDecoder().decode(Trajectory.self, from: Data(jsonLine))
    } catch let error as RecordError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
  }
}
