#!/usr/bin/env python3
"""Writes heldout.jsonl: problems whose numbers, names, formulas never occur in training, for tests and the quick start.

One JSON object a line: id, kind, form, language, messages (as for a chat endpoint), answer, steps, solution.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import problems

MODEL_DIR = Path(__file__).resolve().parent.parent


def draw(per_kind: int, seed: int, kinds=problems.KINDS) -> list[problems.Problem]:
    """per_kind distinct held-out problems of every kind in each language."""
    drawn = []
    for kind in kinds:
        rng = random.Random(f"held out {seed}")
        for language in problems.LANGUAGES:
            chosen: dict[str, problems.Problem] = {}
            while len(chosen) < per_kind:
                problem = problems.generate(rng, kind, language, "heldout")
                chosen.setdefault(problem.prompt, problem)
            drawn += chosen.values()
    return drawn


def assert_unseen(drawn: list[problems.Problem], training: int, seed: int) -> None:
    """Every problem lies in the held-out split, and none of `training` training problems has its prompt or key."""
    prompts, keys = {p.prompt for p in drawn}, {p.key for p in drawn}
    for problem in drawn:
        assert problems.is_held_out(problem.key), f"not held out: {problem.key}"
    rng = random.Random(seed)
    for _ in range(training):
        problem = problems.generate_training(rng)
        assert problem.kind == "chat" or problem.prompt not in prompts and problem.key not in keys, (
            f"seen in training: {problem.prompt}"
        )


def record(index: int, problem: problems.Problem) -> dict:
    return {
        "id": f"{problem.kind}-{problem.language}-{index}",
        "kind": problem.kind,
        "form": problem.form,
        "language": problem.language,
        "messages": [{"role": "user", "content": problem.prompt}],
        "answer": problem.answer,
        "steps": list(problem.steps),
        "solution": problem.solution(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODEL_DIR / "heldout.jsonl")
    parser.add_argument("--per-kind", type=int, default=25, help="problems per kind and language")
    parser.add_argument("--check", type=int, default=200000, help="training problems to compare with")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    drawn = draw(options.per_kind, options.seed)
    assert_unseen(drawn, options.check, options.seed)
    lines = [json.dumps(record(i % options.per_kind, p), ensure_ascii=False) for i, p in enumerate(drawn)]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(drawn)} problems, none among {options.check} training problems, written to {options.out}")


if __name__ == "__main__":
    main()
