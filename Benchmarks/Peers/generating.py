"""Sampling with transformers' generate: temperature 1, no truncation, no end of sequence, fp32.

tiny, small: 32 prompts of 64 tokens, 128 new ones each.
"""
import torch
import transformers

import decoders
from serving import THREADS, serve

torch.set_num_threads(THREADS)


def sampling(name, rows, prompt, new):
    def prepare():
        model = decoders.load(name).eval()
        model.generation_config.eos_token_id = None
        ids = torch.randint(0, decoders.SHAPES[name]["vocabulary"], (rows, prompt))
        mask = torch.ones_like(ids)

        def call():
            with torch.inference_mode():
                result = model.generate(
                    ids, attention_mask=mask, do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                    min_new_tokens=new, max_new_tokens=new, use_cache=True, pad_token_id=0)
            if result.shape != (rows, prompt + new):
                raise ValueError(f"generated {tuple(result.shape)}")

        return call

    return prepare


serve(
    {name: sampling(name, 32, 64, 128) for name in ("tiny", "small")},
    f"transformers {transformers.__version__}, PyTorch {torch.__version__}")
