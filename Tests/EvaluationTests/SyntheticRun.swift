import Evaluation
import Rewards
import Trajectories

/// A made-up run that looks like a real one: rewards rise, entropy falls.
struct SyntheticRun {
  let folder: RunFolder
  var steps = 150
  private var state: UInt64 = 42

  init(folder: RunFolder) {
    self.folder = folder
  }

  private mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  private mutating func noise(_ scale: Double) -> Double {
    (uniform() + uniform() + uniform() - 1.5) * scale
  }

  mutating func write() throws {
    try folder.write(
      Array(
        """
        {"name": "Searching invented worlds", "seed": 7, "learningRate": 0.0003, "groupSize": 8,
         "groups": 8, "steps": \(steps), "temperature": 1.0, "kl": {"weight": 0.001},
         "estimator": "GRPO", "objective": "clipped surrogate",
         "model": {"layers": 4, "width": 128, "parameters": 1012224}}
        """.utf8), to: .configuration)
    try folder.write(curves(), to: .metrics)
    try folder.write(
      (1...max(1, steps)).map {
        TimingRecord(
          step: $0,
          seconds: ["rollout": 3.1, "learning": 2.2, "total": 5.6, "tokensPerSecond": 4180])
      }, to: .timings)
    try folder.write(try rollouts(), to: .trajectories)
    let evaluations = try evaluations()
    try folder.write(evaluations, to: .evaluations)
    try folder.write(
      RunSummary(
        seed: 7, wallSeconds: .init(total: 1423.8, rl: 861.4),
        exactMatch: .init(evaluations.map { EvaluationOutcome($0) }), searchesPerQuestion: 2.31,
        tokensPerSecond: 4180
      ).json(), to: .summary)
  }

  private mutating func curves() -> [MetricsRecord] {
    (1...max(1, steps)).map { step in
      let progress = Double(step) / Double(steps)
      let rise = progress * progress * (3 - 2 * progress)
      let reward = 0.33 + 0.36 * rise + noise(0.12)
      return MetricsRecord(
        step: step,
        values: [
          "reward": reward, "exactMatch": min(1, max(0, reward - 0.02)),
          "searchesPerQuestion": 1.7 + 0.6 * rise + noise(0.25),
          "entropy": 0.42 - 0.22 * rise + noise(0.04), "kl": 0.03 * rise + abs(noise(0.006)),
          "gradientNorm": 0.7 + abs(noise(0.5)) + (step == 61 ? 2.4 : 0),
          "responseTokens": 74 + 22 * rise + noise(9), "drift": 0, "rollouts": 64,
          "sampledTokens": 64 * (74 + 22 * rise), "updates": 2,
          "loss": step == 90 ? .nan : noise(0.02),
        ])
    }
  }

  private mutating func rollouts() throws -> [TrajectoryRecord] {
    var records: [TrajectoryRecord] = []
    for step in [1, steps / 2, steps] {
      for group in 0..<2 {
        for member in 0..<8 {
          records.append(try rollout(RolloutID(step: step, group: group, member: member)))
        }
      }
    }
    return records
  }

  private mutating func rollout(_ id: RolloutID) throws -> TrajectoryRecord {
    let isRight = uniform() < 0.3 + 0.5 * Double(id.step) / Double(steps)
    let trajectory = try search(
      isRight: isRight, task: Self.bridge(id: "w\(id.group)"), rollout: id, stops: uniform() < 0.3)
    let advantage: Float = isRight ? 0.935 : -1.069
    return TrajectoryRecord(
      trajectory: trajectory, report: Make.report(isRight ? 1 : 0),
      advantages: Array(repeating: advantage, count: trajectory.selection(.policy).count))
  }

  private static func bridge(id: String, pages: Int = 2) -> AgentTask {
    Make.task(
      id, question: "Where was the mayor of Velmora born?", answers: ["São Tarkis"],
      labels: [
        "pages": "\(pages)", "type": pages == 1 ? "attribute" : "bridge",
        "evidence": "city-12#1,person-7#1",
      ])
  }

  private mutating func search(
    isRight: Bool, task: AgentTask, rollout: RolloutID, stops: Bool
  ) throws -> Trajectory {
    let seed = uniform()
    let probability: (Int) -> Float = { index in
      -Float((Double((index * 7919 + Int(seed * 1000)) % 97) / 97).magnitude) * 2.2
    }
    let first = Make.Turn.search(
      "Velmora mayor", found: ["city-12#1", "city-40#2", "river-3#1"],
      text: """
        Doc 1(Title: Velmora) Velmora is a city in Tarkand. Its mayor is Anna Tell.
        Doc 2(Title: Velmira) Velmira was founded in 1743. The river Ister runs through it.
        Doc 3(Title: Ister) The Ister is a river. It runs through Velmira.
        """)
    let second = Make.Turn.search(
      "Anna Tell birthplace", found: isRight ? ["person-7#1"] : ["person-9#1"],
      text: isRight
        ? "Doc 1(Title: Anna Tell) Anna Tell was born in São Tarkis. She works for Bront Works."
        : "Doc 1(Title: Anna Tellin) Anna Tellin was born in Port Lusk.")
    let start = Make.Turn.words("<think>I need the mayor of Velmora.</think>")
    if stops, !isRight {
      return try Make.trajectory(
        task: task, rollout: rollout, probability: probability,
        [start, first, .answer("Anna Tell")])
    }
    return try Make.trajectory(
      task: task, rollout: rollout,
      status: seed < 0.1 && !isRight ? .truncated(by: .turns) : .completed,
      probability: probability,
      [
        start, first,
        .words(
          "<think>The mayor of Velmora is Anna Tell. I need the birthplace of Anna Tell.</think>"),
        second,
        seed < 0.1 && !isRight
          ? .words("<think>I need the") : .answer(isRight ? "São Tarkis" : "Port Lusk"),
      ])
  }

  private mutating func evaluations() throws -> [EvaluationRecord] {
    var records: [EvaluationRecord] = []
    for (set, chances) in [
      (EvaluationSet.heldOut, (0.36, 0.71)), (.atlas, (0.27, 0.55)), (.shuffledIndex, (0.02, 0.01)),
    ] {
      for (phase, chance) in [
        (EvaluationRecord.Phase.before, chances.0), (.after, chances.1),
      ] {
        for index in 0..<80 {
          let pages = index % 4 + 1
          let isRight = uniform() < chance + 0.08 * (2.5 - Double(pages))
          let trajectory = try search(
            isRight: isRight, task: Self.bridge(id: "\(set.rawValue)-\(index)", pages: pages),
            rollout: RolloutID(step: 0, group: index, member: 0), stops: uniform() < 0.4)
          records.append(
            EvaluationRecord(
              phase: phase, set: set, trajectory: trajectory, report: Make.report(isRight ? 1 : 0)))
        }
      }
    }
    return records
  }
}
