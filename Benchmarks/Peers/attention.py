"""PyTorch's scaled dot-product attention: causal, fp32, grouped heads, layout [B, H, S, D].

`forward SHAPE` without gradients; `both SHAPE` forward and backward, gradients of q, k and v.
"""
import torch
import torch.nn.functional as F

from serving import THREADS, serve

torch.set_num_threads(THREADS)
# batch, heads, key-value heads, positions, head size
SHAPES = ((4, 8, 8, 512, 64), (1, 14, 2, 2048, 64), (8, 4, 4, 256, 32))


def inputs(shape):
    batch, heads, groups, positions, size = shape
    return [torch.randn(batch, h, positions, size) for h in (heads, groups, groups, heads)]


def attend(q, k, v):
    return F.scaled_dot_product_attention(
        q, k, v, is_causal=True, enable_gqa=q.shape[1] != k.shape[1])


def forward(shape):
    def prepare():
        q, k, v, _ = inputs(shape)

        def call():
            with torch.no_grad():
                return attend(q, k, v)

        return call

    return prepare


def both(shape):
    def prepare():
        *qkv, gradient = inputs(shape)
        for tensor in qkv:
            tensor.requires_grad_()

        def call():
            for tensor in qkv:
                tensor.grad = None
            attend(*qkv).backward(gradient)

        return call

    return prepare


workloads = {}
for shape in SHAPES:
    name = "b{}h{}kv{}s{}d{}".format(*shape)
    workloads[f"forward {name}"] = forward(shape)
    workloads[f"both {name}"] = both(shape)
serve(workloads, f"PyTorch {torch.__version__}")
