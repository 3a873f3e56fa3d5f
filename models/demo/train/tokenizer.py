#!/usr/bin/env python3
"""Trains the demo model's tokenizer: byte-level BPE in Qwen's form, every digit and punctuation mark on its own.

Writes tokenizer.json and tokenizer_config.json (with the ChatML chat template) into the model directory.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from problems import generate_training

MODEL_DIR = Path(__file__).resolve().parent.parent
PAD, START, END = SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

#: Digits, Chinese characters and punctuation one by one; a word as its first letter, with a space before it, and its
#: rest. So 'Heavy' and ' heavy' differ in one token only, and a new word is copied the same way wherever it stands.
LATIN = r"[\p{L}&&[^\p{Han}]]"
PATTERN = rf"\p{{N}}|\p{{Han}}| ?(?<!{LATIN}){LATIN}|{LATIN}+| ?[^\s\p{{L}}\p{{N}}]|\s*[\r\n]+|\s+(?!\S)|\s+"

CHAT_TEMPLATE = (
    "{%- if tools %}"
    "{{- '<|im_start|>system\\n' }}"
    "{%- if messages[0]['role'] == 'system' %}"
    "{{- messages[0]['content'] + '\\n\\n' }}"
    "{%- endif %}"
    "{{- '# Tools\\n\\n<tools>' }}"
    "{%- for tool in tools %}"
    "{{- '\\n' + (tool | tojson) }}"
    "{%- endfor %}"
    "{{- '\\n</tools>\\n\\nCall one as\\n<tool_call>\\n{\"name\": <name>, \"arguments\": <object>}\\n</tool_call><|im_end|>\\n' }}"
    "{%- endif %}"
    "{%- for message in messages %}"
    "{%- if not (tools and loop.first and message['role'] == 'system') %}"
    "{%- if message['role'] == 'tool' %}"
    "{{- '<|im_start|>user\\n<tool_response>\\n' + message['content'] + '\\n</tool_response><|im_end|>\\n' }}"
    "{%- else %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] }}"
    "{%- if message['tool_calls'] %}"
    "{%- for call in message['tool_calls'] %}"
    "{{- '\\n<tool_call>\\n{\"name\": \"' + call['function']['name'] + '\", \"arguments\": ' + (call['function']['arguments'] | tojson) + '}\\n</tool_call>' }}"
    "{%- endfor %}"
    "{%- endif %}"
    "{{- '<|im_end|>' + '\\n' }}"
    "{%- endif %}"
    "{%- endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}"
    "{{- '<|im_start|>assistant\\n' }}"
    "{%- endif %}"
)


def train(problems: int, vocabulary: int, seed: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIALS),
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(_corpus(problems, seed), trainer)
    return tokenizer


def _corpus(problems, seed):
    rng = random.Random(seed)
    for _ in range(problems):
        problem = generate_training(rng)
        yield "user\n" + problem.prompt
        yield "assistant\n" + problem.solution()
    yield from ["system\n"] * 100


def config(longest: int) -> dict:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "add_prefix_space": False,
        "bos_token": None,
        "eos_token": END,
        "pad_token": PAD,
        "unk_token": None,
        "model_max_length": longest,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, default=MODEL_DIR, help="model directory (default: the one above this script)"
    )
    parser.add_argument("--problems", type=int, default=40000, help="training problems to learn merges from")
    parser.add_argument("--vocabulary", type=int, default=1536, help="tokens in all, special ones included")
    parser.add_argument("--seed", type=int, default=20260)
    options = parser.parse_args()
    tokenizer = train(options.problems, options.vocabulary, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(options.out / "tokenizer.json"))
    (options.out / "tokenizer_config.json").write_text(
        json.dumps(config(2048), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"{tokenizer.get_vocab_size()} tokens, written to {options.out}")


if __name__ == "__main__":
    main()
