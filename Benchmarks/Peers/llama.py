"""Sampling with llama.cpp: decoders of the benchmarks' shapes with random weights, temperature 1.

NAME KIND ROWS: kind f32, bf16 or q8_0; every row is a sequence of its own with a sampler of its own,
and one step decodes one token of each. tiny and small: 32 rows of 64 + 128 tokens; 0.5B: 1 or 8 rows
of 64 + 32. The prompt is read in the time that is measured. Keys and values are f16, llama.cpp's
default.
"""
import ctypes
import os

import gguf
import llama_cpp
import numpy as np

import decoders
from serving import THREADS, serve

KINDS = {"f32": 0, "bf16": 32, "q8_0": 7}
silence = llama_cpp.llama_log_callback(lambda *_: None)


def write(path, shape, kind):
    width, hidden = shape["width"], shape["hidden"]
    narrow = width // shape["heads"] * shape["groups"]
    file = gguf.GGUFWriter(path, "qwen2")
    file.add_context_length(4096)
    file.add_embedding_length(width)
    file.add_block_count(shape["layers"])
    file.add_feed_forward_length(hidden)
    file.add_head_count(shape["heads"])
    file.add_head_count_kv(shape["groups"])
    file.add_layer_norm_rms_eps(1e-6)
    file.add_rope_freq_base(shape["base"])
    file.add_vocab_size(shape["vocabulary"])
    file.add_tokenizer_model("none")
    file.add_file_type(KINDS[kind])
    draw = np.random.default_rng(0)

    def matrix(name, rows, columns):
        values = draw.standard_normal((rows, columns), dtype=np.float32) * np.float32(0.02)
        if kind == "f32":
            return file.add_tensor(name, values)
        # A block of q8_0 is 32 columns wide; what doesn't divide stays bf16.
        quantized = kind == "q8_0" and columns % 32 == 0
        type = gguf.GGMLQuantizationType.Q8_0 if quantized else gguf.GGMLQuantizationType.BF16
        file.add_tensor(name, gguf.quants.quantize(values, type), raw_dtype=type)

    def vector(name, count, value):
        file.add_tensor(name, np.full(count, value, np.float32))

    matrix("token_embd.weight", shape["vocabulary"], width)
    for layer in range(shape["layers"]):
        block = f"blk.{layer}."
        vector(block + "attn_norm.weight", width, 1)
        vector(block + "ffn_norm.weight", width, 1)
        for name, rows in (("q", width), ("k", narrow), ("v", narrow)):
            matrix(f"{block}attn_{name}.weight", rows, width)
            vector(f"{block}attn_{name}.bias", rows, 0)
        matrix(block + "attn_output.weight", width, width)
        matrix(block + "ffn_gate.weight", hidden, width)
        matrix(block + "ffn_up.weight", hidden, width)
        matrix(block + "ffn_down.weight", width, hidden)
    vector("output_norm.weight", width, 1)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def sampling(name, kind, rows, prompt, new):
    def prepare():
        shape = decoders.SHAPES[name]
        path = f"{decoders.folder(name)}-{kind}.gguf"
        if not os.path.exists(path):
            write(path + ".part", shape, kind)
            os.rename(path + ".part", path)
        llama_cpp.llama_backend_init()
        llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))
        model = llama_cpp.llama_model_load_from_file(
            path.encode(), llama_cpp.llama_model_default_params())
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = rows * (prompt + new)
        settings.n_batch = max(512, rows * prompt)
        settings.n_ubatch = 512
        settings.n_seq_max = rows
        settings.n_threads = settings.n_threads_batch = THREADS
        settings.flash_attn_type = 1
        context = llama_cpp.llama_init_from_model(model, settings)
        if not context:
            raise RuntimeError(f"llama.cpp made no context for {path}")
        memory = llama_cpp.llama_get_memory(context)
        batch = llama_cpp.llama_batch_init(rows * prompt, 0, 1)
        ids = np.random.default_rng(2).integers(0, shape["vocabulary"], (rows, prompt)).tolist()
        samplers = []
        for row in range(rows):
            chain = llama_cpp.llama_sampler_chain_init(
                llama_cpp.llama_sampler_chain_default_params())
            llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_temp(1.0))
            llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist(row))
            samplers.append(chain)

        def put(slot, token, position, row, wanted):
            batch.token[slot], batch.pos[slot] = token, position
            batch.n_seq_id[slot], batch.seq_id[slot][0] = 1, row
            batch.logits[slot] = wanted

        def decode(count):
            batch.n_tokens = count
            if llama_cpp.llama_decode(context, batch) != 0:
                raise RuntimeError("llama.cpp could not decode")

        def sample(row, slot):
            return llama_cpp.llama_sampler_sample(samplers[row], context, slot)

        def call():
            llama_cpp.llama_memory_clear(memory, True)
            for row in range(rows):
                for position in range(prompt):
                    last = position == prompt - 1
                    put(row * prompt + position, ids[row][position], position, row, last)
            decode(rows * prompt)
            tokens = [sample(row, (row + 1) * prompt - 1) for row in range(rows)]
            for step in range(new - 1):
                for row, token in enumerate(tokens):
                    put(row, token, prompt + step, row, True)
                decode(rows)
                tokens = [sample(row, row) for row in range(rows)]

        return call

    return prepare


workloads = {
    f"{name} {kind} 32": sampling(name, kind, 32, 64, 128)
    for name in ("tiny", "small") for kind in ("f32", "q8_0")}
for kind in KINDS:
    for rows in (1, 8):
        workloads[f"0.5B {kind} {rows}"] = sampling("0.5B", kind, rows, 64, 32)
serve(workloads, f"llama-cpp-python {llama_cpp.__version__}")
