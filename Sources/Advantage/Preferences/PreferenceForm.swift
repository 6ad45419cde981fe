extension PreferenceLoss {
  /// What a pair costs.
  ///
  /// `x` are log-ratios, `s` scores, `m` the margin of scores, `z = beta m`, `σ` the logistic
  /// function; `c` and `r` stand for chosen and rejected.
  public enum Form: Sendable, Hashable, Codable {
    /// DPO, with label smoothing `e` conservative DPO: `-(1 - e) log σ(z) - e log σ(-z)`.
    ///
    /// `perToken` divides each score by its completion's length first.
    case sigmoid(labelSmoothing: Double = 0, perToken: Bool = false)
    /// SLiC: `max(0, 1 - z)`. arXiv 2305.10425
    case hinge
    /// Identity preference optimisation: `(m - 1 / (2 beta))²`. arXiv 2310.12036
    ///
    /// `perToken` divides each score by its completion's length first, as the authors do and TRL
    /// does; OpenRLHF does not.
    case ipo(perToken: Bool = true)
    /// EXO: `σ(z) (log σ(z) - log(1 - e)) + σ(-z) (log σ(-z) - log e)`. arXiv 2402.00856
    case exo(labelSmoothing: Double = 1e-3)
    /// NCA: `-log σ(beta s_c) - ½ log σ(-beta s_c) - ½ log σ(-beta s_r)`. arXiv 2402.05369
    case nca
    /// Unbiased under a share `e` of flipped labels:
    /// `(-(1 - e) log σ(z) + e log σ(-z)) / (1 - 2e)`. arXiv 2403.00409
    case robust(labelSmoothing: Double)
    /// BCO without its moving threshold: `-log σ(beta s_c) - log σ(-beta s_r)`. arXiv 2404.04656
    case bco
    /// SPPO with hard probabilities: `(s_c - 1 / (2 beta))² + (s_r + 1 / (2 beta))²`.
    /// arXiv 2405.00675
    case sppo
    /// Alignment by optimal transport: the conservative DPO cost of the k-th smallest against the
    /// k-th smallest, over the whole batch. arXiv 2406.05882
    ///
    /// Paired, differences chosen - rejected under the current weights against those under the
    /// reference; else log-ratios of chosen against log-ratios of rejected completions. The
    /// divergence plays no part.
    case aot(labelSmoothing: Double = 0, paired: Bool = true)
    /// For preferred completions better than the model's own: `1 - σ(beta x_c) + σ(beta x_r)`.
    /// arXiv 2408.06266
    case apoZero
    /// For preferred completions worse than the model's own: `σ(beta x_c) + 1 - σ(z)`.
    /// arXiv 2408.06266
    case apoDown
    /// The discovered blend: `-(1 - w) log σ(z) + w exp(-z)`, `w = σ(z / temperature)`.
    /// arXiv 2406.08414
    case discoPOP(temperature: Double = 0.05)
  }
}

extension PreferenceLoss.Form {
  /// What a pair costs, with the derivatives by both log-probabilities.
  struct Cost {
    var loss: Double
    var byChosen: Double
    var byRejected: Double
  }

  /// Whether completions are compared by rank instead of in pairs.
  var sorts: Bool { if case .aot = self { true } else { false } }

  /// Refuses parameters out of range.
  func check() {
    switch self {
    case .sigmoid(let smoothing, _), .aot(let smoothing, _):
      precondition((0...1).contains(smoothing), "label smoothing must lie in 0...1")
    case .exo(let smoothing):
      precondition(smoothing > 0 && smoothing < 1, "EXO's label smoothing must lie between 0 and 1")
    case .robust(let smoothing):
      precondition((0..<0.5).contains(smoothing), "robust label smoothing must lie in 0..<0.5")
    case .discoPOP(let temperature):
      precondition(temperature > 0 && temperature.isFinite, "the temperature must be positive")
    case .hinge, .ipo, .nca, .bco, .sppo, .apoZero, .apoDown: break
    }
  }

