"""Training rows: conversations of generated problems, tokenized and packed. Batch k is a function of (seed, k) alone.

A row is `length` 16-bit words: the token id, LOSS where the token is one the assistant says, FIRST where a
conversation begins. Conversations packed into one row must not see each other: attention masks them by `FIRST`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import problems
from tokenizer import END, PAD, START

LOSS, FIRST, TOKEN = 1 << 15, 1 << 14, (1 << 14) - 1

_SYSTEM = {
    "en": (
        "You are a helpful assistant.",
        "You are a helpful assistant.",
        "You are a math tutor.",
        "Solve the problem step by step.",
        "Be brief.",
        "You are Vidda's demo model.",
        "You are a careful assistant. Think step by step.",
        "Answer in English.",
    ),
    "zh": (
        "你是一个有用的助手。",
        "你是一个有用的助手。",
        "You are a helpful assistant.",
        "你是一名数学老师。",
        "请一步一步地解题。",
        "请简短回答。",
        "你是一个乐于助人的助手。",
        "请用中文回答。",
    ),
}
_TURNS = {1: 68, 2: 20, 3: 9, 4: 3}


@dataclass(frozen=True)
class Span:
    """Where a packed conversation lies: columns start <= i < end of a row."""

    row: int
    start: int
    end: int


class Encoder:
    """Turns conversations into words, exactly as the chat template and tokenizer would."""

    def __init__(self, model_dir: Path):
        self._tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        self.pad, self._start, self.end = (self._tokenizer.token_to_id(t) for t in (PAD, START, END))
        self._newline = self._ids("\n")
        self._assistant = self._ids("assistant\n")

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def conversation(self, turns: list[problems.Problem], system: str | None = None) -> list[int]:
        words: list[int] = []
        if system:
            words += [self._start, *self._ids("system\n" + system), self.end, *self._newline]
        for turn in turns:
            words += [
                self._start,
                *self._ids("user\n" + turn.prompt),
                self.end,
                *self._newline,
                self._start,
                *self._assistant,
            ]
            words += [i | LOSS for i in (*self._ids(turn.solution()), self.end)] + self._newline
        words[0] |= FIRST
        return words

    def random_conversation(self, rng: random.Random, longest: int) -> list[int]:
        """One to four training problems, mostly in one language, sometimes with a system message."""
        while True:
            count, language = problems.pick(rng, _TURNS), rng.choice(problems.LANGUAGES)
            turns = []
            for _ in range(count):
                spoken = language if rng.random() < 0.85 else rng.choice(problems.LANGUAGES)
                turns.append(problems.generate(rng, problems.pick(rng, problems.TRAINING_MIX), spoken, "train"))
            words = self.conversation(turns, rng.choice(_SYSTEM[language]) if rng.random() < 0.2 else None)
            if len(words) <= longest:
                return words


def pack(
    conversations: list[list[int]], rows: int | None, length: int, pad: int
) -> tuple[np.ndarray, list[Span | None]]:
    """First fit, longest first. With `rows` given, what does not fit is left out (its span is None)."""
    free = [length] * (rows or 0)
    packed = [np.full((length,), pad | FIRST, dtype=np.uint16) for _ in free]
    spans: list[Span | None] = [None] * len(conversations)
    for index in sorted(range(len(conversations)), key=lambda i: -len(conversations[i])):
        words = conversations[index]
        row = next((r for r, room in enumerate(free) if room >= len(words)), None)
        if row is None:
            if rows is not None:
                continue
            row = len(free)
            free.append(length)
            packed.append(np.full((length,), pad | FIRST, dtype=np.uint16))
        start = length - free[row]
        packed[row][start : start + len(words)] = words
        free[row] -= len(words)
        spans[index] = Span(row, start, start + len(words))
    return np.stack(packed), spans


def batch(encoder: Encoder, seed: int, index: int, rows: int, length: int) -> np.ndarray:
    """The training batch of that index."""
    rng = random.Random(f"{seed}/{index}")
    conversations, size = [], 0
    while size < rows * length:
        conversations.append(encoder.random_conversation(rng, length))
        size += len(conversations[-1])
    return pack(conversations, rows, length, encoder.pad)[0]


# --- worker processes ----------------------------------------------------------------------------------------------

_WORKER: dict = {}


def start_worker(model_dir: Path, seed: int, rows: int, length: int) -> None:
    _WORKER.update(encoder=Encoder(model_dir), seed=seed, rows=rows, length=length)


def work(index: int) -> np.ndarray:
    return batch(_WORKER["encoder"], _WORKER["seed"], index, _WORKER["rows"], _WORKER["length"])
