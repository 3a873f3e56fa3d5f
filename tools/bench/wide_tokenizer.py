#!/usr/bin/env python3
"""Gives a model folder a tokenizer for a vocabulary larger than its own, and chats for a load test.

    wide_tokenizer.py TOKENIZER_DIR MODEL_DIR [--only-chats] [--chats FILE.jsonl --prompts FILE.jsonl --count N --characters N]

TOKENIZER_DIR has tokenizer.json and tokenizer_config.json; MODEL_DIR has a config.json with the vocabulary's size. The
ids beyond the given tokenizer become made-up words, so that every token a model with random weights draws is a text.
With --chats, N chats of about so many characters are put together from the questions in --prompts.
"""
import argparse
import json
import pathlib
import shutil


def word(number):
    """A word of lower-case letters, different for every number; a leading space as byte-level vocabularies write it."""
    letters = ""
    while True:
        letters = chr(97 + number % 26) + letters
        number //= 26
        if number == 0:
            return "\u0120q" + letters


def widen(source, model):
    size = json.loads((model / "config.json").read_text())["vocab_size"]
    tokenizer = json.loads((source / "tokenizer.json").read_text())
    vocabulary = tokenizer["model"]["vocab"]
    used = set(vocabulary.values()) | {token["id"] for token in tokenizer["added_tokens"]}
    number = 0
    for index in range(size):
        if index not in used:
            while word(number) in vocabulary:
                number += 1
            vocabulary[word(number)] = index
    (model / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    for name in ("tokenizer_config.json", "chat_template.jinja"):
        if (source / name).exists():
            shutil.copy(source / name, model / name)


def chats(prompts, target, count, characters):
    questions = [json.loads(line)["messages"][-1]["content"] for line in prompts.read_text().splitlines() if line.strip()]
    with target.open("w", encoding="utf-8") as file:
        at = 0
        for index in range(count):
            text = f"Task {index}."
            while len(text) < characters:
                text += " " + questions[at % len(questions)]
                at += 1
            file.write(json.dumps({"messages": [{"role": "user", "content": text[:characters]}]}) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--chats", type=pathlib.Path)
    parser.add_argument("--prompts", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=512)
    parser.add_argument("--characters", type=int, default=175)
    parser.add_argument("--only-chats", action="store_true", help="leave the tokenizer as it is")
    arguments = parser.parse_args()
    if not arguments.only_chats:
        widen(arguments.tokenizer, arguments.model)
    if arguments.chats:
        chats(arguments.prompts, arguments.chats, arguments.count, arguments.characters)


main()
