#!/usr/bin/env python3
"""Hugging Face transformers and NVIDIA's libraries on the same GPU, to stand beside Vidda's figures. Needs torch and transformers 5.

    gpu_peer.py [--ceilings] [--decode 1,8,32,128] [--prefill 2048,8192,32768] [--model qwen3-4b|llama3-8b] [--out FILE.json]
                [--lock FILE]

--ceilings  copy and matmul rates; cuBLAS on the shape of each linear layer, in CUDA graphs; cuDNN's causal attention
--decode    static cache and torch.compile: 128 tokens in, 128 timed; about a minute and a half of compiling a batch size
--prefill   one forward pass, the logits of the last position only
--lock      several of these may compile at the same time; what is timed runs alone, under an exclusive lock on the file

Random weights in bf16. Prints as it goes, JSON at the end.
"""
import argparse
import contextlib
import fcntl
import json
import time

import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen3Config

ATTENTION = dict(num_attention_heads=32, num_key_value_heads=8, head_dim=128)
MODELS = {
    "qwen3-4b": Qwen3Config(
        vocab_size=151936, hidden_size=2560, intermediate_size=9728, num_hidden_layers=36, max_position_embeddings=262144,
        tie_word_embeddings=True, rms_norm_eps=1e-6, **ATTENTION),
    "llama3-8b": LlamaConfig(
        vocab_size=128256, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, max_position_embeddings=131072,
        tie_word_embeddings=False, **ATTENTION),
}
BF16 = dict(device="cuda", dtype=torch.bfloat16)
START = time.time()


def log(*words):
    print(f"[{time.time() - START:6.1f}s]", *words, flush=True)


def millis(work, runs=20, warm=5):
    """The median time of `work` on the GPU."""
    for _ in range(warm):
        work()
    torch.cuda.synchronize()
    start, end = torch.cuda.Event(True), torch.cuda.Event(True)
    times = []
    for _ in range(runs):
        start.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return sorted(times)[len(times) // 2]


def linear_shapes(config):
    queries = config.num_attention_heads * config.head_dim
    keys = config.num_key_value_heads * config.head_dim
    hidden, mlp = config.hidden_size, config.intermediate_size
    return {
        "qkv": (queries + 2 * keys, hidden), "o": (hidden, queries), "gate_up": (2 * mlp, hidden), "down": (hidden, mlp),
        "head": (config.vocab_size, hidden),
    }


def cublas(config, rows):
    """Microseconds of each linear layer with `rows` rows, weights never in the cache; and milliseconds of all layers."""
    each, total = {}, 0.0
    for name, (outputs, inputs) in linear_shapes(config).items():
        if name == "head" and rows > 256:
            continue
        copies = max(2, min(36, int(1.5e9 / (2 * outputs * inputs))))
        weights = [torch.randn(outputs, inputs, **BF16) for _ in range(copies)]
        x, out = torch.randn(rows, inputs, **BF16), torch.empty(rows, outputs, **BF16)

        def run():
            for weight in weights:
                torch.mm(x, weight.t(), out=out)

        run()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        time_of_one = millis(graph.replay, 5, 2) / copies
        each[name] = round(1e3 * time_of_one, 2)
        total += time_of_one * (1 if name == "head" else config.num_hidden_layers)
        del weights
    return each, total


def ceilings(results, config):
    x = torch.randn(2 << 30, **BF16)
    y = torch.empty_like(x)
    results["copy_GBs"] = 4 * x.numel() / 1e6 / millis(lambda: y.copy_(x), 10, 3)
    del x, y
    a, b = torch.randn(8192, 8192, **BF16), torch.randn(8192, 8192, **BF16)
    results["matmul_TFLOPs"] = 2 * 8192**3 / 1e9 / millis(lambda: a @ b)
    log("copy GB/s, matmul TFLOP/s", results["copy_GBs"], results["matmul_TFLOPs"])
    for rows in (1, 8, 32, 128, 2048, 8192):
        each, total = cublas(config, rows)
        results.setdefault("cublas_us", {})[rows] = each
        results.setdefault("cublas_all_layers_ms", {})[rows] = total
        log("cuBLAS rows", rows, each, "all layers ms %.3f" % total)
    from torch.nn.attention import SDPBackend, sdpa_kernel

    for length in (2048, 8192, 32768):
        q = torch.randn(1, config.num_attention_heads, length, config.head_dim, **BF16)
        k = torch.randn(1, config.num_key_value_heads, length, config.head_dim, **BF16)
        v = torch.randn_like(k)
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            time_of_one = millis(
                lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True), 5, 2)
        results.setdefault("cudnn_attention_ms", {})[length] = time_of_one
        log("cuDNN attention", length, "ms %.3f" % time_of_one)


def generate(model, vocabulary, batch, new):
    ids = torch.randint(0, vocabulary, (batch, 128), device="cuda")
    torch.cuda.synchronize()
    start = time.time()
    model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, min_new_tokens=new, do_sample=False,
        cache_implementation="static")
    torch.cuda.synchronize()
    return time.time() - start


def decode(results, model, vocabulary, batch, alone):
    start = time.time()
    for new in (16, 144, 16):
        generate(model, vocabulary, batch, new)
    log("batch", batch, "compiled in %.0f s" % (time.time() - start))
    with alone():
        generate(model, vocabulary, batch, 16)
        seconds = generate(model, vocabulary, batch, 144) - generate(model, vocabulary, batch, 16)
    results[f"decode_{batch}_tok_s"] = batch * 128 / seconds
    log("decode batch", batch, "tok/s %.1f" % (batch * 128 / seconds))


def prefill(results, model, vocabulary, length):
    ids = torch.randint(0, vocabulary, (1, length), device="cuda")
    time_of_one = millis(lambda: model(ids, use_cache=True, logits_to_keep=1), 3, 1)
    results[f"prefill_{length}_tok_s"] = 1e3 * length / time_of_one
    log("prefill", length, "tok/s %.0f" % (1e3 * length / time_of_one))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ceilings", action="store_true")
    parser.add_argument("--decode", default="")
    parser.add_argument("--prefill", default="")
    parser.add_argument("--model", default="qwen3-4b", choices=MODELS)
    parser.add_argument("--lock")
    parser.add_argument("--out")
    arguments = parser.parse_args()
    config = MODELS[arguments.model]
    results = {}

    @contextlib.contextmanager
    def alone():
        if not arguments.lock:
            yield
            return
        with open(arguments.lock, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    if arguments.ceilings:
        with alone():
            ceilings(results, config)
        torch.cuda.empty_cache()
    if arguments.decode or arguments.prefill:
        torch.set_default_dtype(torch.bfloat16)
        with torch.device("cuda"):
            model = AutoModelForCausalLM.from_config(config)
        model.eval()
        model.generation_config.eos_token_id = None
        model.generation_config.pad_token_id = 0
        with torch.no_grad():
            for batch in filter(None, arguments.decode.split(",")):
                decode(results, model, config.vocab_size, int(batch), alone)
            if arguments.prefill:
                with alone():
                    for length in arguments.prefill.split(","):
                        prefill(results, model, config.vocab_size, int(length))
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


main()
