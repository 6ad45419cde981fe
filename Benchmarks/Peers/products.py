"""Products of numpy and PyTorch, as decoding makes them.

product/MxKxN: x[M x K] times the transpose of a weight[N x K], the layout of a linear layer. numpy
and PyTorch in fp32, written into memory that exists; bf16 is PyTorch's linear layer, bf16 in and out.
"""
import numpy as np
import torch

from serving import THREADS, serve

torch.set_num_threads(THREADS)
torch.set_grad_enabled(False)


def operands(rows, inner, columns):
    draw = np.random.default_rng(0)
    x = draw.standard_normal((rows, inner), dtype=np.float32)
    return x, draw.standard_normal((columns, inner), dtype=np.float32)


def numpy_product(*shape):
    def prepare():
        x, weight = operands(*shape)
        result = np.empty((shape[0], shape[2]), np.float32)
        return lambda: np.matmul(x, weight.T, out=result)

    return prepare


def torch_product(*shape):
    def prepare():
        x, weight = map(torch.from_numpy, operands(*shape))
        result = torch.empty(shape[0], shape[2])
        return lambda: torch.mm(x, weight.t(), out=result)

    return prepare


def bf16_product(*shape):
    def prepare():
        x, weight = (torch.from_numpy(m).to(torch.bfloat16) for m in operands(*shape))
        return lambda: torch.nn.functional.linear(x, weight)

    return prepare


workloads = {}
for rows in (1, 8, 32):
    shape = (rows, 896, 4864)
    name = "x".join(map(str, shape))
    workloads[f"numpy {name}"] = numpy_product(*shape)
    workloads[f"torch {name}"] = torch_product(*shape)
    workloads[f"torch bf16 {name}"] = bf16_product(*shape)
serve(workloads, f"numpy {np.__version__}, PyTorch {torch.__version__}")
