extension ReportTable {
  /// Exact match before and after training, by set, pages and type of question.
  ///
  /// Each set has a row of its own and rows for the labels `pages` and `type` below it; the control
  /// has one row. A group that was not asked in a phase shows a dash there.
  public static func beforeAndAfter(_ outcomes: [EvaluationOutcome]) -> ReportTable {
    let rows = Set(outcomes.map(\.set)).sorted().flatMap { set in
      self.rows(of: outcomes.filter { $0.set == set }, in: set)
    }
    return ReportTable(
      title: "Exact match before and after training",
      note: "Per cent of questions answered exactly right, each asked once, greedily; the change "
        + "is in points. The interval holds the true value after training 95 times of 100 "
        + "(Wilson). Searches are means a question.",
      columns: [
        Column("Questions"), Column("n", .trailing), Column("Before", .trailing),
        Column("After", .trailing), Column("Change", .trailing),
        Column("95 % after", .trailing), Column("Searches before", .trailing),
        Column("Searches after", .trailing),
      ],
      rows: rows)
  }

  private static func rows(of outcomes: [EvaluationOutcome], in set: EvaluationSet) -> [Row] {
    let heading = row(set.title, outcomes, kind: .heading)
    guard set != .shuffledIndex else { return [heading] }
    let pages = Set(outcomes.compactMap(\.outcome.pages)).sorted()
    let types = Set(outcomes.compactMap(\.outcome.type)).sorted()
    return [heading]
      + pages.map { pages in
        row(pages == 1 ? "1 page" : "\(pages) pages", outcomes.filter { $0.outcome.pages == pages })
      }
      + types.map { type in row(type, outcomes.filter { $0.outcome.type == type }) }
  }

  private static func row(
    _ title: String, _ outcomes: [EvaluationOutcome], kind: Row.Kind = .detail
  ) -> Row {
    let before = OutcomeSummary(outcomes.filter { $0.phase == .before }.map(\.outcome))
    let after = OutcomeSummary(outcomes.filter { $0.phase == .after }.map(\.outcome))
    let change = after.exactMatch.flatMap { after in before.exactMatch.map { after - $0 } }
    let interval = after.exactMatchInterval.map {
      "\(Figure.percent($0.lowerBound))–\(Figure.percent($0.upperBound))"
    }
    return Row(
      [
        kind == .heading ? title : "  \(title)",
        Figure.count(after.count > 0 ? after.count : before.count),
        Figure.percent(before.exactMatch), Figure.percent(after.exactMatch),
        Figure.points(change), interval ?? Figure.missing,
        Figure.fixed(before.searchesPerQuestion, decimals: 2),
        Figure.fixed(after.searchesPerQuestion, decimals: 2),
      ], kind: kind)
  }
}
