"""Propositional chains: modus ponens and tollens, conjunctions, disjunctions, fallacies, contraposition."""

from __future__ import annotations

import random

from . import contraposition
from .common import Problem, dress, pick
from .world import make_world, negate


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(
        rng,
        {
            "ponens": 5,
            "tollens": 4,
            "mixed signs": 3,
            "conjunction": 3,
            "disjunction": 3,
            "either": 2,
            "cases": 2,
            "converse": 2,
            "inverse": 2,
            "dead end": 2,
            "transform": 4,
        },
    )
    if form == "transform":
        return contraposition.generate(rng, language, split)
    world = make_world(rng, language, split)
    steps, query, known = _FORMS[form](world)
    return _asked(world, form, steps, query, known)


# --- the forms: each adds premises, and gives (steps, query literal, derived literal or None) --------------------


def _known(world, *facts):
    return ("已知：" if world.zh else "Known: ") + "; ".join(world.lit(f) for f in facts)


def _because(world, number, premises, conclusion, law):
    names = _LAWS[law][1 if world.zh else 0]
    if world.zh:
        return f"{number}. {'; '.join(premises)}，所以 {world.lit(conclusion)}（{names}）"
    return f"{number}. {'; '.join(premises)}, so {world.lit(conclusion)} ({names})"


_LAWS = {
    "mp": ("modus ponens", "肯定前件"),
    "mt": ("modus tollens", "否定后件"),
    "ds": ("disjunctive syllogism", "析取三段论"),
    "and": ("both parts hold", "两个条件都成立"),
    "or": ("one part holds", "有一个条件成立"),
    "cases": ("by cases", "分情况"),
    "not and": ("one part must fail", "必有一个不成立"),
    "not or": ("neither part holds", "两个条件都不成立"),
}


def _forward(world, chain, first=1):
    """Steps of modus ponens along the literals of a chain."""
    return [
        _because(world, i + first, [world.rule(a, b), world.lit(a)], b, "mp")
        for i, (a, b) in enumerate(zip(chain, chain[1:]))
    ]


def _backward(world, chain, first=1):
    """Steps of modus tollens from the end of a chain to its start."""
    pairs = list(zip(chain, chain[1:]))[::-1]
    return [
        _because(world, i + first, [world.rule(a, b), world.lit(negate(b))], negate(a), "mt")
        for i, (a, b) in enumerate(pairs)
    ]


def _say_chain(world, chain):
    for a, b in zip(chain, chain[1:]):
        world.say_rule(a, b)


def _distract(world, atoms):
    """Up to two rules about atoms that nothing is known of."""
    if len(atoms) > 1 and world.rng.random() < 0.4:
        world.say_rule((atoms[0], True), (atoms[1], True))


def _chain(world, length, negated=False):
    return [(i, not (negated and world.rng.random() < 0.4)) for i in range(length + 1)]


def _ponens(world, negated=False):
    chain = _chain(world, world.rng.choice((1, 2, 2, 3, 3, 4)), negated)
    _say_chain(world, chain)
    world.say_fact(chain[0])
    _distract(world, (6, 7))
    return [_known(world, chain[0]), *_forward(world, chain)], chain[-1], chain[-1]


def _tollens(world, negated=False):
    chain = _chain(world, world.rng.choice((1, 2, 2, 3, 3, 4)), negated)
    _say_chain(world, chain)
    world.say_fact(negate(chain[-1]))
    _distract(world, (6, 7))
    return [_known(world, negate(chain[-1])), *_backward(world, chain)], chain[0], negate(chain[0])


def _mixed(world):
    return (_ponens if world.rng.random() < 0.5 else _tollens)(world, negated=True)


def _conjunction(world):
    """(A ∧ B) → C, where A or B may themselves be derived."""
    a, b, c, z, d = (0, True), (1, True), (2, True), (3, True), (4, True)
    style = world.rng.random()
    world.say_rule([a, b], c, "∧")
    rule = world.rule([a, b], c, "∧")
    if style < 0.3:  # one part known, the other not
        world.say_fact(a)
        note = (
            f"未知：{world.lit(b)}，所以 {rule} 不能用。"
            if world.zh
            else f"Not known: {world.lit(b)}, so {rule} does not apply."
        )
        return [_known(world, a), note], c, None
    if style < 0.5:  # not C, A: not B
        world.say_fact(negate(c))
        world.say_fact(a)
        return (
            [
                _known(world, negate(c), a),
                _because(world, 1, [rule, world.lit(negate(c)), world.lit(a)], negate(b), "not and"),
            ],
            b,
            negate(b),
        )
    first, facts = [], [a, b]
    if style < 0.75:
        world.say_rule(z, a)
        first, facts = _forward(world, [z, a]), [z, b]
    for fact in facts:
        world.say_fact(fact)
    steps = [
        _known(world, *facts),
        *first,
        _because(world, len(first) + 1, [rule, world.lit(a), world.lit(b)], c, "and"),
    ]
    if world.rng.random() < 0.4:
        world.say_rule(c, d)
        return steps + _forward(world, [c, d], len(first) + 2), d, d
    return steps, c, c


