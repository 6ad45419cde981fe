import Advantage
import OrderedJSON
import Testing

/// Losses over preferences.
let preferenceTopics: [String: TopicCheck] = [
  "algorithms/dpo": { golden, findings in
    let input = golden.input
    let form = try preferenceForm(
      input.text("loss_type"), smoothing: input.number("label_smoothing"))
    let divergence = try preferenceDivergence(input.text("f_divergence_type"))
    let pairs = try PreferencePairs(
      chosen: input.numbers("chosen_logps"), rejected: input.numbers("rejected_logps"),
      referenceChosen: input.numbers("ref_chosen_logps"),
      referenceRejected: input.numbers("ref_rejected_logps"),
      chosenLengths: input.numbers("chosen_lengths").map { Int($0) },
      rejectedLengths: input.numbers("rejected_lengths").map { Int($0) })
    let result = try PreferenceLoss(form, beta: input.number("beta"), divergence: divergence)
      .evaluate(pairs)
    let expected = golden.expected
    findings.expect(result.loss, try expected.number("loss"), "loss")
    findings.expect(result.pairLosses, try expected.numbers("per_sequence_loss"), "pair losses")
    findings.expect(result.margins, try expected.numbers("delta_score"), "margins")
    findings.expect(result.gradients.chosen, try expected.numbers("grad_chosen"), "chosen")
    findings.expect(result.gradients.rejected, try expected.numbers("grad_rejected"), "rejected")
  },
  "algorithms/dpo_openrlhf": { golden, findings in
    let input = golden.input
    let form: PreferenceLoss.Form =
      try input.flag("ipo")
      ? .ipo(perToken: false) : .sigmoid(labelSmoothing: input.number("label_smoothing"))
    let result = try PreferenceLoss(form, beta: input.number("beta")).evaluate(
      PreferencePairs(
        chosen: input.numbers("policy_chosen_logps"),
        rejected: input.numbers("policy_rejected_logps"),
        referenceChosen: input.numbers("reference_chosen_logps"),
        referenceRejected: input.numbers("reference_rejected_logps")))
    let expected = golden.expected
    findings.expect(result.loss, try expected.number("loss"), "loss")
    findings.expect(result.chosenRewards, try expected.numbers("chosen_rewards"), "chosen rewards")
    findings.expect(
      result.rejectedRewards, try expected.numbers("rejected_rewards"), "rejected rewards")
    findings.expect(result.gradients.chosen, try expected.numbers("grad_chosen"), "chosen")
    findings.expect(result.gradients.rejected, try expected.numbers("grad_rejected"), "rejected")
  },
  "algorithms/kto": { golden, findings in
    let input = golden.input
    let form: UnpairedPreferenceLoss.Form =
      try input.text("loss_type") == "kto" ? .kto : .apoZero
    let result = try UnpairedPreferenceLoss(
      form, beta: input.number("beta"), desirableWeight: input.number("desirable_weight"),
      undesirableWeight: input.number("undesirable_weight")
    ).evaluate(
      UnpairedPreferences(
        desirable: input.numbers("chosen_logps"),
        referenceDesirable: input.numbers("ref_chosen_logps"),
        undesirable: input.numbers("rejected_logps"),
        referenceUndesirable: input.numbers("ref_rejected_logps"),
        mismatched: input.numbers("kl_logps"), referenceMismatched: input.numbers("ref_kl_logps")))
    let expected = golden.expected
    let divergence = expected["kl"]?.asNumber ?? expected["kl"]?.asNumbers?.first
    findings.expect(result.divergence, try #require(divergence), "divergence")
    findings.expect(
      result.desirableLosses + result.undesirableLosses, try expected.numbers("losses"), "losses")
    findings.expect(result.loss, try expected.number("mean_loss"), "loss")
    // A side without completions has no gradient in the original.
    findings.expect(
      result.desirableGradients, expected["grad_chosen"]?.asNumbers ?? [], "good completions")
    findings.expect(
      result.undesirableGradients, expected["grad_rejected"]?.asNumbers ?? [], "bad completions")
  },
]

private func preferenceForm(
  _ name: String, smoothing: Double
) throws -> PreferenceLoss.Form {
  switch name {
  case "sigmoid": .sigmoid(labelSmoothing: smoothing)
  case "sigmoid_norm": .sigmoid(labelSmoothing: smoothing, perToken: true)
  case "hinge": .hinge
  case "ipo": .ipo()
  case "exo_pair": .exo(labelSmoothing: smoothing)
  case "nca_pair": .nca
  case "robust": .robust(labelSmoothing: smoothing)
  case "bco_pair": .bco
  case "sppo_hard": .sppo
  case "aot": .aot(labelSmoothing: smoothing)
  case "aot_unpaired": .aot(labelSmoothing: smoothing, paired: false)
  case "apo_zero": .apoZero
  case "apo_down": .apoDown
  case "discopop": .discoPOP()
  default: throw UnexpectedShape(description: "there is no preference loss \"\(name)\"")
  }
}

private func preferenceDivergence(_ name: String) throws -> PreferenceLoss.Divergence {
  switch name {
  case "reverse_kl": .reverseKL
  case "forward_kl": .forwardKL
  case "js_divergence": .jensenShannon
  case "alpha_divergence": .alpha(0.5)
  default: throw UnexpectedShape(description: "there is no divergence \"\(name)\"")
  }
}
