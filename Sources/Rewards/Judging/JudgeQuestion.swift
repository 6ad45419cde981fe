public import Trajectories

/// A question whose answer has a type, with the strict parser that reads it from a reply.
///
/// A question is a value: its prompt says all that the judge may know. Two questions of one
/// ``contract`` with the same ``prompt`` are the same question.
public protocol JudgeQuestion: Sendable {
  /// What the reply is read as.
  associatedtype Answer: Sendable

  /// The name and version of what is asked and of how replies are read: `carr.support.1`.
  ///
  /// A change of the prompt's fixed words or of the parser is a new version. Part of the cache key.
  var contract: String { get }

  /// The whole text that the judge reads.
  var prompt: String { get }

  /// Reads a reply. Anything that is not exactly what was asked for is unusable: a parser guesses
  /// nothing, and text that the judge merely quotes must not pass for its verdict.
  func answer(in reply: String) throws(UnusableReply) -> Answer

  /// One answer from the answers of several votes, at least one; `nil` when they don't agree.
  func consensus(of answers: [Answer]) -> Answer?
}

/// A judge's reply is not what was asked for.
public struct UnusableReply: Error, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public let description: String

  /// A reason why a reply can't be read.
  public init(_ description: String) { self.description = description }
}

extension JudgeQuestion where Answer: Hashable {
  /// The answer that was given most often; `nil` when two share the first place.
  public func consensus(of answers: [Answer]) -> Answer? {
    let counts = answers.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let most = counts.values.max()
    let winners = counts.filter { $0.value == most }
    return winners.count == 1 ? winners.first?.key : nil
  }
}

extension JudgeQuestion where Answer == Double {
  /// The mean.
  public func consensus(of answers: [Double]) -> Double? {
    answers.isEmpty ? nil : answers.reduce(0, +) / Double(answers.count)
  }
}

extension JudgeQuestion where Answer == [Double] {
  /// The mean of each number; `nil` when the counts differ.
  public func consensus(of answers: [[Double]]) -> [Double]? {
    guard let first = answers.first, answers.allSatisfy({ $0.count == first.count }) else {
      return nil
    }
    return first.indices.map { index in
      answers.reduce(0) { $0 + $1[index] } / Double(answers.count)
    }
  }
}

extension JudgeQuestion where Answer == [Bool] {
  /// What more than half of the votes say of each statement, so a tie is a no; `nil` when the counts
  /// differ.
  public func consensus(of answers: [[Bool]]) -> [Bool]? {
    guard let first = answers.first, answers.allSatisfy({ $0.count == first.count }) else {
      return nil
    }
    return first.indices.map { index in
      2 * answers.count { $0[index] } > answers.count
    }
  }
}

/// What came of a question.
public enum Verdict<Answer: Sendable>: Sendable {
  /// The judge answered.
  case answered(Answer)
  /// It did not, with the reason; never to be taken for a bad answer.
  case missing(reason: String)

  /// The answer, or `nil` when missing.
  public var answer: Answer? {
    if case .answered(let answer) = self { answer } else { nil }
  }

  /// The verdict with its answer in another form.
  public func map<Other>(_ transform: (Answer) -> Other) -> Verdict<Other> {
    switch self {
    case .answered(let answer): .answered(transform(answer))
    case .missing(let reason): .missing(reason: reason)
    }
  }
}

extension Verdict where Answer == Double {
  /// The verdict as a score; a number that is not finite is missing.
  public func score(of name: String) -> Score {
    switch self {
    case .answered(let value): Score(checking: value, of: name)
    case .missing(let reason): .missing(reason: reason)
    }
  }
}

extension Verdict: Equatable where Answer: Equatable {}
