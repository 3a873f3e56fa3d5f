#!/usr/bin/env python3
"""Measures the model on held-out problems through transformers, greedily, and prints the table of the model card.

A final answer is right when the answer line is exactly the expected one; a step is right when the line at its place
is exactly the expected line (missing and surplus lines count as wrong); 'stopped' means it ended with <|im_end|> by
itself.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import heldout
import problems

MODEL_DIR = Path(__file__).resolve().parent.parent


def generate(model, tokenizer, drawn: list[problems.Problem], size: int, longest: int) -> list[tuple[str, bool]]:
    """The greedy reply to each problem, and whether it ended by itself. Long ones share a batch, to end together."""
    prompts = [problem.prompt for problem in drawn]
    replies: list = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(drawn[i].solution()))
    end = tokenizer.eos_token_id
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        texts = [
            tokenizer.apply_chat_template(
                [{"role": "user", "content": prompts[i]}], tokenize=False, add_generation_prompt=True
            )
            for i in chosen
        ]
        inputs = tokenizer(texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False).to(
            model.device
        )
        inputs.pop("token_type_ids", None)
        with torch.inference_mode():
            output = model.generate(**inputs, max_new_tokens=longest, do_sample=False)[
                :, inputs["input_ids"].shape[1] :
            ]
        for i, ids in zip(chosen, output.tolist()):
            stopped = end in ids
            replies[i] = tokenizer.decode(ids[: ids.index(end)] if stopped else ids, skip_special_tokens=True), stopped
    return replies


def steps_right(expected: list[str], got: list[str]) -> tuple[int, int]:
    return sum(a == b for a, b in zip(expected, got)), max(len(expected), len(got))


def score(drawn, replies) -> tuple[dict, list]:
    """Per (kind, language): counts of problems, right answers, exact solutions, stops, right steps and steps."""
    table: dict = collections.defaultdict(collections.Counter)
    misses = []
    for problem, (reply, stopped) in zip(drawn, replies):
        row, lines, expected = table[problem.kind, problem.language], reply.split("\n"), problem.solution().split("\n")
        answered = lines[-1] == expected[-1]
        right, of = steps_right(expected[:-1], lines[:-1])
        row.update(
            problems=1,
            answers=answered,
            exact=reply == problem.solution(),
            stopped=stopped,
            right_steps=right,
            steps=of,
        )
        if reply != problem.solution():
            misses.append((problem, reply))
    return table, misses


def first_difference(problem, reply) -> str:
    """The prompt and the first line where the reply leaves the expected solution."""
    pairs = itertools.zip_longest(problem.solution().split("\n"), reply.split("\n"), fillvalue="(nothing)")
    expected, got = next((a, b) for a, b in pairs if a != b)
    title = f"--- {problem.kind}, {problem.form}, {problem.language}: {problem.prompt}"
    return f"{title}\n    expected: {expected}\n    got:      {got}"


def markdown(table: dict) -> str:
    lines = [
        "| kind | language | problems | right final answer | right steps | whole solution exact | stopped by itself |",
        "|---|---|---|---|---|---|---|",
    ]
    for (kind, language), row in table.items():
        n = row["problems"]
        steps = f"{row['right_steps'] / row['steps']:.1%}" if row["steps"] else "-"
        answers, exact, stopped = (f"{row[name] / n:.1%}" for name in ("answers", "exact", "stopped"))
        lines.append(f"| {kind} | {language} | {n} | {answers} | {steps} | {exact} | {stopped} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODEL_DIR)
    parser.add_argument("--per-kind", type=int, default=200, help="held-out problems per kind and language")
    parser.add_argument("--kinds", nargs="+", default=list(problems.ALL_KINDS), choices=problems.ALL_KINDS)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--batch", type=int, default=512, help="prompts generated at once")
    parser.add_argument("--longest", type=int, default=700, help="most new tokens")
    parser.add_argument(
        "--misses", type=int, default=0, help="replies to print per kind whose solution is not exactly the expected one"
    )
    parser.add_argument("--json", type=Path, help="write the counts here")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    measure(parser.parse_args())


def measure(options) -> None:
    per_kind = {kind: min(options.per_kind, 50) if kind == "chat" else options.per_kind for kind in options.kinds}
    drawn = [p for kind in options.kinds for p in heldout.draw(per_kind[kind], options.seed, (kind,))]
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).to(options.device).eval()
    started = time.time()
    replies = generate(model, tokenizer, drawn, options.batch, options.longest)
    table, misses = score(drawn, replies)
    print(f"{len(drawn)} problems in {time.time() - started:.0f} s on {options.device}")
    shown: collections.Counter = collections.Counter()
    for problem, reply in misses:
        shown[problem.kind] += 1
        if shown[problem.kind] <= options.misses:
            print(first_difference(problem, reply))
    print(markdown(table))
    if options.json:
        options.json.write_text(
            json.dumps([{"kind": k, "language": g, **row} for (k, g), row in table.items()], indent=1) + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