def _either(world):
    """(A ∨ B) → C."""
    a, b, c = (0, True), (1, True), (2, True)
    world.say_rule([a, b], c, "∨")
    rule = world.rule([a, b], c, "∨")
    if world.rng.random() < 0.6:
        fact = world.rng.choice((a, b))
        world.say_fact(fact)
        return [_known(world, fact), _because(world, 1, [rule, world.lit(fact)], c, "or")], c, c
    world.say_fact(negate(c))
    asked = world.rng.choice((a, b))
    return (
        [_known(world, negate(c)), _because(world, 1, [rule, world.lit(negate(c))], negate(asked), "not or")],
        asked,
        negate(asked),
    )


def _disjunction(world):
    """A ∨ B with one of them false, maybe going on from the other."""
    a, b, c, d = (0, True), (1, True), (2, True), (3, True)
    world.say_or(a, b)
    out, rest = world.rng.choice(((a, b), (b, a)))
    disjunction = f"{world.lit(a)} ∨ {world.lit(b)}"
    if world.rng.random() < 0.25:
        world.say_fact(out)
        note = (
            f"由 {disjunction} 和 {world.lit(out)}，{world.lit(rest)} 可真可假。"
            if world.zh
            else f"With {disjunction} and {world.lit(out)}, {world.lit(rest)} stays open."
        )
        return [_known(world, out), note], rest, None
    world.say_fact(negate(out))
    chain = [rest, c, d][: world.rng.choice((1, 2, 2, 3))]
    _say_chain(world, chain)
    steps = [_known(world, negate(out)), _because(world, 1, [disjunction, world.lit(negate(out))], rest, "ds")]
    return steps + _forward(world, chain, 2), chain[-1], chain[-1]


def _cases(world):
    """A ∨ B, A → C, B → C."""
    a, b, c = (0, True), (1, True), (2, True)
    world.say_or(a, b)
    world.say_rule(a, c)
    world.say_rule(b, c)
    known = ("已知：" if world.zh else "Known: ") + f"{world.lit(a)} ∨ {world.lit(b)}"
    return [known, _because(world, 1, [world.rule(a, c), world.rule(b, c)], c, "cases")], c, c


def _stuck(world, literal, rule, reason):
    """The line that says why nothing follows."""
    if reason == "converse":
        return (
            f"规则 {rule} 不能反过来用，由 {world.lit(literal)} 推不出前件。"
            if world.zh
            else f"The rule {rule} cannot be reversed: {world.lit(literal)} says nothing about its first part."
        )
    if reason == "inverse":
        return (
            f"规则 {rule} 的前件为假时，后件可真可假。"
            if world.zh
            else f"The rule {rule} says nothing when its first part is false."
        )
    return (
        f"由 {world.lit(literal)} 推不出更多结论。" if world.zh else f"Nothing more follows from {world.lit(literal)}."
    )


def _converse(world):
    """Affirming the consequent, maybe at the end of a chain of two."""
    a, b, c = (0, True), (1, True), (2, True)
    world.say_rule(a, b)
    if world.rng.random() < 0.4:
        world.say_rule(c, a)
    world.say_fact(b)
    return [_known(world, b), _stuck(world, b, world.rule(a, b), "converse")], a, None


def _inverse(world):
    """Denying the antecedent."""
    a, b, c = (0, True), (1, True), (2, True)
    world.say_rule(a, b)
    asked = b
    if world.rng.random() < 0.4:
        world.say_rule(b, c)
        asked = world.rng.choice((b, c))
    world.say_fact(negate(a))
    return [_known(world, negate(a)), _stuck(world, negate(a), world.rule(a, b), "inverse")], asked, None


