#!/usr/bin/env python3
"""Writes the tokenizers that the gateway's tests use, and what Python's tokenizers make of some texts with them.

    text_fixtures.py [OUT]        OUT defaults to gateway/src/test/resources/text

Three small models of the three kinds that decoding distinguishes: byte-level BPE (as Qwen, Llama 3, DeepSeek), BPE with
byte fallback and a stripped beginning (as Llama 2, Mistral), unigram with a Metaspace decoder (as T5). Each folder gets
tokenizer.json, tokenizer_config.json and golden.json:
  encode[]: {text, ids (without special tokens), special (with them), decoded, skipped}
  decode[]: {ids, decoded, skipped}      random ids, invalid UTF-8 among them
Training breaks ties by hash order, so a new run may give other vocabularies; each golden.json belongs to the tokenizer.json beside it.
Needs: tokenizers.
"""
import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = """
The server reads a checkpoint, renders the chat template, and streams one token after another. Tokens are the truth: the same
seed and the same position give the same token on every machine. If a worker dies, another one continues the stream.
A request that can never fit is refused with the numbers; a request that does not fit now waits in order of arrival.
Solve the equation 2x + 3 = 11. Subtract 3 from both sides: 2x = 8. Divide both sides by 2: x = 4. The answer is x = 4.
If it rains, the street is wet. The street is not wet. Therefore it does not rain. Let p and q be propositions, then p or not p.
What is the sum of 17 and 25? 17 + 25 = 42. Don't guess; we'll check: 42 - 25 = 17. It's right, isn't it? They've done it.
def greet(name: str) -> str:
    return f"Hello, {name}!"
{"role": "user", "content": "How many tokens per second?", "n": 1, "temperature": 0.7}
<think>
The user asks for a short answer.
</think>
Zürich, Malmö and Kraków are cities. Ελληνικά, русский язык, עברית, العربية, ภาษาไทย, 한국어, 日本語 and 中文 are written too.
你好，世界！请解方程 2x + 3 = 11。两边同时减去 3，得到 2x = 8；两边除以 2，得到 x = 4。所以答案是 x = 4。
如果下雨，那么街道是湿的。街道不是湿的。所以没有下雨。设 p 和 q 是命题，那么 p ∨ ¬p 为真。
😀 😂 👍 🎉 🚀 👩‍💻 🇩🇪 ✓ → ∧ ∨ ¬ ≤ ≥ π ∑ √
""".strip()

TEXTS = [
    "", " ", "  ", "\n", "Hello", "Hello, world!", " leading space", "trailing space ", "two  spaces", "tab\tand\nline\r\nbreaks\n\n",
    "The answer is x = 4.", "Don't guess; we'll check.", "1234567890", "def f(x):\n    return x + 1\n",
    "你好，世界！", "两边除以 2，得到 x = 4。", "日本語と한국어", "Zürich Ελληνικά русский", "العربية עברית ภาษาไทย",
    "😀😂👍", "👩‍💻🇩🇪", "a😀b", "∧ ∨ ¬ → ≤ π", "e\u0301 and \u00e9", "\u200d\ufe0f", "\U0001f9ff\U0001fae0", "ᚠᛇᚻ ༄༅ 𒀀𓀀",
    "<|im_start|>user\nHi<|im_end|>\n", "<s> Hello</s>", "<think>\nwell\n</think>\n\n4", "text<|im_end|> more",
    "nul \u0000 byte", "\ufffd replacement", "▁ marker", "Ġ letter", "<0x41> literally",
]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
               r"|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.train_from_iterator([CORPUS], trainers.BpeTrainer(
        vocab_size=1400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    tokenizer.add_tokens([AddedToken("<think>", special=False), AddedToken("</think>", special=False),
                          AddedToken("<｜begin▁of▁answer｜>", special=False)])
    return tokenizer, {"eos_token": "<|im_end|>", "bos_token": None, "pad_token": "<|endoftext|>"}


def sentence_piece():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    specials = ["<unk>", "<s>", "</s>"]
    tokenizer.train_from_iterator([CORPUS], trainers.BpeTrainer(
        vocab_size=900, special_tokens=specials + [f"<0x{b:02X}>" for b in range(256)], limit_alphabet=120,
        show_progress=False))
    model = json.loads(tokenizer.to_str())
    model["added_tokens"] = [t for t in model["added_tokens"] if t["content"] in specials]
    tokenizer = Tokenizer.from_str(json.dumps(model))
    tokenizer.pre_tokenizer = None
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    return tokenizer, {"bos_token": {"content": "<s>"}, "eos_token": {"content": "</s>"}, "unk_token": {"content": "<unk>"}}


def metaspace():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.train_from_iterator([CORPUS], trainers.UnigramTrainer(
        vocab_size=400, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    return tokenizer, {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


def golden(tokenizer, seed):
    def decoded(ids):
        return {"decoded": tokenizer.decode(ids, skip_special_tokens=False),
                "skipped": tokenizer.decode(ids, skip_special_tokens=True)}

    encode = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        special = tokenizer.encode(text, add_special_tokens=True).ids
        encode.append({"text": text, "ids": ids, "special": special, **decoded(special)})
    rng = random.Random(seed)
    size = tokenizer.get_vocab_size()
    random_ids = [[rng.randrange(size) for _ in range(rng.randrange(1, 12))] for _ in range(300)]
    # Low ids are single bytes in all three: this makes broken UTF-8 of every kind.
    random_ids += [[rng.randrange(min(size, 262)) for _ in range(rng.randrange(1, 10))] for _ in range(300)]
    if tokenizer.token_to_id("<0x00>") is not None:
        random_ids += [well_formed(tokenizer, rng) for _ in range(300)]
    return {"encode": encode, "decode": [{"ids": ids, **decoded(ids)} for ids in random_ids]}


def well_formed(tokenizer, rng):
    """Random words, and characters spelled in byte tokens."""
    ids = []
    for _ in range(rng.randrange(1, 10)):
        if rng.random() < 0.5:
            ids.append(rng.randrange(259, tokenizer.get_vocab_size()))
        else:
            character = rng.choice("aé中😀༄𒀀 \n")
            ids += [tokenizer.token_to_id(f"<0x{byte:02X}>") for byte in character.encode()]
    return ids


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "gateway/src/test/resources/text")
    for seed, (name, make) in enumerate({"byte-level": byte_level, "sentencepiece": sentence_piece,
                                         "metaspace": metaspace}.items()):
        tokenizer, config = make()
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
        (folder / "golden.json").write_text(json.dumps(golden(tokenizer, seed), ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
