"""Quadratic equations with small coefficients: by the discriminant, by factors, by a square root."""

from __future__ import annotations

import math
import random

from .common import Problem, dress, frac, nonzero, par, pick, plus, poly, show

LETTERS = "xxxxxxxytz"


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(
        rng, {"standard": 7, "leading": 3, "irrational": 2, "no root": 2, "factored": 2, "pure": 2, "square": 2}
    )
    v = rng.choice(LETTERS)
    equation, steps, answer, key = _FORMS[form](rng, v, language == "zh")
    prompt = dress(rng, language, rng.choice(_ASK[language]).format(e=show(rng, equation), v=v))
    return Problem("quadratic", form, language, prompt, tuple(steps), answer, f"quadratic {form} {key}")


_ASK = {
    "en": (
        "Solve {e}.",
        "Solve the quadratic equation {e}.",
        "Solve the equation {e}.",
        "Solve for {v}: {e}",
        "Find the roots of {e}.",
        "Find all solutions of {e}.",
        "What are the solutions of {e}?",
        "{e}",
        "Find {v} if {e}.",
        "For which {v} is {e}?",
        "{e}, find {v}.",
    ),
    "zh": (
        "解方程 {e}",
        "解方程：{e}",
        "解一元二次方程 {e}。",
        "求方程 {e} 的根。",
        "求 {v}：{e}",
        "已知 {e}，求 {v}。",
        "方程 {e} 的解是什么？",
        "求方程 {e} 的所有解。",
        "若 {e}，求{v}的值。",
        "解方程{e}。",
        "{e}，求 {v}。",
    ),
}


def _either(v, values, zh):
    """'x = 2 or x = 3'."""
    return (" 或 " if zh else " or ").join(f"{v} = {value}" for value in values)


def _none(zh):
    return "无实数解" if zh else "no real solution"


def discriminant(a: int, b: int, c: int, v: str, zh: bool) -> tuple[list[str], str]:
    """The steps from av^2 + bv + c = 0 to its real roots, and the answer."""
    d, twice = b * b - 4 * a * c, 2 * a
    product = f"4 × {par(c)}" if a == 1 else f"4 × {a} × {par(c)} = {b * b} - {4 * a} × {par(c)}"
    steps = [f"a = {a}, b = {b}, c = {c}", f"D = b^2 - 4ac = {par(b)}^2 - {product} = {b * b}{plus(-4 * a * c)} = {d}"]
    if d < 0:
        steps.append("D < 0，没有实数根。" if zh else "D < 0, so there is no real root.")
        return steps, _none(zh)
    if d == 0:
        root = frac(-b, twice)
        steps.append(("D = 0，重根：" if zh else "D = 0, a double root: ") + f"{v} = {-b} / {twice} = {root}")
        return steps, f"{v} = {root}"
    root = math.isqrt(d)
    if root * root == d:
        low, high = -b - root, -b + root
        steps += [
            f"√D = {root}",
            f"{v} = ({-b} ± {root}) / {twice}",
            f"{v} = ({-b} - {root}) / {twice} = {low} / {twice} = {frac(low, twice)}",
            f"{v} = ({-b} + {root}) / {twice} = {high} / {twice} = {frac(high, twice)}",
        ]
        return steps, _either(v, (frac(low, twice), frac(high, twice)), zh)
    return _surd(a, b, d, v, zh, steps)


def _surd(a, b, d, v, zh, steps):
    """Irrational roots; only called with a = 1."""
    k = max(n for n in range(1, 20) if d % (n * n) == 0)
    m = d // (k * k)
    plain = f"√{d}" if k == 1 else f"{k}√{m}"
    if k > 1:
        steps.append(f"√D = √{d} = √({k * k} × {m}) = {plain}")
    else:
        steps.append(f"√D = √{d}")
    if b % 2 == 0:
        half = f"√{m}" if k == 2 else f"{k // 2}√{m}"
        lead = f"{-b // 2} " if b else ""
        steps.append(f"{v} = ({-b} ± {plain}) / 2 = {lead}± {half}")
        first, second = (f"{lead}- {half}", f"{lead}+ {half}") if b else (f"-{half}", half)
    else:
        steps.append(f"{v} = ({-b} ± {plain}) / 2")
        first, second = f"({-b} - {plain})/2", f"({-b} + {plain})/2"
    return steps, _either(v, (first, second), zh)


def _standardized(rng, a, b, c, v, zh):
    """An equation equal to av^2 + bv + c = 0, maybe with terms on the right, and the steps to standard form."""
    standard = f"{poly((a, v + '^2'), (b, v), (c, ''))} = 0"
    style, equation = rng.random(), standard
    if style < 0.12 and c:
        equation = f"{poly((a, v + '^2'), (b, v))} = {-c}"
    elif style < 0.24 and (b or c):
        equation = f"{poly((a, v + '^2'))} = {poly((-b, v), (-c, ''))}"
    return equation, [("标准形式：" if zh else "Standard form: ") + standard]


