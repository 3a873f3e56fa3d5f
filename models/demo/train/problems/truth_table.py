"""Truth tables of small formulas: the whole table, the kind of formula, equivalence, one assignment."""

from __future__ import annotations

import itertools
import random

from .common import Problem, dress, pick

_VARIABLES = (
    ("P", "Q", "R"),
    ("P", "Q", "R"),
    ("A", "B", "C"),
    ("p", "q", "r"),
    ("X", "Y", "Z"),
    ("U", "V", "W"),
    ("a", "b", "c"),
)
_BINARY = {"∧": lambda a, b: a and b, "∨": lambda a, b: a or b, "→": lambda a, b: not a or b, "↔": lambda a, b: a == b}


# --- formulas: a variable name, ('¬', f) or (connective, f, g) ------------------------------------------------------


def write(formula, spell=None, top=True) -> str:
    """The formula with parentheses around every binary part."""
    spell = spell or {}
    if isinstance(formula, str):
        return formula
    if formula[0] == "¬":
        return spell.get("¬", "¬") + write(formula[1], spell, False)
    text = f"{write(formula[1], spell, False)} {spell.get(formula[0], formula[0])} {write(formula[2], spell, False)}"
    return text if top else f"({text})"


def value(formula, row) -> bool:
    if isinstance(formula, str):
        return row[formula]
    if formula[0] == "¬":
        return not value(formula[1], row)
    return _BINARY[formula[0]](value(formula[1], row), value(formula[2], row))


def parts(formula) -> list:
    """The compound subformulas, inner ones first, each once; the formula itself is last."""
    if isinstance(formula, str):
        return []
    found: list = []
    for child in formula[1:]:
        found += [f for f in parts(child) if f not in found]
    return found + ([] if formula in found else [formula])


def variables(formula) -> set:
    return {formula} if isinstance(formula, str) else set().union(*(variables(c) for c in formula[1:]))


def _random(rng, names, connectives):
    """A formula with the given number of connectives, ¬ only before variables or parentheses."""
    if connectives == 0:
        return rng.choice(names)
    if rng.random() < 0.3:
        return "¬", _random(rng, names, connectives - 1)
    left = rng.randint(0, connectives - 1)
    return (
        pick(rng, {"∧": 4, "∨": 4, "→": 4, "↔": 1}),
        _random(rng, names, left),
        _random(rng, names, connectives - 1 - left),
    )


def _formula(rng, names, sizes):
    while True:
        formula = _random(rng, names, rng.choice(sizes))
        doubled = "('¬', ('¬'" in repr(formula) or any(len(part) == 3 and part[1] == part[2] for part in parts(formula))
        if variables(formula) == set(names) and (not doubled or rng.random() < 0.05):
            return formula


def _known_law(rng, names):
    """A tautology or a contradiction, which random formulas seldom are."""
    p, q = rng.sample(names[:2], 2)
    return rng.choice(
        (
            ("∨", p, ("¬", p)),
            ("∧", p, ("¬", p)),
            ("→", ("∧", p, q), p),
            ("→", p, ("∨", p, q)),
            ("→", ("∧", p, ("→", p, q)), q),
            ("→", p, ("→", q, p)),
            ("∧", ("∧", p, q), ("¬", p)),
            ("↔", ("→", p, q), ("∨", ("¬", p), q)),
            ("→", p, p),
            ("∨", ("→", p, q), p),
            ("↔", ("∧", p, q), ("∧", q, p)),
            ("∧", ("→", p, q), ("∧", p, ("¬", q))),
            ("↔", p, ("¬", p)),
            ("∨", ("→", p, q), ("→", q, p)),
            ("∨", ("∨", p, q), ("¬", p)),
            ("→", ("¬", p), ("→", p, q)),
            ("∧", ("¬", ("∨", p, q)), p),
            ("→", ("∧", p, q), ("∨", p, q)),
        )
    )


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(rng, {"table": 5, "three": 1.5, "law": 3, "equivalence": 2, "assignment": 3})
    names = rng.choice(_VARIABLES)
    return {"equivalence": _equivalence, "assignment": _assignment}.get(form, _table)(rng, language, form, names)


# --- the solution ---------------------------------------------------------------------------------------------------


