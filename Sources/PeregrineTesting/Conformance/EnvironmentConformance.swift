public import Environments
public import RandomStreams
public import Trajectories

/// Checks that an environment keeps what ``Environments/Environment`` promises, and returns what it
/// breaks.
///
/// For every task: no action makes it throw; the same task, stream and actions give the same
/// episode (in a fresh session, after a reset, and beside other sessions); what a copy goes through
/// leaves the original alone; events belong to the turn that made them; and what ended stays ended.
///
///     #expect(await checkEnvironment({ MyWorld() }, tasks: tasks).isEmpty)
///
/// - Parameters:
///   - makeEnvironment: Makes a fresh session.
///   - tasks: Tasks to play; at least one.
///   - actions: What the agent writes, turn by turn, until the episode ends. Garbage is played
///     besides.
///   - stream: The randomness of the episodes.
/// - Returns: One sentence per violation; empty when the environment conforms.
public func checkEnvironment<World: Environment>(
  _ makeEnvironment: () -> World, tasks: [AgentTask], actions: [String] = [],
  stream: RandomStream = RandomStream(seed: 1)
) async -> [String] {
  precondition(!tasks.isEmpty, "checking an environment takes at least one task")
  var violations = Violations()
  violations.require(
    makeEnvironment().turnEnds.allSatisfy { !$0.isEmpty }, "a text that ends a turn is empty")
  for task in tasks {
    for script in [actions + unusualActions, unusualActions + actions] {
      await checkEpisode(makeEnvironment, task, script, stream, &violations)
    }
  }
  return violations.all
}

/// Things agents write.
private let unusualActions = [
  "", " \n", "no tags at all", "<search>unclosed", "</search>", "<search></search>",
  "<answer><search>crossed</answer></search>", "{\"name\": \"nobody\", \"arguments\": [",
  "<tool_call>{}</tool_call>", "e\u{301}\u{200D}🙂\u{0}\u{FEFF}",
  String(repeating: "<search>", count: 10_000), "<search>\(String(repeating: "q ", count: 50_000))",
]

/// What one episode looked like.
private struct Episode: Equatable {
  var prompt: Observation?
  var steps: [EnvironmentStep] = []
}

private func checkEpisode<World: Environment>(
  _ makeEnvironment: () -> World, _ task: AgentTask, _ script: [String], _ stream: RandomStream,
  _ violations: inout Violations
) async {
  let place = "on task \(task.id)"
  var world = makeEnvironment()
  let episode = await play(&world, task, script, stream, place, &violations)
  checkEvents(of: episode, place, &violations)
  await checkEnd(of: &world, after: episode, place, &violations)

  let again = await play(&world, task, script, stream, place, &violations)
  violations.require(again == episode, "\(place) an episode after a reset differs from the first")

  var fresh = makeEnvironment()
  let repeated = await play(&fresh, task, script, stream, place, &violations)
  violations.require(repeated == episode, "\(place) a fresh session gives another episode")

  await checkCopies(makeEnvironment(), task, script, stream, expecting: episode, &violations)

  let beside = await withTaskGroup(of: (Episode, [String]).self) { group in
    for _ in 0..<3 {
      var session = makeEnvironment()
      group.addTask {
        var own = Violations()
        let episode = await play(&session, task, script, stream, place, &own)
        return (episode, own.all)
      }
    }
    return await group.reduce(into: []) { $0.append($1.0) }
  }
  violations.require(
    beside.allSatisfy { $0 == episode }, "\(place) sessions beside each other differ from one alone"
  )
}

private func play(
  _ world: inout some Environment, _ task: AgentTask, _ script: [String], _ stream: RandomStream,
  _ place: String, _ violations: inout Violations
) async -> Episode {
  var episode = Episode()
  do {
    episode.prompt = try await world.reset(task, stream: stream)
  } catch {
    violations.require(false, "\(place) the reset threw \(error)")
    return episode
  }
  for (turn, action) in script.enumerated() {
    do {
      let step = try await world.step(action)
      episode.steps.append(step)
      if step.end != nil { break }
    } catch {
      violations.require(
        false, "\(place) action \(turn) (“\(action.prefix(40))”) made it throw \(error)")
      break
    }
  }
  return episode
}

private func checkEvents(of episode: Episode, _ place: String, _ violations: inout Violations) {
  for (turn, step) in episode.steps.enumerated() {
    for event in step.events {
      violations.require(
        event.turn == turn, "\(place) turn \(turn) left an event of turn \(event.turn)")
    }
  }
}

private func checkEnd(
  of world: inout some Environment, after episode: Episode, _ place: String,
  _ violations: inout Violations
) async {
  guard let end = episode.steps.last?.end else { return }
  for action in ["", "<search>more</search>"] {
    // Refusing by an error is fine too: the episode does not go on.
    guard let step = try? await world.step(action) else { continue }
    violations.require(
      step.end == end,
      "\(place) an episode that ended as \(end) went on to \(String(describing: step.end))")
    violations.require(step.events.isEmpty, "\(place) a step after the end left events")
  }
}

private func checkCopies(
  _ original: some Environment, _ task: AgentTask, _ script: [String], _ stream: RandomStream,
  expecting episode: Episode, _ violations: inout Violations
) async {
  let place = "on task \(task.id)"
  var original = original
  guard (try? await original.reset(task, stream: stream)) != nil else { return }
  var steps: [EnvironmentStep] = []
  for action in script {
    var copy = original
    _ = try? await copy.step("<answer>from a copy</answer>")
    _ = try? await copy.step("from a copy")
    guard let step = try? await original.step(action) else { return }
    steps.append(step)
    if step.end != nil { break }
  }
  violations.require(
    steps == episode.steps, "\(place) what copies went through changed the original")
}
