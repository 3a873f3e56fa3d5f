#!/usr/bin/env python3
"""Decode and prefill speed of a checkpoint in transformers, in the same lines as CpuBench prints.

    transformers_peer.py MODEL_DIR THREADS PROMPT NEW_TOKENS BATCH...

bfloat16 weights, the default (sdpa) attention, use_cache, greedy generate() with end-of-sequence switched off. Decode is
the time of generating NEW_TOKENS less the time of generating one, the best of several runs; prefill is the latter.
Needs torch and transformers.
"""
import sys
import time

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

ROUNDS = 3


def seconds(model, prompt, tokens):
    start = time.perf_counter()
    out = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=tokens, min_new_tokens=tokens,
                         do_sample=False, use_cache=True, pad_token_id=0)
    assert out.shape[1] == prompt.shape[1] + tokens
    return time.perf_counter() - start


def main():
    directory, threads, length, tokens, *batches = sys.argv[1:]
    logging.set_verbosity_error()
    torch.set_num_threads(int(threads))
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16).eval()
    generator = torch.Generator().manual_seed(1)
    for batch in map(int, batches):
        prompt = torch.randint(2, model.config.vocab_size, (batch, int(length)), generator=generator)
        with torch.inference_mode():
            seconds(model, prompt, 4)
            first = min(seconds(model, prompt, 1) for _ in range(ROUNDS))
            full = min(seconds(model, prompt, int(tokens)) for _ in range(ROUNDS))
        print(f"engine=transformers device=\"torch {torch.__version__}, {threads} threads\" batch={batch} "
              f"prefill={batch * int(length) / first:.1f} decode={batch * (int(tokens) - 1) / (full - first):.1f}",
              flush=True)


main()
