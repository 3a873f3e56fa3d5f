#!/usr/bin/env python3
"""Asks two servers the same questions and compares their greedy answers.

    same_answers.py REFERENCE_URL CANDIDATE_URL --prompts FILE.jsonl [--count 100] [--tolerance 0.25] [--max-tokens 256]

Both serve the same model. An answer may differ from the reference's only from a token on where the reference's best two
tokens are closer than the tolerance, in log probability. Prints the differences and a summary; exit code 1 if a difference
is not excused. Needs nothing but Python 3.
"""
import argparse
import json
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor


def post(url, body):
    request = urllib.request.Request(
        url + "/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=600) as response:
        return json.load(response)["choices"][0]


def compare(arguments, messages):
    """None, or the reference's margin and both texts from the first different token on."""
    body = {"messages": messages, "temperature": 0, "max_tokens": arguments.max_tokens}
    reference = post(arguments.reference, body | {"logprobs": True, "top_logprobs": 2})
    expected = reference["message"]["content"]
    found = post(arguments.candidate, body)["message"]["content"]
    if found == expected:
        return None
    prefix = b""
    for token in reference["logprobs"]["content"]:
        piece = bytes(token["bytes"]) if token["bytes"] is not None else token["token"].encode()
        if not found.encode().startswith(prefix + piece):
            first, second = sorted((top["logprob"] for top in token["top_logprobs"]), reverse=True)[:2]
            at = len(prefix)
            return first - second, expected.encode()[at:].decode(errors="replace"), found.encode()[at:].decode(errors="replace")
        prefix += piece
    return 0.0, "", found.encode()[len(prefix):].decode(errors="replace")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference")
    parser.add_argument("candidate")
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--tolerance", type=float, default=0.25)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--concurrency", type=int, default=16)
    arguments = parser.parse_args()
    with open(arguments.prompts, encoding="utf-8") as file:
        questions = [json.loads(line)["messages"] for line in file if line.strip()][: arguments.count]
    with ThreadPoolExecutor(arguments.concurrency) as pool:
        outcomes = list(pool.map(lambda messages: compare(arguments, messages), questions))
    unexcused = 0
    for index, outcome in enumerate(outcomes):
        if outcome is not None:
            margin, expected, found = outcome
            unexcused += margin > arguments.tolerance
            print(f"question {index}: margin {margin:.4f}: {expected[:60]!r} became {found[:60]!r}")
    differ = sum(outcome is not None for outcome in outcomes)
    widest = max((outcome[0] for outcome in outcomes if outcome is not None), default=0.0)
    print(
        f"{len(outcomes) - differ} of {len(outcomes)} answers are the same, {differ} differ, widest margin {widest:.4f}, "
        f"{unexcused} of them over the tolerance of {arguments.tolerance}"
    )
    return 1 if unexcused else 0


if __name__ == "__main__":
    sys.exit(main())
