import OrderedJSON
import Rewards

/// s3's documents and O2-Searcher's lists.
let stepsDocumentTopics: [String: TopicCheck] = [
  "rewards/s3_extract_selected_docs": { golden, findings in
    let documents = ReleasedS3.selectedDocuments(in: try golden.input.text("text"))
    findings.expect(
      documents.map { [$0.title, $0.text] }, golden.expected.all(\.asStrings) ?? [], "documents")
  },
  "rewards/o2searcher_format_reward": { golden, findings in
    let score = ReleasedO2Searcher.formatScore(of: try golden.input.text("answer"))
    findings.expect(score, try stepsNumber(golden.expected), "score")
  },
  "rewards/o2searcher_query_weights": { golden, findings in
    let count = try golden.input.integer("n")
    findings.expect(
      QueryDiversity.amount(count), try golden.expected.number("quantity"), "amount")
    findings.expect(
      QueryDiversity.lengthFactor(count), try golden.expected.number("length_penalty"), "length")
  },
]