def _tf(truth):
    return "T" if truth else "F"


def _row_name(row):
    return ", ".join(f"{v} = {_tf(t)}" for v, t in row.items())


def _work(formula, row):
    """One row's line: each part with its values put in, e.g. 'P ∧ Q = T ∧ F = F'."""
    done = []
    for part in parts(formula):
        if part[0] == "¬":
            inner = _tf(value(part[1], row))
            done.append(f"{write(part)} = ¬{inner} = {_tf(value(part, row))}")
        else:
            left, right = (_tf(value(side, row)) for side in part[1:])
            done.append(f"{write(part)} = {left} {part[0]} {right} = {_tf(value(part, row))}")
    return f"{_row_name(row)}: " + "; ".join(done)


def _rows(names):
    return [dict(zip(names, values)) for values in itertools.product((True, False), repeat=len(names))]


def _tabulate(formula, zh):
    """The lines of the whole table, and the final column."""
    rows = _rows(sorted(variables(formula)))
    column = [value(formula, row) for row in rows]
    head = ("公式：" if zh else "Formula: ") + write(formula)
    return [
        head,
        *(_work(formula, row) for row in rows),
        ("结果：" if zh else "Column: ") + " ".join(map(_tf, column)),
    ], column


def _verdict(column, zh):
    trues, size = sum(column), len(column)
    if trues == size:
        return "重言式" if zh else "tautology"
    if trues == 0:
        return "矛盾式" if zh else "contradiction"
    return f"可满足式，{size} 行中 {trues} 行为真" if zh else f"contingent, true in {trues} of {size} rows"


def _canonical(formula, names):
    """The formula with its variables renamed, so that the split does not depend on letters."""
    order = dict(zip(names, "123"))
    text = repr(formula)
    for name, digit in order.items():
        text = text.replace(f"'{name}'", digit)
    return text


# --- wording ----------------------------------------------------------------------------------------------------------

_SPELLINGS = (
    {},
    {},
    {},
    {},
    {"→": "->", "↔": "<->", "¬": "~", "∧": "&", "∨": "|"},
    {"→": "->", "↔": "<->"},
    {"→": "=>", "↔": "<=>", "¬": "!", "∧": "&&", "∨": "||"},
    {"¬": "not ", "∧": "and", "∨": "or", "→": "->", "↔": "<->"},
    {"¬": "not ", "∧": "and", "∨": "or", "→": "implies", "↔": "iff"},
)
_ASK = {
    "en": (
        "Make the truth table of {f}.",
        "Write the truth table for {f}.",
        "Truth table of {f}",
        "Build the truth table of {f}. Is it a tautology?",
        "Is {f} a tautology?",
        "Is {f} a tautology, a contradiction or contingent?",
        "Is the formula {f} a contradiction?",
        "Classify {f} by a truth table.",
        "Construct a truth table for {f}.",
        "Is {f} always true?",
        "Show the truth table of the formula {f}.",
        "Give me the truth table for {f}.",
    ),
    "zh": (
        "写出 {f} 的真值表。",
        "列出 {f} 的真值表。",
        "求公式 {f} 的真值表。",
        "{f} 是重言式吗？",
        "用真值表判断 {f} 的类型。",
        "{f} 是重言式、矛盾式还是可满足式？",
        "公式 {f} 是矛盾式吗？",
        "{f} 的真值表",
        "请构造 {f} 的真值表。",
        "{f} 恒为真吗？",
        "给出 {f} 的真值表，并判断是否为重言式。",
        "画出 {f} 的真值表。",
    ),
}
_EQUIVALENT = {
    "en": (
        "Are {f} and {g} equivalent?",
        "Is {f} logically equivalent to {g}?",
        "Check by a truth table whether {f} and {g} are equivalent.",
        "Do {f} and {g} have the same truth table?",
    ),
    "zh": (
        "{f} 与 {g} 等价吗？",
        "判断 {f} 和 {g} 是否逻辑等价。",
        "用真值表判断 {f} 与 {g} 是否等价。",
        "{f} 和 {g} 的真值表相同吗？",
    ),
}
_EVALUATE = {
    "en": (
        "Evaluate {f} for {r}.",
        "What is the value of {f} when {r}?",
        "If {r}, what is {f}?",
        "{r}. Find the truth value of {f}.",
        "Let {r}. Is {f} true or false?",
    ),
    "zh": (
        "当 {r} 时，求 {f} 的真值。",
        "若 {r}，则 {f} 为真还是为假？",
        "{r}，{f} 的值是什么？",
        "已知 {r}，计算 {f}。",
        "求 {f} 在 {r} 下的真值。",
    ),
}


