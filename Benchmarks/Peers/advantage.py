"""Policy-gradient arithmetic as it is usually written with numpy and PyTorch, on one thread."""
import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402

from serving import serve  # noqa: E402

torch.set_num_threads(1)
ROWS, TOKENS, SCORES, LOSS_TOKENS = 1024, 2048, 65536, 4_194_304


def generator():
    return np.random.default_rng(0)


def generalized_advantage():
    """Rewards, values and a mask, a loop over time: advantages and returns."""
    draw = generator()
    rewards = draw.standard_normal((ROWS, TOKENS), dtype=np.float32)
    values = draw.standard_normal((ROWS, TOKENS), dtype=np.float32)
    mask = np.ones((ROWS, TOKENS), np.float32)
    discount, decay = np.float32(1), np.float32(0.95)

    def call():
        advantages = np.empty_like(rewards)
        following = np.zeros(ROWS, np.float32)
        last = np.zeros(ROWS, np.float32)
        for t in range(TOKENS - 1, -1, -1):
            on = mask[:, t]
            error = rewards[:, t] + discount * following - values[:, t]
            current = error + discount * decay * last
            following = on * values[:, t] + (1 - on) * following
            last = on * current + (1 - on) * last
            advantages[:, t] = last
        return advantages, advantages + values

    return call


def equal_groups():
    """Groups of 8 as the rows of a matrix."""
    scores = generator().standard_normal(SCORES, dtype=np.float32)

    def call():
        groups = scores.reshape(-1, 8)
        mean = groups.mean(1, keepdims=True)
        deviation = groups.std(1, ddof=1, keepdims=True)
        return ((groups - mean) / (deviation + 1e-6)).reshape(-1)

    return call


def ragged_groups():
    """Groups of 4 to 12, gathered in a dictionary of lists of tensors, one row after another."""
    draw = generator()
    scores = torch.from_numpy(draw.standard_normal(SCORES, dtype=np.float32))
    owner = []
    while len(owner) < SCORES:
        owner += [len(owner)] * int(draw.integers(4, 13))
    owner = owner[:SCORES]

    def call():
        members, mean, deviation = {}, {}, {}
        for row, group in enumerate(owner):
            members.setdefault(group, []).append(scores[row])
        for group, found in members.items():
            stacked = torch.stack(found)
            mean[group] = stacked.mean()
            deviation[group] = stacked.std() if len(found) > 1 else torch.tensor(1.0)
        result = torch.empty_like(scores)
        for row, group in enumerate(owner):
            result[row] = (scores[row] - mean[group]) / (deviation[group] + 1e-6)
        return result

    return call


def clipped_objective():
    """The clipped surrogate plus 0.001 k3, a mean over tokens, and its gradient."""
    torch.manual_seed(0)
    current = (-2 + 0.3 * torch.randn(LOSS_TOKENS)).requires_grad_()
    old = current.detach() + 0.1 * torch.randn(LOSS_TOKENS)
    reference = current.detach() + 0.1 * torch.randn(LOSS_TOKENS)
    advantages = torch.randn(LOSS_TOKENS)

    def call():
        current.grad = None
        ratio = torch.exp(current - old)
        surrogate = -torch.min(advantages * ratio, advantages * ratio.clamp(0.8, 1.2))
        difference = reference - current
        divergence = torch.exp(difference) - difference - 1
        loss = (surrogate + 0.001 * divergence).mean()
        loss.backward()
        return loss

    return call


if __name__ == "__main__":
    serve(
        {
            "gae": generalized_advantage,
            "equal groups": equal_groups,
            "ragged groups": ragged_groups,
            "clipped objective": clipped_objective,
        },
        f"numpy {np.__version__}, PyTorch {torch.__version__}",
    )
