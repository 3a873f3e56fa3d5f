#!/usr/bin/env python3
"""Trains the demo model on generated problems and writes it as a Hugging Face checkpoint.

Batch k is a function of (seed, k), so a run is named by its options; only the GPU's summation order may differ.
Progress shows the loss and, per kind and language, the share of held-out problems whose whole solution is predicted
exactly when the right solution so far is given, which equals the share that greedy decoding gets exactly right.
"""

from __future__ import annotations

import argparse
import collections
import math
import multiprocessing
import os
import random
import time
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from torch.nn import functional as F

import data
import model as architecture
import problems

MODEL_DIR = Path(__file__).resolve().parent.parent
KIND_PAIRS = [(kind, language) for kind in problems.ALL_KINDS for language in problems.LANGUAGES]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, default=MODEL_DIR, help="where the trained model goes (default: the model directory)"
    )
    parser.add_argument("--tokenizer", type=Path, default=MODEL_DIR, help="directory with tokenizer.json")
    parser.add_argument("--resume", type=Path, help="start from this directory's model.safetensors")
    parser.add_argument("--steps", type=int, default=4800, help="optimizer steps")
    parser.add_argument("--rows", type=int, default=128, help="rows in a batch")
    parser.add_argument("--length", type=int, default=1024, help="tokens in a row")
    parser.add_argument("--rate", type=float, default=3e-3, help="peak learning rate")
    parser.add_argument("--warmup", type=int, default=200, help="steps of linear warm-up")
    parser.add_argument("--seed", type=int, default=1, help="seed of the data and the initial weights")
    parser.add_argument(
        "--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2), help="processes that generate problems"
    )
    parser.add_argument("--every", type=int, default=500, help="steps between evaluations, each with a checkpoint")
    parser.add_argument(
        "--held-out", type=int, default=100, help="held-out problems per kind and language in an evaluation"
    )
    parser.add_argument(
        "--attention", choices=("flex", "dense"), default="flex" if torch.cuda.is_available() else "dense"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


class Batches:
    """Moves rows of words to the device and says what may attend to what."""

    def __init__(self, device: str, attention: str, rows: int, length: int):
        self._device, self._attention = device, attention
        self._owner = owner = torch.zeros(rows, length, dtype=torch.int32, device=device)

        def visible(b, h, q, k):
            return (q >= k) & (owner[b, q] == owner[b, k])

        self._visible = visible

    def load(self, words):
        """Tokens, targets (-100 where there is no loss) and the attention mask of one packed batch."""
        words = torch.from_numpy(words.astype("int32")).to(self._device, non_blocking=True)
        tokens = (words & data.TOKEN).long()
        targets = torch.full_like(tokens, -100)
        targets[:, :-1] = torch.where(words[:, 1:] & data.LOSS > 0, tokens[:, 1:], -100)
        self._owner.copy_((words & data.FIRST > 0).int().cumsum(1))
        return tokens, targets, self._mask(*tokens.shape)

    def _mask(self, rows, length):
        owner = self._owner
        if self._attention == "dense":
            causal = torch.ones(length, length, dtype=torch.bool, device=self._device).tril()
            return (causal & (owner[:, :, None] == owner[:, None, :]))[:, None]
        from torch.nn.attention.flex_attention import create_block_mask

        return create_block_mask(self._visible, rows, None, length, length, device=self._device)


def build(o) -> architecture.Qwen3:
    torch.manual_seed(o.seed)
    torch.set_float32_matmul_precision("high")
    attend = architecture.dense_attention
    if o.attention == "flex":
        from torch.nn.attention.flex_attention import flex_attention

        def attend(q, k, v, mask):
            return flex_attention(q, k, v, block_mask=mask, enable_gqa=True)

    model = architecture.Qwen3(architecture.Shape(), attend)
    if o.resume:
        architecture.load(model, o.resume)
    model.to(o.device)
    if o.device == "cuda":
        for layer in model.model.layers:
            layer.compile(dynamic=False)
    return model


def optimizer(model, rate, device):
    matrices = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.98),
        eps=1e-9,
        fused=device == "cuda",
    )


def rate_at(step, o):
    """Linear warm-up, then cosine to two percent of the peak."""
    if step < o.warmup:
        return o.rate * (step + 1) / o.warmup
    progress = (step - o.warmup) / max(1, o.steps - o.warmup)
    return o.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def cross_entropy(model, hidden, targets):
    return F.cross_entropy(model.logits(hidden).float().flatten(0, 1), targets.flatten(), ignore_index=-100)