def _standard(rng, v, zh):
    p, q = sorted((rng.randint(-12, 12), rng.randint(-12, 12)))
    b, c = -p - q, p * q
    if c == 0 and b:
        equation = f"{poly((1, v + '^2'), (b, v))} = 0"
        steps = [
            ("提取公因式：" if zh else "Factor: ") + f"{v}({v}{plus(b)}) = 0",
            f"{v} = 0 {'或' if zh else 'or'} {v}{plus(b)} = 0",
        ]
        return equation, steps, _either(v, sorted((0, -b)), zh), (b, c)
    equation, steps = _standardized(rng, 1, b, c, v, zh)
    more, answer = discriminant(1, b, c, v, zh)
    return equation, steps + more, answer, (b, c)


def _leading(rng, v, zh):
    a, q = rng.choice((2, 2, 3)), rng.randint(-6, 6)
    r = rng.randint(-9, 9)  # (av - r)(v - q)
    b, c = -a * q - r, r * q
    equation, steps = _standardized(rng, a, b, c, v, zh)
    more, answer = discriminant(a, b, c, v, zh)
    return equation, steps + more, answer, (a, b, c)


def _irrational(rng, v, zh):
    while True:
        b, c = rng.randint(-9, 9), nonzero(rng, -9, 9)
        d = b * b - 4 * c
        if d > 0 and math.isqrt(d) ** 2 != d:
            break
    equation, steps = _standardized(rng, 1, b, c, v, zh)
    more, answer = discriminant(1, b, c, v, zh)
    return equation, steps + more, answer, (b, c)


def _no_root(rng, v, zh):
    while True:
        a, b, c = rng.choice((1, 1, 1, 2, 3)), rng.randint(-9, 9), rng.randint(1, 20)
        if b * b < 4 * a * c:
            break
    equation, steps = _standardized(rng, a, b, c, v, zh)
    more, answer = discriminant(a, b, c, v, zh)
    return equation, steps + more, answer, (a, b, c)


def _factored(rng, v, zh):
    p, q = rng.sample([n for n in range(-12, 13) if n], 2)
    equation = f"({v}{plus(-p)})({v}{plus(-q)}) = 0"
    steps = [
        ("每个因式可为零：" if zh else "A factor must be zero: ")
        + f"{v}{plus(-p)} = 0 {'或' if zh else 'or'} {v}{plus(-q)} = 0",
        _either(v, (p, q), zh),
    ]
    return equation, steps, _either(v, sorted((p, q)), zh), (p, q)


def _root_of(square):
    """The square root in simplest form: '7', '√6', '2√3'."""
    k = max(n for n in range(1, 20) if square % (n * n) == 0)
    m = square // (k * k)
    return str(k) if m == 1 else f"√{m}" if k == 1 else f"{k}√{m}"


def _pure(rng, v, zh):
    a = rng.choice((1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    square = rng.choice((rng.randint(1, 15) ** 2, rng.randint(1, 15) ** 2, rng.randint(2, 60), -rng.randint(1, 60)))
    k = a * square
    equation = f"{poly((a, v + '^2'))} = {k}" if rng.random() < 0.5 else f"{poly((a, v + '^2'), (-k, ''))} = 0"
    steps = [f"{poly((a, v + '^2'))} = {k}"]
    if a > 1:
        steps.append(f"{v}^2 = {k} / {a} = {square}")
    if square < 0:
        steps.append("平方不能是负数。" if zh else "A square is never negative.")
        return equation, steps, _none(zh), (a, k)
    root = _root_of(square)
    steps.append(f"{v} = ±√{square}" + ("" if root == f"√{square}" else f" = ±{root}"))
    return equation, steps, _either(v, (f"-{root}", root), zh), (a, k)


def _square(rng, v, zh):
    h, r = nonzero(rng, -12, 12), rng.randint(1, 12)
    inner = f"{v}{plus(h)}"
    equation = f"({inner})^2 = {r * r}"
    low, high = -r - h, r - h
    steps = [f"{inner} = ±√{r * r} = ±{r}", f"{v} = -{r}{plus(-h)} = {low}", f"{v} = {r}{plus(-h)} = {high}"]
    return equation, steps, _either(v, (low, high), zh), (h, r)


_FORMS = {
    "standard": _standard,
    "leading": _leading,
    "irrational": _irrational,
    "no root": _no_root,
    "factored": _factored,
    "pure": _pure,
    "square": _square,
}
