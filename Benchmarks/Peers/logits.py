"""PyTorch on rows of logits: softmax into memory that exists, and log-probabilities of one id a row.

softmax RxC: standard normal values, fp32, out of place.
logprob FORM: 512 x 151936 logits, one id per row, values only; three usual ways to write it.
"""
import torch
import torch.nn.functional as F

from serving import THREADS, serve

torch.set_num_threads(THREADS)
torch.set_grad_enabled(False)
shared = {}


def softmax(rows, columns):
    def prepare():
        x = torch.randn(rows, columns)
        out = torch.empty_like(x)
        return lambda: torch._softmax(x, -1, False, out=out)

    return prepare


def log_probability(form):
    def prepare():
        if not shared:
            shared["logits"] = torch.randn(512, 151936)
            shared["ids"] = torch.randint(0, 151936, (512,))
        logits, ids = shared["logits"], shared["ids"]
        return lambda: form(logits, ids)

    return prepare


def whole(logits, ids):
    return torch.log_softmax(logits, -1).gather(-1, ids[:, None]).squeeze(-1)


def row_by_row(logits, ids):
    sums = torch.stack([torch.logsumexp(row, -1) for row in logits])
    return logits.gather(-1, ids[:, None]).squeeze(-1) - sums


def cross_entropy(logits, ids):
    return -F.cross_entropy(logits, ids, reduction="none")


workloads = {
    f"softmax {rows}x{columns}": softmax(rows, columns)
    for rows, columns in ((4096, 512), (1024, 4096), (64, 151936))
}
for form in (whole, row_by_row, cross_entropy):
    workloads[f"logprob {form.__name__}"] = log_probability(form)
serve(workloads, f"PyTorch {torch.__version__}")
