public import OrderedJSON

extension GatedLevels {
  /// RL-Struct's five levels for answers in JSON.
  ///
  ///     1 syntax     the answer is JSON                          0.2
  ///     2 schema     it conforms to the schema                   0.2
  ///     3 accuracy   its values are right, by a reward of yours  0.2, from 0.5 on
  ///     4 validity   they fit together, by a reward of yours     0.2, from 0.5 on
  ///     5 style      how it is written, by a reward of yours     0.2
  ///
  /// A level that fails gates those above. Weights are equal because none are published.
  ///
  /// - Source: notes about the abstract of RL-Struct; no code is public.
  /// - Precondition: no two of the rewards are called alike, nor `syntax` or `schema`.
  public static func structuredJSON(
    _ schema: JSONSchema, accuracy: some Reward, validity: some Reward, style: some Reward,
    extraction: AnswerExtraction = AnswerExtraction(), zeroOnFailure: Bool = false
  ) -> GatedLevels {
    GatedLevels(
      [
        Level(JSONSyntax(extraction: extraction)),
        Level(JSONConformance(schema, extraction: extraction)),
        Level(accuracy, needed: 0.5), Level(validity, needed: 0.5), Level(style, needed: 0),
      ], name: "structuredJSON", zeroOnFailure: zeroOnFailure)
  }

  /// RL-Struct's five levels for answers in Markdown.
  ///
  /// As ``structuredJSON(_:accuracy:validity:style:extraction:zeroOnFailure:)``, with the form of
  /// the Markdown at the first level and its sections at the second.
  ///
  /// - Source: notes about the abstract of RL-Struct; no code is public.
  /// - Precondition: no two of the rewards are called alike, nor `syntax` or `sections`.
  public static func structuredMarkdown(
    _ rules: MarkdownRules, accuracy: some Reward, validity: some Reward, style: some Reward,
    extraction: AnswerExtraction = AnswerExtraction(), zeroOnFailure: Bool = false
  ) -> GatedLevels {
    GatedLevels(
      [
        Level(MarkdownReward(name: "syntax", extraction: extraction)),
        Level(MarkdownSections(rules, extraction: extraction)),
        Level(accuracy, needed: 0.5), Level(validity, needed: 0.5), Level(style, needed: 0),
      ], name: "structuredMarkdown", zeroOnFailure: zeroOnFailure)
  }
}
