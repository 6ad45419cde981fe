"""The decoders of the benchmarks and the batches they learn from, the same numbers on both sides.

Decoders are Qwen2's architecture with tied embeddings; their weights are the files that our side
wrote to the folder PEREGRINE_MODELS. Everything random comes from SplitMix64, so that the losses of
both sides can be compared.
"""
import os

SHAPES = {
    "tiny": dict(vocabulary=4096, width=256, layers=4, heads=8, groups=4, hidden=688, base=1e4),
    "small": dict(vocabulary=8192, width=512, layers=8, heads=8, groups=2, hidden=1376, base=1e4),
    "0.5B": dict(
        vocabulary=151936, width=896, layers=24, heads=14, groups=2, hidden=4864, base=1e6),
}
ROWS = {"tiny": 16, "small": 8}
PROMPT, LENGTH, GROUP = 64, 256, 8


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, bound):
        return self.next() % bound

    def signed(self):
        """Uniform in [-1, 1)."""
        return (self.next() >> 40) / (1 << 23) - 1


def even_rows(name):
    """Rows of 64 prompt and 192 sampled tokens; which positions count."""
    draw = SplitMix64(1)
    vocabulary = SHAPES[name]["vocabulary"]
    rows = [[draw.below(vocabulary) for _ in range(LENGTH)] for _ in range(ROWS[name])]
    return rows, [list(range(PROMPT, LENGTH))] * len(rows)


def ragged_rows(name):
    """Groups of 8 rows with one prompt of 64 tokens each, then turns; which positions count.

    A row has 2 to 5 turns of 16 to 48 sampled tokens. Between two turns stand tokens of the
    environment, in equal shares, the first ones longer by one where they don't divide; all together
    they are 7/3 of the sampled ones (rounded down): 70 % of what follows the prompt.
    """
    draw = SplitMix64(2)
    vocabulary = SHAPES[name]["vocabulary"]
    rows, selections = [], []
    for index in range(ROWS[name]):
        if index % GROUP == 0:
            prompt = [draw.below(vocabulary) for _ in range(PROMPT)]
        sampled = [16 + draw.below(33) for _ in range(2 + draw.below(4))]
        observed, gaps = sum(sampled) * 7 // 3, len(sampled) - 1
        row, selected = list(prompt), []
        for turn, count in enumerate(sampled):
            selected += range(len(row), len(row) + count)
            if turn < gaps:
                count += observed // gaps + (turn < observed % gaps)
            row += [draw.below(vocabulary) for _ in range(count)]
        rows.append(row)
        selections.append(selected)
    return rows, selections


def folder(name):
    return os.path.join(os.environ["PEREGRINE_MODELS"], name)


def load(name):
    import torch
    from transformers import Qwen2ForCausalLM

    return Qwen2ForCausalLM.from_pretrained(
        folder(name), dtype=torch.float32, attn_implementation="sdpa")
