"""One operation on whole numbers: the smallest thing a visitor tries."""

from __future__ import annotations

import operator
import random

from .common import Problem, dress, par


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = rng.choice(("sum", "difference", "product", "quotient"))
    a, b = rng.randint(-20 if rng.random() < 0.2 else 0, 150), rng.randint(0, 150)
    if form in ("product", "quotient"):
        a, b = rng.randint(-12 if rng.random() < 0.2 else 2, rng.choice((25, 25, 99, 225))), rng.randint(2, 12)
        if abs(a) > 25:
            b = rng.randint(2, 9)
    if form == "quotient":
        a *= b
    sign = {"sum": "+", "difference": "-", "product": "×", "quotient": "/"}[form]
    result = {"sum": operator.add, "difference": operator.sub, "product": operator.mul, "quotient": operator.floordiv}[
        form
    ](a, b)
    typed = rng.choice({"product": ("×", "*", "x"), "quotient": ("/", "÷")}.get(form, (sign,)))
    gap = rng.choice(("", " ", " "))
    text = rng.choice(_ASK[language]).format(e=f"{a}{gap}{typed}{gap}{par(b)}")
    return Problem(
        "arithmetic",
        form,
        language,
        dress(rng, language, text),
        (f"{a} {sign} {b} = {result}",),
        str(result),
        f"arithmetic {form} {a} {b}",
    )


_ASK = {
    "en": ("What is {e}?", "Compute {e}.", "Calculate {e}.", "{e} = ?", "{e}", "How much is {e}?", "{e}="),
    "zh": (
        "{e} 等于多少？",
        "计算 {e}。",
        "求 {e} 的值。",
        "{e} 是多少？",
        "算一下 {e}",
        "请计算 {e}。",
        "{e} 等于几？",
    ),
}
