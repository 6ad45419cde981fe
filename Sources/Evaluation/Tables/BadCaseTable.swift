internal import Trajectories

extension ReportTable {
  /// Sampled bad cases: why, what was asked, what was right, what was given, what was searched.
  ///
  /// - Parameters:
  ///   - sample: The cases to show, in order.
  ///   - all: The cases they were drawn from, counted by cause in the note.
  public static func badCases(_ sample: [BadCase], of all: [BadCase]) -> ReportTable {
    let counts = BadCaseCause.allCases.compactMap { cause in
      let count = all.lazy.filter { $0.cause == cause }.count
      return count == 0 ? nil : "\(cause.title.lowercased()) \(count)"
    }
    let note =
      all.isEmpty
      ? ""
      : "\(sample.count) of \(all.count) wrong answers. By cause: \(counts.joined(separator: ", "))."
    return ReportTable(
      title: "Bad cases", note: note,
      columns: [
        Column("Cause", width: 14), Column("Question", width: 36), Column("Right", width: 18),
        Column("Given", width: 18), Column("Searches", width: 30),
      ],
      rows: sample.map { badCase in
        let outcome = badCase.outcome
        return Row([
          badCase.cause.title, outcome.task.question, outcome.task.answers.first ?? Figure.missing,
          outcome.givenAnswer ?? Figure.missing,
          outcome.queries.isEmpty ? "none" : outcome.queries.joined(separator: " · "),
        ])
      })
  }
}
