"""Symmetric sums: given a + b and ab (or the roots of a quadratic), the value of a^2 + b^2, 1/a + 1/b, ..."""

from __future__ import annotations

import random

from .common import Problem, dress, frac, nonzero, par, pick, plus, poly, show

PAIRS = ("ab", "ab", "ab", "ab", "xy", "xy", "xy", "mn", "pq", "uv")


def generate(rng: random.Random, language: str, split: str) -> Problem:
    target = pick(rng, _WEIGHTS)
    a, b = rng.choice(PAIRS)
    s, p = _numbers(rng, target)
    while not _real(target, s, p) and rng.random() < 0.8:
        s, p = _numbers(rng, target)
    k = rng.choice((1, 1, 2, 3, -1, -2))
    wanted, steps, value = _TARGETS[target](s, p, k, a, b)
    given = (f"{a} + {b} = {s}", f"{a}{b} = {p}")
    lead = []
    if target == "difference":
        given = (f"{a} - {b} = {s}", f"{a}{b} = {p}")
    elif target == "product":
        given = (f"{a} + {b} = {s}", f"{a}^2 + {b}^2 = {p}")
    elif target == "square of sum":
        given = (f"{a}^2 + {b}^2 = {s}", f"{a}{b} = {p}")
    if target in _ROOTABLE and rng.random() < 0.14:
        prompt, lead = _as_roots(rng, language, s, p, a, b, wanted)
    else:
        prompt = _as_given(rng, language, given, a, b, wanted)
    answer = f"{wanted} = {value}"
    return Problem(
        "symmetric_sum",
        target,
        language,
        prompt,
        tuple(lead + steps),
        answer,
        f"symmetric {target} {s} {p} {k if target == 'shifted' else ''}",
    )


def _numbers(rng, target):
    """The two given numbers, small enough that every intermediate value has at most four digits."""
    if target == "fourth":
        return rng.randint(-6, 6), nonzero(rng, -6, 6)
    if target == "inverse squares":
        return rng.randint(-9, 9), nonzero(rng, -6, 6)
    if target == "product":
        s, p = rng.randint(-9, 9), rng.randint(-12, 12)
        return s, s * s - 2 * p
    if target == "square of sum":
        return rng.randint(1, 80), rng.randint(-20, 20)
    if target in ("cubes", "skew"):
        return rng.randint(-10, 10), nonzero(rng, -12, 12)
    return rng.randint(-12, 15), nonzero(rng, -20, 24)


def _real(target, s, p):
    """Whether real a and b fit the two given numbers."""
    if target == "difference":
        return s * s + 4 * p >= 0
    if target == "product":
        return 2 * p >= s * s
    if target == "square of sum":
        return s >= 2 * abs(p)
    return s * s >= 4 * p


# --- the targets: each gives the wanted expression, the steps and the value ------------------------------------


def _squares(s, p, k, a, b):
    wanted = f"{a}^2 + {b}^2"
    return (
        wanted,
        [
            f"{wanted} = ({a} + {b})^2 - 2{a}{b}",
            f"= {par(s)}^2 - 2 × {par(p)}",
            f"= {s * s}{plus(-2 * p)}",
            f"= {s * s - 2 * p}",
        ],
        s * s - 2 * p,
    )


def _gap(s, p, k, a, b):
    wanted = f"({a} - {b})^2"
    return (
        wanted,
        [
            f"{wanted} = ({a} + {b})^2 - 4{a}{b}",
            f"= {par(s)}^2 - 4 × {par(p)}",
            f"= {s * s}{plus(-4 * p)}",
            f"= {s * s - 4 * p}",
        ],
        s * s - 4 * p,
    )


def _inverses(s, p, k, a, b):
    wanted = f"1/{a} + 1/{b}"
    value = frac(s, p)
    last = f"= {s}/{par(p)}"
    return wanted, [f"{wanted} = ({a} + {b})/({a}{b})", last, *([] if last == f"= {value}" else [f"= {value}"])], value


def _ratios(s, p, k, a, b):
    wanted = f"{a}/{b} + {b}/{a}"
    top = s * s - 2 * p
    value = frac(top, p)
    last = f"= {top}/{par(p)}"
    return (
        wanted,
        [
            f"{wanted} = ({a}^2 + {b}^2)/({a}{b})",
            f"{a}^2 + {b}^2 = ({a} + {b})^2 - 2{a}{b} = {par(s)}^2 - 2 × {par(p)} = {s * s}{plus(-2 * p)} = {top}",
            f"{wanted} {last}",
            *([] if last == f"= {value}" else [f"= {value}"]),
        ],
        value,
    )


