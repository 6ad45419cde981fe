/// A run that can't start or go on, and why.
public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The folder already holds a run.
  case folderInUse(String)
  /// The run was made with other settings.
  case otherSettings(path: String, difference: String)
  /// A checkpoint can't be read.
  case brokenCheckpoint(path: String, reason: String)
  /// A journal holds less than its checkpoint noted.
  case shortJournal(path: String, held: Int, noted: Int)
  /// Too many rewards are missing to learn from the rest.
  case rewardsMissing(step: Int, missing: Int, of: Int, reason: String)
  /// Sampler and learner disagree about the same tokens.
  case drift(step: Int, largest: Double, limit: Double)
  /// Narrow weights drew tokens that say little about the weights that learn: importance weights
  /// leave so small a share of the sample.
  case sampleSize(step: Int, share: Double, limit: Double)
  /// The gradient was not finite.
  case nonFiniteGradient(step: Int)

  /// One sentence: what happened and what to do.
  public var description: String {
    switch self {
    case .folderInUse(let path):
      "\(path) already holds a run; choose another folder, or resume it"
    case .otherSettings(let path, let difference):
      "\(path) was made with other settings (\(difference)); resume with those or start anew"
    case .brokenCheckpoint(let path, let reason):
      "the checkpoint \(path) can't be read (\(reason)); delete it to resume from the one before"
    case .shortJournal(let path, let held, let noted):
      "\(path) holds \(held) bytes and the newest checkpoint noted \(noted); put the file back, or "
        + "delete that checkpoint to resume from the one before"
    case .rewardsMissing(let step, let missing, let total, let reason):
      "in step \(step) \(missing) of \(total) rewards are missing (\(reason)); is the judge alive?"
    case .drift(let step, let largest, let limit):
      "in step \(step) the sampler's and the learner's log-probabilities of a token differ by "
        + "\(largest), more than \(limit); the two don't run the same weights"
    case .sampleSize(let step, let share, let limit):
      "in step \(step) importance weights leave \(share) of what narrow weights sampled, less than "
        + "\(limit); sample with wider weights (samplingPrecision)"
    case .nonFiniteGradient(let step):
      "the gradient of step \(step) is not finite and was refused; lower the learning rate"
    }
  }
}
