#!/usr/bin/env python3
"""Decode and prefill speed of a checkpoint in transformers, in the same lines as CpuBench prints.

    transformers_peer.py MODEL_DIR THREADS PROMPT NEW_TOKENS BATCH...

bfloat16 weights, the default (sdpa) attention, a key-value cache, greedy tokens in a plain loop over the model (generate()
adds some host work a step). Decode is the median of the steps, prefill the one forward pass over the prompts; the best of
several runs. Needs torch and transformers.
"""
import statistics
import sys
import time

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

ROUNDS = 4


def run(model, prompt, tokens):
    """Seconds of the prefill and the median of the decoding steps."""
    start = time.perf_counter()
    out = model(prompt, use_cache=True, logits_to_keep=1)
    token = out.logits[:, -1].argmax(-1, keepdim=True)
    prefill = time.perf_counter() - start
    steps = []
    for _ in range(tokens - 1):
        start = time.perf_counter()
        out = model(token, past_key_values=out.past_key_values, use_cache=True)
        token = out.logits[:, -1].argmax(-1, keepdim=True)
        steps.append(time.perf_counter() - start)
    return prefill, statistics.median(steps)


def main():
    directory, threads, length, tokens, *batches = sys.argv[1:]
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(int(threads))
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16).eval()
    generator = torch.Generator().manual_seed(1)
    for batch in map(int, batches):
        prompt = torch.randint(2, model.config.vocab_size, (batch, int(length)), generator=generator)
        with torch.inference_mode():
            runs = [run(model, prompt, int(tokens)) for _ in range(ROUNDS)]
        prefill, step = (min(column) for column in zip(*runs))
        print(f"engine=transformers device=\"torch {torch.__version__}, {threads} threads\" batch={batch} "
              f"prefill={batch * int(length) / prefill:.1f} decode={batch / step:.1f}", flush=True)


main()