def _cubes(s, p, k, a, b):
    wanted = f"{a}^3 + {b}^3"
    return (
        wanted,
        [
            f"{wanted} = ({a} + {b})^3 - 3{a}{b}({a} + {b})",
            f"= {par(s)}^3 - 3 × {par(p)} × {par(s)}",
            f"= {s**3} - {par(3 * p)} × {par(s)}",
            f"= {s**3}{plus(-3 * p * s)}",
            f"= {s**3 - 3 * p * s}",
        ],
        s**3 - 3 * p * s,
    )


def _skew(s, p, k, a, b):
    wanted = f"{a}^2{b} + {a}{b}^2"
    return wanted, [f"{wanted} = {a}{b}({a} + {b})", f"= {par(p)} × {par(s)}", f"= {p * s}"], p * s


def _shifted(s, p, k, a, b):
    wanted = f"({a}{plus(k)})({b}{plus(k)})"
    middle = f"{poly((k, ''))}({a} + {b})" if abs(k) > 1 else f"{'-' if k < 0 else ''}({a} + {b})"
    sign = " - " if k < 0 else " + "
    formula = f"{a}{b}{sign}{middle.lstrip('-')} + {k * k}"
    return (
        wanted,
        [
            f"{wanted} = {formula}",
            f"= {p}{sign}{f'{abs(k)} × ' if abs(k) > 1 else ''}{par(s)} + {k * k}",
            f"= {p}{plus(k * s)} + {k * k}",
            f"= {p + k * s} + {k * k}",
            f"= {p + k * s + k * k}",
        ],
        p + k * s + k * k,
    )


def _plus_product(s, p, k, a, b):
    wanted = f"{a}^2 + {a}{b} + {b}^2"
    return (
        wanted,
        [f"{wanted} = ({a} + {b})^2 - {a}{b}", f"= {par(s)}^2 - {par(p)}", f"= {s * s}{plus(-p)}", f"= {s * s - p}"],
        s * s - p,
    )


def _minus_product(s, p, k, a, b):
    wanted = f"{a}^2 - {a}{b} + {b}^2"
    return (
        wanted,
        [
            f"{wanted} = ({a} + {b})^2 - 3{a}{b}",
            f"= {par(s)}^2 - 3 × {par(p)}",
            f"= {s * s}{plus(-3 * p)}",
            f"= {s * s - 3 * p}",
        ],
        s * s - 3 * p,
    )


def _fourth(s, p, k, a, b):
    wanted, q = f"{a}^4 + {b}^4", s * s - 2 * p
    return (
        wanted,
        [
            f"{a}^2 + {b}^2 = ({a} + {b})^2 - 2{a}{b} = {par(s)}^2 - 2 × {par(p)} = {s * s}{plus(-2 * p)} = {q}",
            f"{wanted} = ({a}^2 + {b}^2)^2 - 2({a}{b})^2",
            f"= {par(q)}^2 - 2 × {par(p)}^2",
            f"= {q * q} - 2 × {p * p}",
            f"= {q * q}{plus(-2 * p * p)}",
            f"= {q * q - 2 * p * p}",
        ],
        q * q - 2 * p * p,
    )


def _inverse_squares(s, p, k, a, b):
    wanted, q = f"1/{a}^2 + 1/{b}^2", s * s - 2 * p
    value = frac(q, p * p)
    last = f"= {q}/{p * p}"
    return (
        wanted,
        [
            f"{wanted} = ({a}^2 + {b}^2)/({a}{b})^2",
            f"{a}^2 + {b}^2 = ({a} + {b})^2 - 2{a}{b} = {par(s)}^2 - 2 × {par(p)} = {s * s}{plus(-2 * p)} = {q}",
            f"({a}{b})^2 = {par(p)}^2 = {p * p}",
            f"{wanted} {last}",
            *([] if last == f"= {value}" else [f"= {value}"]),
        ],
        value,
    )


def _difference(d, p, k, a, b):
    wanted = f"{a}^2 + {b}^2"
    return (
        wanted,
        [
            f"{wanted} = ({a} - {b})^2 + 2{a}{b}",
            f"= {par(d)}^2 + 2 × {par(p)}",
            f"= {d * d}{plus(2 * p)}",
            f"= {d * d + 2 * p}",
        ],
        d * d + 2 * p,
    )


