"""Contrapositive, converse and inverse of a rule; negation of 'and' and 'or' by De Morgan."""

from __future__ import annotations

from .common import Problem, dress, pick
from .world import make_world, negate

_TRANSFORMS = {
    "en": {
        "contrapositive": (
            'What is the contrapositive of "{s}"?',
            "Give the contrapositive of: {s}",
            'State the contrapositive of "{s}".',
            'Which statement is the contrapositive of "{s}"?',
        ),
        "converse": ('What is the converse of "{s}"?', "Give the converse of: {s}", 'State the converse of "{s}".'),
        "inverse": ('What is the inverse of "{s}"?', "Give the inverse of: {s}", 'State the inverse of "{s}".'),
        "negation": ('What is the negation of "{s}"?', "Negate: {s}", 'Give the negation of "{s}".'),
    },
    "zh": {
        "contrapositive": (
            "“{s}”的逆否命题是什么？",
            "写出命题“{s}”的逆否命题。",
            "求逆否命题：{s}",
            "请给出“{s}”的逆否命题。",
        ),
        "converse": ("“{s}”的逆命题是什么？", "写出命题“{s}”的逆命题。", "求逆命题：{s}"),
        "inverse": ("“{s}”的否命题是什么？", "写出命题“{s}”的否命题。", "求否命题：{s}"),
        "negation": ("“{s}”的否定是什么？", "写出“{s}”的否定。", "求否定：{s}"),
    },
}
_NAMES_ZH = {"contrapositive": "逆否命题", "converse": "逆命题", "inverse": "否命题"}
_PATTERNS = {"contrapositive": "¬B → ¬A", "converse": "B → A", "inverse": "¬A → ¬B"}


def generate(rng, language, split):
    world = make_world(rng, language, split)
    zh = world.zh
    a, b = ((i, rng.random() < 0.8) for i in range(2))
    kind = pick(rng, {"contrapositive": 5, "converse": 2, "inverse": 2, "negation": 3})
    if kind == "negation":
        joint, other = rng.choice((("∧", "∨"), ("∨", "∧")))
        words = {"∧": "且" if zh else "and", "∨": "或" if zh else "or"}
        formal = world.symbolic and rng.random() < 0.6
        gap = "" if zh and not world.symbolic else " "
        sentence = (
            f"{world.lit(a)} {joint} {world.lit(b)}"
            if formal
            else f"{world.spoken(a)}{gap}{words[joint]}{gap}{world.spoken(b)}"
        )
        steps = [
            (f"德摩根律：¬(A {joint} B) = ¬A {other} ¬B" if zh else f"De Morgan: ¬(A {joint} B) = ¬A {other} ¬B"),
            f"A: {world.lit(a)}, B: {world.lit(b)}",
            f"¬A: {world.lit(negate(a))}, ¬B: {world.lit(negate(b))}",
        ]
        answer = f"{world.lit(negate(a))} {other} {world.lit(negate(b))}"
    else:
        world.say_rule(a, b)
        sentence = world.premises[0]
        first, second = {
            "contrapositive": (negate(b), negate(a)),
            "converse": (b, a),
            "inverse": (negate(a), negate(b)),
        }[kind]
        steps = [
            (f"A → B 的{_NAMES_ZH[kind]}是 {_PATTERNS[kind]}" if zh else f"The {kind} of A → B is {_PATTERNS[kind]}"),
            f"A: {world.lit(a)}, B: {world.lit(b)}",
        ]
        if kind != "converse":
            steps.append(f"¬A: {world.lit(negate(a))}, ¬B: {world.lit(negate(b))}")
        answer = f"{world.lit(first)} → {world.lit(second)}"
    prompt = dress(rng, language, rng.choice(_TRANSFORMS[language][kind]).format(s=sentence))
    names = [world.texts[i] for i in range(2)]
    return Problem(
        "propositional",
        kind,
        language,
        prompt,
        tuple(steps),
        answer,
        f"logic {kind} {a} {b} {sentence if kind == 'negation' else ''} {names}",
    )