def _spelled(rng, formula):
    return write(formula, rng.choice(_SPELLINGS))


def _table(rng, language, form, names):
    zh = language == "zh"
    if form == "law":
        formula = _known_law(rng, list(names))
    elif form == "three":
        formula = _formula(rng, names, (2, 3, 3))
    else:
        count = rng.choice((1, 2, 2, 2, 2, 2, 2, 2))
        formula = _formula(rng, names[:count], (1, 2, 2, 3, 3, 4) if count > 1 else (1, 2))
    steps, column = _tabulate(formula, zh)
    prompt = dress(rng, language, rng.choice(_ASK[language]).format(f=_spelled(rng, formula)))
    return Problem(
        "truth_table", form, language, prompt, tuple(steps), _verdict(column, zh), f"truth {_canonical(formula, names)}"
    )


def _equivalence(rng, language, form, names):
    """Two formulas side by side: lines for both, then the comparison."""
    zh, pair = language == "zh", names[:2]
    p, q = pair
    laws = (
        (("→", p, q), ("∨", ("¬", p), q)),
        (("¬", ("∧", p, q)), ("∨", ("¬", p), ("¬", q))),
        (("¬", ("∨", p, q)), ("∧", ("¬", p), ("¬", q))),
        (("→", p, q), ("→", ("¬", q), ("¬", p))),
        (("→", p, q), ("→", q, p)),
        (("→", p, q), ("→", ("¬", p), ("¬", q))),
    )
    if rng.random() < 0.4:
        first, second = rng.choice(laws)
    else:
        first, second = _formula(rng, pair, (1, 2)), _formula(rng, pair, (1, 2, 3))
    if rng.random() < 0.5:
        first, second = second, first
    one, column = _tabulate(first, zh)
    two, other = _tabulate(second, zh)
    differ = [i + 1 for i, (a, b) in enumerate(zip(column, other)) if a != b]
    if differ:
        answer = f"不等价，第 {differ[0]} 行不同" if zh else f"not equivalent, row {differ[0]} differs"
    else:
        answer = "等价" if zh else "equivalent"
    spelling = rng.choice(_SPELLINGS)
    prompt = rng.choice(_EQUIVALENT[language]).format(f=write(first, spelling), g=write(second, spelling))
    return Problem(
        "truth_table",
        form,
        language,
        dress(rng, language, prompt),
        (*one, *two),
        answer,
        f"equivalence {_canonical((first, second), names)}",
    )


def _assignment(rng, language, form, names):
    zh = language == "zh"
    chosen = names[: rng.choice((2, 2, 3))]
    formula = _formula(rng, chosen, (2, 3, 3, 4))
    row = {v: rng.random() < 0.5 for v in chosen}
    styles = [
        lambda t: _tf(t),
        lambda t: "1" if t else "0",
        lambda t: ("真" if t else "假") if zh else ("true" if t else "false"),
    ]
    style = rng.choice(styles)
    mark = rng.choice((" = ", "=")) if rng.random() < 0.7 else (" 为" if zh else " is ")
    told = (
        rng.choice(("，", ", ", "、")) if zh else rng.choice((", ", " and ") if len(chosen) == 2 else (", ",))
    ).join(f"{v}{mark}{style(t)}" for v, t in row.items())
    prompt = rng.choice(_EVALUATE[language]).format(f=_spelled(rng, formula), r=told)
    result = value(formula, row)
    answer = ("真" if result else "假") if zh else ("true" if result else "false")
    return Problem(
        "truth_table",
        form,
        language,
        dress(rng, language, prompt),
        (("公式：" if zh else "Formula: ") + write(formula), _work(formula, row)),
        answer,
        f"evaluate {_canonical(formula, names)} {list(row.values())}",
    )