def _product(s, q, k, a, b):
    wanted, twice = f"{a}{b}", s * s - q
    return (
        wanted,
        [
            f"2{a}{b} = ({a} + {b})^2 - ({a}^2 + {b}^2)",
            f"= {par(s)}^2 - {par(q)}",
            f"= {s * s}{plus(-q)}",
            f"= {twice}",
            f"{a}{b} = {twice} / 2 = {twice // 2}",
        ],
        twice // 2,
    )


def _square_of_sum(q, p, k, a, b):
    wanted = f"({a} + {b})^2"
    return (
        wanted,
        [f"{wanted} = {a}^2 + {b}^2 + 2{a}{b}", f"= {q} + 2 × {par(p)}", f"= {q}{plus(2 * p)}", f"= {q + 2 * p}"],
        q + 2 * p,
    )


_TARGETS = {
    "squares": _squares,
    "gap": _gap,
    "inverses": _inverses,
    "ratios": _ratios,
    "cubes": _cubes,
    "skew": _skew,
    "shifted": _shifted,
    "plus product": _plus_product,
    "minus product": _minus_product,
    "fourth": _fourth,
    "inverse squares": _inverse_squares,
    "difference": _difference,
    "product": _product,
    "square of sum": _square_of_sum,
}
_WEIGHTS = {
    "squares": 5,
    "gap": 2,
    "inverses": 4,
    "ratios": 3,
    "cubes": 4,
    "skew": 2,
    "shifted": 3,
    "plus product": 2,
    "minus product": 2,
    "fourth": 1,
    "inverse squares": 1,
    "difference": 1,
    "product": 1,
    "square of sum": 1,
}
_ROOTABLE = ("squares", "gap", "inverses", "ratios", "cubes", "skew", "shifted")

# --- wording ---------------------------------------------------------------------------------------------------

_GIVEN = {
    "en": (
        "Given {g} and {h}, find {w}.",
        "If {g} and {h}, what is {w}?",
        "{g}, {h}. Find {w}.",
        "Let {g} and {h}. Compute {w}.",
        "Suppose {g} and {h}. Find the value of {w}.",
        "Knowing that {g} and {h}, compute {w}.",
        "{g}, {h}, {w} = ?",
        "Find {w} when {g} and {h}.",
        "Calculate {w} given that {g} and {h}.",
        "Numbers {a} and {b} satisfy {g} and {h}. What is {w}?",
    ),
    "zh": (
        "已知 {g}，{h}，求 {w}。",
        "已知 {g}，{h}，求 {w} 的值。",
        "若 {g}，{h}，则 {w} 等于多少？",
        "如果 {g} 且 {h}，那么 {w} 是多少？",
        "设 {g}，{h}，计算 {w}。",
        "{g}，{h}，求{w}的值。",
        "已知{g}，{h}，则{w}=？",
        "当 {g}、{h} 时，求 {w}。",
        "{g}, {h}, 求 {w}",
        "数 {a}、{b} 满足 {g}，{h}，求 {w}。",
    ),
}
_ROOTS = {
    "en": (
        "{a} and {b} are the roots of {e}. Find {w}.",
        "Let {a} and {b} be the roots of {e}. Compute {w}.",
        "If {a}, {b} are the solutions of {e}, what is {w}?",
    ),
    "zh": (
        "{a}、{b} 是方程 {e} 的两个根，求 {w}。",
        "设 {a}、{b} 是方程 {e} 的两根，求 {w} 的值。",
        "已知 {a}，{b} 是 {e} 的两个解，计算 {w}。",
    ),
}


def _as_given(rng, language, given, a, b, wanted):
    g, h = (show(rng, text) for text in given)
    if rng.random() < 0.15:
        g, h = h, g
    text = rng.choice(_GIVEN[language]).format(g=g, h=h, w=show(rng, wanted), a=a, b=b)
    return dress(rng, language, text)


def _as_roots(rng, language, s, p, a, b, wanted):
    zh = language == "zh"
    v = "t" if "x" in (a, b) else "x"
    equation = f"{poly((1, v + '^2'), (-s, v), (p, ''))} = 0"
    text = rng.choice(_ROOTS[language]).format(a=a, b=b, e=show(rng, equation), w=show(rng, wanted))
    return dress(rng, language, text), [("由韦达定理：" if zh else "By Vieta: ") + f"{a} + {b} = {s}, {a}{b} = {p}"]
