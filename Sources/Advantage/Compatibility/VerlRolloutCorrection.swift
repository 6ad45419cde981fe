extension DivergenceRejection {
  /// Rejection as verl writes it.
  ///
  /// - Parameters:
  ///   - options: Names such as `token_k1`, `seq_mean_k2`, `seq_max_k3`, `binary_kl`, separated by
  ///     commas.
  ///   - thresholds: One bound for all or one per option, separated by commas: `upper`, or for k1
  ///     `lower_upper` (`upper` alone means its inverse below).
  /// - Throws: ``VerlSettingError`` for anything else.
  /// - Source: verl `trainer/ppo/rollout_corr_helper.py`. Its k1 is minus the log-ratio, so that
  ///   bounds written for trainer / sampler act on sampler / trainer; so they do here.
  public init(verl options: String, thresholds: String) throws(VerlSettingError) {
    let names = options.split(separator: ",").map { $0.trimmed }
    let bounds = thresholds.split(separator: ",").map { $0.trimmed }
    guard !names.isEmpty, bounds.count == 1 || bounds.count == names.count else {
      throw .thresholdCount(options: names.count, thresholds: bounds.count)
    }
    var criteria: [Criterion] = []
    for (index, name) in names.enumerated() {
      criteria.append(
        try Self.criterion(verl: name, bound: bounds[bounds.count == 1 ? 0 : index]))
    }
    self.init(criteria)
  }

  private static func criterion(
    verl name: String, bound: String
  ) throws(VerlSettingError) -> Criterion {
    let units: [String: Unit] = [
      "token": .token, "seq_sum": .rowSum, "seq_mean": .rowMean, "seq_max": .rowMaximum,
    ]
    if name == "binary_kl" { return .binaryKL(atMost: try VerlBounds(bound).upperOnly(bound)) }
    let parts = name.split(separator: "_")
    guard let estimator = parts.last, let unit = units[parts.dropLast().joined(separator: "_")]
    else { throw .unknownOption(name) }
    let bounds = try VerlBounds(bound)
    switch estimator {
    case "k1" where unit != .rowMaximum:
      let range = (bounds.lower ?? 1 / bounds.upper)...bounds.upper
      return .ratio(in: (1 / range.upperBound)...(1 / range.lowerBound), of: unit)
    case "k2": return .k2(atMost: try bounds.upperOnly(bound), of: unit)
    case "k3": return .k3(atMost: try bounds.upperOnly(bound), of: unit)
    default: throw .unknownOption(name)
    }
  }
}

extension SamplerCorrection {
  /// Importance weights as verl writes them: one bound truncates, `lower_upper` masks.
  ///
  /// - Parameters:
  ///   - level: `token` or `sequence`.
  ///   - threshold: `2.0`, or `0.5_2.0`.
  /// - Throws: ``VerlSettingError`` for anything else.
  /// - Source: verl `trainer/ppo/rollout_corr_helper.py`.
  public init(verl level: String, threshold: String) throws(VerlSettingError) {
    guard let level = Level(rawValue: level), level != .geometric else {
      throw .unknownOption(level)
    }
    let bounds = try VerlBounds(threshold)
    if let lower = bounds.lower {
      self = .masked(in: lower...bounds.upper, level: level)
    } else {
      self = .truncated(at: bounds.upper, level: level)
    }
  }
}

/// Why a setting written for verl was refused.
public enum VerlSettingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No such option.
  case unknownOption(String)
  /// Bounds that are not positive numbers in ascending order.
  case invalidThreshold(String)
  /// Neither one bound for all nor one per option.
  case thresholdCount(options: Int, thresholds: Int)

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .unknownOption(let name):
      "\"\(name)\" is no option of verl's rollout correction: write token, sequence, token_k1, seq_mean_k2, seq_max_k3 or the like."
    case .invalidThreshold(let text):
      "\"\(text)\" is no threshold: write a positive number, or two in ascending order joined by _."
    case .thresholdCount(let options, let thresholds):
      "\(options) options came with \(thresholds) thresholds: give one for all, or one each."
    }
  }
}

/// Bounds as verl writes them: `upper` or `lower_upper`.
private struct VerlBounds {
  var lower: Double?
  var upper: Double

  init(_ text: String) throws(VerlSettingError) {
    let numbers = text.split(separator: "_", omittingEmptySubsequences: false)
      .map { Double($0.trimmed) ?? .nan }
    guard let last = numbers.last, numbers.count <= 2,
      numbers.allSatisfy({ $0 > 0 && $0.isFinite }), numbers[0] <= last
    else { throw .invalidThreshold(text) }
    lower = numbers.count == 2 ? numbers[0] : nil
    upper = last
  }

  /// The bound of an option that has no lower one.
  func upperOnly(_ text: String) throws(VerlSettingError) -> Double {
    if lower != nil { throw .invalidThreshold(text) }
    return upper
  }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
