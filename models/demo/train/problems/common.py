"""What every problem generator shares: the problem record, the split, number formatting, prompt styling."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

LANGUAGES = ("en", "zh")

#: One problem key in HELD_OUT_SHARE belongs to the held-out split, by a hash of the key alone.
HELD_OUT_SHARE = 12


@dataclass(frozen=True)
class Problem:
    """A question with its one canonical worked solution.

    key identifies the mathematical content (numbers, formula, rules) apart from wording and language;
    the split is decided on it, so a held-out problem's content never occurs in training in any wording.
    """

    kind: str
    form: str
    language: str
    prompt: str
    steps: tuple[str, ...]
    answer: str
    key: str

    def solution(self) -> str:
        """The assistant's whole reply: the steps, one a line, then the answer line; small talk is its answer alone."""
        if not self.steps:
            return self.answer
        return "\n".join((*self.steps, answer_line(self.language, self.answer)))


def answer_line(language: str, answer: str) -> str:
    return f"答案：{answer}" if language == "zh" else f"Answer: {answer}"


def is_held_out(key: str) -> bool:
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT_SHARE == 0


def pick(rng: random.Random, weighted: dict):
    """One key of a {choice: weight} mapping."""
    return rng.choices(list(weighted), weights=list(weighted.values()))[0]


def nonzero(rng: random.Random, low: int, high: int) -> int:
    while True:
        n = rng.randint(low, high)
        if n:
            return n


# --- numbers and terms as text -----------------------------------------------------------------------------


def par(n: int) -> str:
    """A number as a factor: negative ones in parentheses."""
    return f"({n})" if n < 0 else str(n)


def frac(n: int, d: int) -> str:
    """n/d in lowest terms; a whole number when d divides n."""
    g = math.gcd(n, d)
    n, d = n // g, d // g
    if d < 0:
        n, d = -n, -d
    return str(n) if d == 1 else f"{n}/{d}"


def poly(*terms: tuple[int, str]) -> str:
    """A sum of (coefficient, symbol) terms: poly((1, 'x^2'), (-5, 'x'), (6, '')) is 'x^2 - 5x + 6'."""
    out = ""
    for coefficient, symbol in terms:
        if not coefficient:
            continue
        size = abs(coefficient)
        body = symbol if symbol and size == 1 else f"{size}{symbol}"
        if not out:
            out = f"-{body}" if coefficient < 0 else body
        else:
            out += f" - {body}" if coefficient < 0 else f" + {body}"
    return out or "0"


def plus(n: int) -> str:
    """' + 5' or ' - 5': a number added to what stands before it."""
    return f" - {-n}" if n < 0 else f" + {n}"


# --- prompt styling ----------------------------------------------------------------------------------------

_SUPERSCRIPTS = {"^2": "²", "^3": "³", "^4": "⁴"}


def show(rng: random.Random, expression: str) -> str:
    """The expression as some user would type it: with or without spaces, x² or x^2, - or −."""
    style = rng.random()
    if style < 0.35:
        expression = expression.replace(" ", "")
    elif style < 0.45:
        expression = expression.replace(" = ", "=")
    if rng.random() < 0.3:
        for plain, raised in _SUPERSCRIPTS.items():
            expression = expression.replace(plain, raised)
    if rng.random() < 0.08:
        expression = expression.replace("-", "−")
    return expression


_BEFORE = {
    "en": (
        "Please help me. ",
        "Hi! ",
        "Hello, ",
        "Question: ",
        "Problem: ",
        "Please solve this step by step. ",
        "Think step by step. ",
    ),
    "zh": ("请帮我做这道题。", "你好，", "你好！", "问题：", "题目：", "请一步一步地解答。", "请写出步骤。", "请问，"),
}
_AFTER = {
    "en": (
        " Show your steps.",
        " Show your work.",
        " Explain step by step.",
        " Step by step, please.",
        " Thanks!",
        " Give the answer at the end.",
    ),
    "zh": ("请写出步骤。", "请一步一步地推理。", "请给出过程。", "谢谢！", "最后给出答案。", "要有步骤。"),
}


def dress(rng: random.Random, language: str, text: str) -> str:
    """Some politeness before or after a question, sometimes a dropped final mark."""
    if rng.random() < 0.12 and text[-1] in ".?。？":
        text = text[:-1]
        return text
    if rng.random() < 0.18:
        text = rng.choice(_BEFORE[language]) + text
    if rng.random() < 0.18:
        if text[-1] not in ".?!。？！":
            text += "。" if language == "zh" else "."
        text += rng.choice(_AFTER[language])
    return text