  /// The cost of a pair.
  func cost(of pair: Pair, chosen: Slope, rejected: Slope, beta: Double) -> Cost {
    let margin = chosen.value - rejected.value
    /// A function of z.
    func together(_ term: Slope) -> Cost {
      Cost(
        loss: term.value, byChosen: beta * term.slope * chosen.slope,
        byRejected: -beta * term.slope * rejected.slope)
    }
    /// A function of each completion alone.
    func apart(_ left: Slope, _ right: Slope) -> Cost {
      Cost(loss: left.value + right.value, byChosen: left.slope, byRejected: right.slope)
    }
    let (c, r) = (beta * chosen.value, beta * rejected.value)
    let (cSlope, rSlope) = (beta * chosen.slope, beta * rejected.slope)
    switch self {
    case .sigmoid(let smoothing, perToken: false):
      return together(Self.logistic(beta * margin, smoothing: smoothing))
    case .sigmoid(let smoothing, perToken: true):
      let mean = chosen.value / pair.chosenLength - rejected.value / pair.rejectedLength
      let term = Self.logistic(beta * mean, smoothing: smoothing)
      return Cost(
        loss: term.value, byChosen: term.slope * cSlope / pair.chosenLength,
        byRejected: -term.slope * rSlope / pair.rejectedLength)
    case .hinge:
      let z = beta * margin
      return together(Slope(value: max(0, 1 - z), slope: z < 1 ? -1 : 0))
    case .ipo(let perToken):
      let chosenLength = perToken ? pair.chosenLength : 1
      let rejectedLength = perToken ? pair.rejectedLength : 1
      let error =
        chosen.value / chosenLength - rejected.value / rejectedLength - 1 / (2 * beta)
      return Cost(
        loss: error * error, byChosen: 2 * error * chosen.slope / chosenLength,
        byRejected: -2 * error * rejected.slope / rejectedLength)
    case .exo(let smoothing):
      return together(Self.exo(beta * margin, smoothing: smoothing))
    case .nca:
      return apart(
        Slope(
          value: -Logistic.logSigmoid(c) - Logistic.logSigmoid(-c) / 2,
          slope: cSlope * (Logistic.sigmoid(c) / 2 - Logistic.sigmoid(-c))),
        Slope(value: -Logistic.logSigmoid(-r) / 2, slope: rSlope * Logistic.sigmoid(r) / 2))
    case .robust(let smoothing):
      return together(Self.robust(beta * margin, smoothing: smoothing))
    case .bco:
      return apart(
        Slope(value: -Logistic.logSigmoid(c), slope: -cSlope * Logistic.sigmoid(-c)),
        Slope(value: -Logistic.logSigmoid(-r), slope: rSlope * Logistic.sigmoid(r)))
    case .sppo:
      let (high, low) = (chosen.value - 0.5 / beta, rejected.value + 0.5 / beta)
      return apart(
        Slope(value: high * high, slope: 2 * high * chosen.slope),
        Slope(value: low * low, slope: 2 * low * rejected.slope))
    case .apoZero:
      let (up, down) = (Self.gate(beta * pair.chosen), Self.gate(beta * pair.rejected))
      return apart(
        Slope(value: 1 - up.value, slope: -beta * up.slope),
        Slope(value: down.value, slope: beta * down.slope))
    case .apoDown:
      let (down, up) = (Self.gate(beta * pair.chosen), Self.gate(beta * margin))
      return Cost(
        loss: down.value + 1 - up.value,
        byChosen: beta * down.slope - cSlope * up.slope, byRejected: rSlope * up.slope)
    case .discoPOP(let temperature):
      return together(Self.discovered(beta * margin, temperature: temperature))
    case .aot:
      return Cost(loss: 0, byChosen: 0, byRejected: 0)
    }
  }

  // -(1 - e) log σ(z) - e log σ(-z)
  static func logistic(_ z: Double, smoothing: Double) -> Slope {
    Slope(
      value: -(1 - smoothing) * Logistic.logSigmoid(z) - smoothing * Logistic.logSigmoid(-z),
      slope: smoothing * Logistic.sigmoid(z) - (1 - smoothing) * Logistic.sigmoid(-z))
  }

  private static func robust(_ z: Double, smoothing: Double) -> Slope {
    let clean = -(1 - smoothing) * Logistic.logSigmoid(z)
    let flipped = -smoothing * Logistic.logSigmoid(-z)
    let slope = -(1 - smoothing) * Logistic.sigmoid(-z) - smoothing * Logistic.sigmoid(z)
    return Slope(value: (clean - flipped) / (1 - 2 * smoothing), slope: slope / (1 - 2 * smoothing))
  }

  private static func exo(_ z: Double, smoothing: Double) -> Slope {
    let (up, down) = (Logistic.sigmoid(z), Logistic.sigmoid(-z))
    let clean = Logistic.logarithm(onePlus: -smoothing)
    let flipped = Logistic.logarithm(smoothing)
    return Slope(
      value: up * (Logistic.logSigmoid(z) - clean) + down * (Logistic.logSigmoid(-z) - flipped),
      slope: up * down * (z - clean + flipped))
  }

  private static func discovered(_ z: Double, temperature: Double) -> Slope {
    let blend = gate(z / temperature)
    let logistic = logistic(z, smoothing: 0)
    let power = Power(-z)
    return Slope(
      value: logistic.value * (1 - blend.value) + power.value * blend.value,
      slope: logistic.slope * (1 - blend.value) - power.slope * blend.value
        + (power.value - logistic.value) * blend.slope / temperature)
  }

  private static func gate(_ z: Double) -> Slope {
    Slope(
      value: Logistic.sigmoid(z), slope: Logistic.sigmoid(z) * Logistic.sigmoid(-z))
  }
}
