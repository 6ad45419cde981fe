"""One GRPO step of a small decoder with transformers and PyTorch, fp32.

Old and reference log-probabilities are given. Per sampled token: the clipped surrogate (0.2) of the
row's advantage and 0.04 k3 against the reference, a mean over tokens; then backward, the gradient
clipped to norm 1, AdamW (1e-6, 0.9, 0.999, 1e-8, decay 0.01, fused).
`even`: 16 (tiny) or 8 (small) rows of 64 + 192 tokens. `ragged`: groups of rows of several turns,
padded to the longest, 70 % of what follows the prompt written by the environment and masked.
"""
import torch
import transformers

import decoders
from serving import THREADS, serve

torch.set_num_threads(THREADS)


def padded(rows, selections):
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    present, counts = torch.zeros_like(ids), torch.zeros(len(rows), longest)
    for index, (row, selected) in enumerate(zip(rows, selections)):
        ids[index, : len(row)] = torch.tensor(row)
        present[index, : len(row)] = 1
        counts[index, selected] = 1
    return ids, present, counts[:, decoders.PROMPT :]


def training(name, batch, compiled):
    def prepare():
        model = decoders.load(name).train()
        model.config.use_cache = False
        run = torch.compile(model) if compiled else model
        optimizer = torch.optim.AdamW(
            model.parameters(), lr=1e-6, weight_decay=0.01, fused=True)
        rows, selections = batch(name)
        ids, present, mask = padded(rows, selections)
        even = bool(present.all())
        targets = ids[:, decoders.PROMPT :]
        draw = decoders.SplitMix64(3)
        advantages = torch.tensor([[2 * draw.signed()] for _ in rows])
        old, reference = torch.zeros_like(mask), torch.zeros_like(mask)
        for index, selected in enumerate(selections):
            for position in selected:
                old[index, position - decoders.PROMPT] = 0.02 * draw.signed()
                reference[index, position - decoders.PROMPT] = 0.02 * draw.signed()

        def log_probabilities():
            logits = run(
                input_ids=ids, attention_mask=None if even else present,
                logits_to_keep=targets.shape[1] + 1).logits[:, :-1]
            return -torch.nn.functional.cross_entropy(
                logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), reduction="none"
            ).view(targets.shape)

        with torch.no_grad():
            current = log_probabilities()
        old, reference = current + old, current + reference

        def call():
            current = log_probabilities()
            ratio = torch.exp(current - old)
            surrogate = -torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages)
            difference = reference - current
            divergence = torch.exp(difference) - difference - 1
            loss = ((surrogate + 0.04 * divergence) * mask).sum() / mask.sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            return loss.item(), norm.item()

        call.check = call
        return call

    return prepare


workloads = {}
for name in ("tiny", "small"):
    for kind, batch in (("even", decoders.even_rows), ("ragged", decoders.ragged_rows)):
        workloads[f"{kind} {name}"] = training(name, batch, False)
        workloads[f"compiled {kind} {name}"] = training(name, batch, True)
serve(workloads, f"PyTorch {torch.__version__}, transformers {transformers.__version__}")
