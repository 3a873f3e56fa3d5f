"""Seeded generators of the demo model's problems, with worked solutions, in English and Chinese."""

from __future__ import annotations

import random

from . import arithmetic, causal, chat, linear, propositional, quadratic, symmetric, truth_table
from .common import LANGUAGES, Problem, answer_line, is_held_out, pick

_GENERATORS = {
    "linear": linear.generate,
    "quadratic": quadratic.generate,
    "symmetric_sum": symmetric.generate,
    "propositional": propositional.generate,
    "causal": causal.generate,
    "truth_table": truth_table.generate,
    "arithmetic": arithmetic.generate,
    "chat": chat.generate,
}

#: The kinds the model card reports; arithmetic and chat are there for politeness.
KINDS = ("linear", "quadratic", "symmetric_sum", "propositional", "causal", "truth_table")
ALL_KINDS = tuple(_GENERATORS)

#: Share of each kind among training problems.
TRAINING_MIX = {
    "linear": 18,
    "quadratic": 18,
    "symmetric_sum": 18,
    "propositional": 22,
    "causal": 16,
    "truth_table": 12,
    "arithmetic": 10,
    "chat": 3,
}


def generate(rng: random.Random, kind: str, language: str, split: str) -> Problem:
    """One problem of the kind whose key lies in the split ('train' or 'heldout').

    Chat has no numbers or names worth holding out: it is the same in both splits.
    """
    while True:
        problem = _GENERATORS[kind](rng, language, split)
        if kind == "chat" or is_held_out(problem.key) == (split == "heldout"):
            return problem


def generate_training(rng: random.Random) -> Problem:
    return generate(rng, pick(rng, TRAINING_MIX), rng.choice(LANGUAGES), "train")


__all__ = [
    "ALL_KINDS",
    "KINDS",
    "LANGUAGES",
    "TRAINING_MIX",
    "Problem",
    "answer_line",
    "generate",
    "generate_training",
    "is_held_out",
    "pick",
]