def _dead_end(world):
    """A chain that stops before the question, which is about atoms nothing leads to."""
    chain = _chain(world, world.rng.choice((1, 2, 3)))
    _say_chain(world, chain)
    world.say_rule((5, True), (6, True))
    world.say_fact(chain[0])
    return [_known(world, chain[0]), *_forward(world, chain), _stuck(world, chain[-1], "", "end")], (6, True), None


_FORMS = {
    "ponens": _ponens,
    "tollens": _tollens,
    "mixed signs": _mixed,
    "conjunction": _conjunction,
    "disjunction": _disjunction,
    "either": _either,
    "cases": _cases,
    "converse": _converse,
    "inverse": _inverse,
    "dead end": _dead_end,
}

# --- the question and the answer ----------------------------------------------------------------------------------

_QUESTIONS = {
    "en": (
        "Does it follow that {q}?",
        "Can we conclude that {q}?",
        "Is it true that {q}?",
        "Is it certain that {q}?",
        "Question: can we say that {q}?",
    ),
    "zh": ("能否推出{q}？", "可以得出{q}吗？", "{q}，对吗？", "请问{q}是否成立？", "由此能断定{q}吗？"),
}
_LETTER_QUESTIONS = {
    "en": (
        "Is {q} true?",
        "Is {q} true or false?",
        "What can we say about {q}?",
        "Does {q} hold?",
        "What is the truth value of {q}?",
        "What follows about {q}?",
    ),
    "zh": (
        "{q} 是真还是假？",
        "{q} 为真吗？",
        "关于 {q} 能得出什么结论？",
        "{q} 成立吗？",
        "求 {q} 的真值。",
        "能推出 {q} 吗？",
    ),
}
_OPENINGS = {
    "en": ("", "", "", "Premises: ", "Given: ", "We know the following. ", "Suppose: "),
    "zh": ("", "", "", "前提：", "已知：", "假设：", "我们知道："),
}


def _asked(world, form, steps, query, derived):
    rng, zh = world.rng, world.zh
    content = repr(world.shape), repr(query)
    if not world.symbolic and rng.random() < 0.15:
        query = negate(query)
    rng.shuffle(world.premises)
    if world.symbolic and world.arrow != "if" and rng.random() < 0.6:
        premises = rng.choice((", ", "; ", "，" if zh else ", ")).join(world.premises) + ("。" if zh else ".")
    elif rng.random() < 0.15:
        premises = (
            "\n".join(f"{i + 1}. {_capital(p, zh)}{'。' if zh else '.'}" for i, p in enumerate(world.premises)) + "\n"
        )
        premises = "\n" + premises if rng.random() < 0.5 else premises
    else:
        premises = ("" if zh else " ").join(f"{_capital(p, zh)}{'。' if zh else '.'}" for p in world.premises)
    if world.symbolic and query[1]:
        question = rng.choice(_LETTER_QUESTIONS[world.language]).format(q=world.texts[query[0]])
    else:
        question = rng.choice(_QUESTIONS[world.language]).format(q=world.lit(query))
    gap = "" if zh or premises.endswith("\n") else " "
    prompt = rng.choice(_OPENINGS[world.language]) + premises + gap + question
    prompt = prompt.lstrip("\n")
    if world.symbolic and world.arrow in ("->", "=>") and rng.random() < 0.4:
        prompt = prompt.replace("¬", "~").replace("∧", "&").replace("∨", "|")
    if derived is None:
        answer = "无法确定" if zh else "cannot be determined"
    elif world.symbolic:
        answer = world.claim(derived)
    else:
        agree = derived == query
        answer = (
            f"{'是' if agree else '否'}，{world.claim(derived)}"
            if zh
            else f"{'yes' if agree else 'no'}, {world.claim(derived)}"
        )
    texts = [t if world.symbolic else t[0] for t in world.texts]
    used = sorted({a for s in world.shape for a in _atoms(s)} | {query[0]})
    key = f"logic {form} {content} {[texts[i] for i in used]}"
    return Problem("propositional", form, world.language, dress(rng, world.language, prompt), tuple(steps), answer, key)


def _capital(text, zh):
    """English sentences start with a capital; single lower-case letters are variables and stay."""
    return text if zh or len(text) < 2 or text[1] == " " and text[0] != "a" else text[0].upper() + text[1:]


def _atoms(shape):
    for part in shape[1:]:
        if isinstance(part, tuple):
            yield part[0]
        elif isinstance(part, list):
            yield from (x[0] for x in part)