def correct(model, hidden, targets):
    """Whether the likeliest token is the target, or no target is there."""
    return (model.logits(hidden).argmax(-1) == targets) | (targets == -100)


class HeldOut:
    """Held-out problems, packed once, and the share of each kind predicted exactly."""

    def __init__(self, encoder, o):
        rng = random.Random("held out while training")
        self._owners = [pair for pair in KIND_PAIRS for _ in range(o.held_out)]
        conversations = [
            encoder.conversation([problems.generate(rng, kind, language, "heldout")]) for kind, language in self._owners
        ]
        rows, self._spans = data.pack(conversations, None, o.length, encoder.pad)
        spare = -len(rows) % o.rows
        if spare:
            blank = data.pack([], spare, o.length, encoder.pad)[0]
            rows = np.concatenate([rows, blank])
        self._rows, self._size = rows, o.rows

    @torch.no_grad()
    def shares(self, model, batches, judge, autocast) -> dict:
        right = []
        for first in range(0, len(self._rows), self._size):
            tokens, targets, mask = batches.load(self._rows[first : first + self._size])
            with autocast():
                right.append(judge(model, model(tokens, mask), targets).cpu())
        right = torch.cat(right)
        hits, counts = collections.Counter(), collections.Counter()
        for owner, span in zip(self._owners, self._spans):
            counts[owner] += 1
            hits[owner] += bool(right[span.row, span.start : span.end - 1].all())
        return {owner: hits[owner] / counts[owner] for owner in counts}


def show(shares):
    for kind in problems.ALL_KINDS:
        columns = "".join(f"  {language} {shares[kind, language]:6.1%}" for language in problems.LANGUAGES)
        print(f"    {kind:14s}{columns}", flush=True)


def main() -> None:
    o = options()
    encoder = data.Encoder(o.tokenizer)
    context = multiprocessing.get_context("fork")
    with context.Pool(o.workers, data.start_worker, (o.tokenizer, o.seed, o.rows, o.length)) as pool:
        stream = pool.imap(data.work, range(o.steps))
        held_out = HeldOut(encoder, o)
        fit(o, encoder, stream, held_out)


class Progress:
    """Prints the mean loss and the speed every fifty steps, without waiting for the device in between."""

    def __init__(self, o):
        self._o, self._started = o, time.time()
        self._sum, self._count, self._mark = 0.0, 0, self._started

    def add(self, step, loss) -> None:
        self._sum, self._count = self._sum + loss, self._count + 1
        if step == 1 or step % 50 == 0 or step == self._o.steps:
            mean, now = (self._sum / self._count).item(), time.time()
            speed = self._count * self._o.rows * self._o.length / (now - self._mark)
            print(f"step {step:5d}  loss {mean:.4f}  {speed:,.0f} tokens/s  {self.seconds():.0f} s", flush=True)
            self._sum, self._count, self._mark = 0.0, 0, now

    def seconds(self) -> float:
        return time.time() - self._started


def fit(o, encoder, stream, held_out) -> None:
    """One optimizer step per batch; every so often and at the end an evaluation and a checkpoint."""
    model, batches = build(o), Batches(o.device, o.attention, o.rows, o.length)
    size = f"{architecture.parameters(model):,} parameters"
    print(f"{size}, {o.steps} steps of {o.rows * o.length:,} tokens on {o.device}", flush=True)
    adam, progress = optimizer(model, o.rate, o.device), Progress(o)
    loss_of, judge = ((torch.compile(f, dynamic=False) if o.device == "cuda" else f) for f in (cross_entropy, correct))

    def autocast():
        return torch.autocast(o.device, torch.bfloat16, enabled=o.device == "cuda")

    for step, words in enumerate(stream, 1):
        for group in adam.param_groups:
            group["lr"] = rate_at(step - 1, o)
        tokens, targets, mask = batches.load(words)
        with autocast():
            loss = loss_of(model, model(tokens, mask), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        adam.zero_grad(set_to_none=True)
        progress.add(step, loss.detach())
        if step % o.every == 0 or step == o.steps:
            show(held_out.shares(model, batches, judge, autocast))
            architecture.save(model, o.out, encoder.pad, encoder.end)
    print(f"trained in {progress.seconds():.0f} s, written to {o.out}", flush=True)


if __name__ == "__main__":
    main()
