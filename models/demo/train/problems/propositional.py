"""Propositional chains: modus ponens and tollens, conjunctions, disjunctions, fallacies, contraposition."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from .common import Problem, dress, pick
from .pools import statements

_LETTER_SETS = ("PQRSTUVW", "ABCDEFGH", "ABCDEFGHKLMNPQRSTUVWXYZ", "pqrstuvw")


@dataclass
class World:
    """One problem's atoms, how they are worded, and what the premises are.

    A literal is (atom, truth). symbolic worlds speak of P and ¬P, others of 'Anna comes' and 'Anna does not come'.
    """

    rng: random.Random
    language: str
    symbolic: bool
    texts: list
    arrow: str = "→"
    premises: list = field(default_factory=list)  # wording, to be shuffled
    shape: list = field(default_factory=list)  # content, for the key

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    def lit(self, literal) -> str:
        """The literal inside a formula or a sentence: 'P', '¬P', 'Anna does not come'."""
        atom, truth = literal
        if self.symbolic:
            return self.texts[atom] if truth else f"¬{self.texts[atom]}"
        return self.texts[atom][0 if truth else 1]

    def claim(self, literal) -> str:
        """The literal as a claim of its own: 'P is true', 'Anna comes'."""
        if not self.symbolic:
            return self.lit(literal)
        atom, truth = literal
        name = self.texts[atom]
        if self.zh:
            return f"{name} 为{'真' if truth else '假'}"
        return f"{name} is {'true' if truth else 'false'}"

    def rule(self, left, right, joint=None) -> str:
        """The rule in the steps' notation; joint is '∧' or '∨' between two left literals."""
        lefts = left if joint else [left]
        return f"{f' {joint} '.join(self.lit(x) for x in lefts)} → {self.lit(right)}"

    # --- premises as the user words them ---

    def say_rule(self, left, right, joint=None):
        words = {"∧": "且" if self.zh else "and", "∨": "或" if self.zh else "or"}
        if self.symbolic and self.arrow != "if":
            a = f" {joint} ".join(self.lit(x) for x in left) if joint else self.lit(left)
            text = f"({a}) {self.arrow} {self.lit(right)}" if joint and self.rng.random() < 0.5 else f"{a} {self.arrow} {self.lit(right)}"
            self.premises.append(text)
        else:
            a = (f" {words[joint]} ".join(self._spoken(x) for x in left) if joint else self._spoken(left))
            if self.zh and joint and not self.symbolic:
                a = f"{words[joint]}".join(self._spoken(x) for x in left)
            self.premises.append(self.rng.choice(_RULES[self.language]).format(a=a, b=self._spoken(right)))
        self.shape.append(("rule", joint, left, right))

    def say_fact(self, literal):
        if self.symbolic and self.arrow != "if" and self.rng.random() < 0.5:
            self.premises.append(self.lit(literal))
        else:
            self.premises.append(self.claim(literal))
        self.shape.append(("fact", literal))

    def say_or(self, left, right):
        if self.symbolic and self.arrow != "if":
            self.premises.append(f"{self.lit(left)} ∨ {self.lit(right)}")
        else:
            gap = "" if self.zh and not self.symbolic else " "
            either = self.rng.choice(("", "Either ")) if not self.zh else ""
            self.premises.append(f"{either}{self._spoken(left)}{gap}{'或' if self.zh else 'or'}{gap}{self._spoken(right)}")
        self.shape.append(("or", left, right))

    def _spoken(self, literal):
        if self.symbolic and not literal[1]:
            return f"{'非' if self.zh else 'not'} {self.texts[literal[0]]}"
        return self.lit(literal)


_RULES = {
    "en": ("If {a}, then {b}", "If {a}, then {b}", "If {a} then {b}", "If {a}, {b}", "Whenever {a}, {b}"),
    "zh": ("如果{a}，那么{b}", "如果{a}，那么{b}", "若{a}，则{b}", "如果{a}，则{b}", "只要{a}，就{b}"),
}


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(rng, {"ponens": 5, "tollens": 4, "mixed signs": 3, "conjunction": 3, "disjunction": 3, "either": 2, "cases": 2,
                      "converse": 2, "inverse": 2, "dead end": 2, "transform": 4})
    if form == "transform":
        return _transform(rng, language, split)
    world = _world(rng, language, split)
    steps, query, known = _FORMS[form](world)
    return _asked(world, form, steps, query, known)


def _world(rng, language, split):
    if rng.random() < 0.45:
        letters = rng.choice(_LETTER_SETS)
        size = min(8, len(letters))
        chosen = list(letters[:size]) if rng.random() < 0.4 else rng.sample(letters, size)
        return World(rng, language, True, chosen, rng.choice(("→", "→", "->", "=>", "蕴含" if language == "zh" else "implies", "if", "if", "if")))
    return World(rng, language, False, statements(rng, language, split, 8))


# --- the forms: each adds premises, and gives (steps, query literal, derived literal or None) --------------------


def _known(world, *facts):
    return ("已知：" if world.zh else "Known: ") + "; ".join(world.lit(f) for f in facts)


def _because(world, number, premises, conclusion, law):
    names = _LAWS[law][1 if world.zh else 0]
    if world.zh:
        return f"{number}. {'; '.join(premises)}，所以 {world.lit(conclusion)}（{names}）"
    return f"{number}. {'; '.join(premises)}, so {world.lit(conclusion)} ({names})"


_LAWS = {"mp": ("modus ponens", "肯定前件"), "mt": ("modus tollens", "否定后件"), "ds": ("disjunctive syllogism", "析取三段论"),
         "and": ("both parts hold", "两个条件都成立"), "or": ("one part holds", "有一个条件成立"), "cases": ("by cases", "分情况"),
         "not and": ("one part must fail", "必有一个不成立"), "not or": ("neither part holds", "两个条件都不成立")}


def _neg(literal):
    return literal[0], not literal[1]


def _forward(world, chain, first=1):
    """Steps of modus ponens along the literals of a chain."""
    return [_because(world, i + first, [world.rule(a, b), world.lit(a)], b, "mp") for i, (a, b) in enumerate(zip(chain, chain[1:]))]


def _backward(world, chain, first=1):
    """Steps of modus tollens from the end of a chain to its start."""
    pairs = list(zip(chain, chain[1:]))[::-1]
    return [_because(world, i + first, [world.rule(a, b), world.lit(_neg(b))], _neg(a), "mt") for i, (a, b) in enumerate(pairs)]


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
    world.say_fact(_neg(chain[-1]))
    _distract(world, (6, 7))
    return [_known(world, _neg(chain[-1])), *_backward(world, chain)], chain[0], _neg(chain[0])


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
        note = f"未知：{world.lit(b)}，所以 {rule} 不能用。" if world.zh else f"Not known: {world.lit(b)}, so {rule} does not apply."
        return [_known(world, a), note], c, None
    if style < 0.5:  # not C, A: not B
        world.say_fact(_neg(c))
        world.say_fact(a)
        return [_known(world, _neg(c), a), _because(world, 1, [rule, world.lit(_neg(c)), world.lit(a)], _neg(b), "not and")], b, _neg(b)
    first, facts = [], [a, b]
    if style < 0.75:
        world.say_rule(z, a)
        first, facts = _forward(world, [z, a]), [z, b]
    for fact in facts:
        world.say_fact(fact)
    steps = [_known(world, *facts), *first, _because(world, len(first) + 1, [rule, world.lit(a), world.lit(b)], c, "and")]
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
    world.say_fact(_neg(c))
    asked = world.rng.choice((a, b))
    return [_known(world, _neg(c)), _because(world, 1, [rule, world.lit(_neg(c))], _neg(asked), "not or")], asked, _neg(asked)


def _disjunction(world):
    """A ∨ B with one of them false, maybe going on from the other."""
    a, b, c, d = (0, True), (1, True), (2, True), (3, True)
    world.say_or(a, b)
    out, rest = world.rng.choice(((a, b), (b, a)))
    disjunction = f"{world.lit(a)} ∨ {world.lit(b)}"
    if world.rng.random() < 0.25:
        world.say_fact(out)
        note = (f"由 {disjunction} 和 {world.lit(out)}，{world.lit(rest)} 可真可假。" if world.zh else
                f"With {disjunction} and {world.lit(out)}, {world.lit(rest)} stays open.")
        return [_known(world, out), note], rest, None
    world.say_fact(_neg(out))
    chain = [rest, c, d][:world.rng.choice((1, 2, 2, 3))]
    _say_chain(world, chain)
    steps = [_known(world, _neg(out)), _because(world, 1, [disjunction, world.lit(_neg(out))], rest, "ds")]
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
        return (f"规则 {rule} 不能反过来用，由 {world.lit(literal)} 推不出前件。" if world.zh else
                f"The rule {rule} cannot be reversed: {world.lit(literal)} says nothing about its first part.")
    if reason == "inverse":
        return (f"规则 {rule} 的前件为假时，后件可真可假。" if world.zh else f"The rule {rule} says nothing when its first part is false.")
    return (f"由 {world.lit(literal)} 推不出更多结论。" if world.zh else f"Nothing more follows from {world.lit(literal)}.")


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
    world.say_fact(_neg(a))
    return [_known(world, _neg(a)), _stuck(world, _neg(a), world.rule(a, b), "inverse")], asked, None


def _dead_end(world):
    """A chain that stops before the question, which is about atoms nothing leads to."""
    chain = _chain(world, world.rng.choice((1, 2, 3)))
    _say_chain(world, chain)
    world.say_rule((5, True), (6, True))
    world.say_fact(chain[0])
    return [_known(world, chain[0]), *_forward(world, chain), _stuck(world, chain[-1], "", "end")], (6, True), None


_FORMS = {"ponens": _ponens, "tollens": _tollens, "mixed signs": _mixed, "conjunction": _conjunction, "disjunction": _disjunction,
          "either": _either, "cases": _cases, "converse": _converse, "inverse": _inverse, "dead end": _dead_end}

# --- the question and the answer ----------------------------------------------------------------------------------

_QUESTIONS = {
    "en": ("Does it follow that {q}?", "Can we conclude that {q}?", "Is it true that {q}?", "Is it certain that {q}?", "Question: can we say that {q}?"),
    "zh": ("能否推出{q}？", "可以得出{q}吗？", "{q}，对吗？", "请问{q}是否成立？", "由此能断定{q}吗？"),
}
_LETTER_QUESTIONS = {
    "en": ("Is {q} true?", "Is {q} true or false?", "What can we say about {q}?", "Does {q} hold?", "What is the truth value of {q}?", "What follows about {q}?"),
    "zh": ("{q} 是真还是假？", "{q} 为真吗？", "关于 {q} 能得出什么结论？", "{q} 成立吗？", "求 {q} 的真值。", "能推出 {q} 吗？"),
}
_OPENINGS = {"en": ("", "", "", "Premises: ", "Given: ", "We know the following. ", "Suppose: "), "zh": ("", "", "", "前提：", "已知：", "假设：", "我们知道：")}


def _asked(world, form, steps, query, derived):
    rng, zh = world.rng, world.zh
    content = repr(world.shape), repr(query)
    if not world.symbolic and rng.random() < 0.15:
        query = _neg(query)
    rng.shuffle(world.premises)
    if world.symbolic and world.arrow != "if" and rng.random() < 0.6:
        premises = rng.choice((", ", "; ", "，" if zh else ", ")).join(world.premises) + ("。" if zh else ".")
    elif rng.random() < 0.15:
        premises = "\n".join(f"{i + 1}. {_capital(p, zh)}{'。' if zh else '.'}" for i, p in enumerate(world.premises)) + "\n"
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
        answer = f"{'是' if agree else '否'}，{world.claim(derived)}" if zh else f"{'yes' if agree else 'no'}, {world.claim(derived)}"
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


# --- contraposition, converse, inverse, De Morgan --------------------------------------------------------------------

_TRANSFORMS = {
    "en": {"contrapositive": ("What is the contrapositive of \"{s}\"?", "Give the contrapositive of: {s}", "State the contrapositive of \"{s}\".",
                              "Which statement is the contrapositive of \"{s}\"?"),
           "converse": ("What is the converse of \"{s}\"?", "Give the converse of: {s}", "State the converse of \"{s}\"."),
           "inverse": ("What is the inverse of \"{s}\"?", "Give the inverse of: {s}", "State the inverse of \"{s}\"."),
           "negation": ("What is the negation of \"{s}\"?", "Negate: {s}", "Give the negation of \"{s}\".")},
    "zh": {"contrapositive": ("“{s}”的逆否命题是什么？", "写出命题“{s}”的逆否命题。", "求逆否命题：{s}", "请给出“{s}”的逆否命题。"),
           "converse": ("“{s}”的逆命题是什么？", "写出命题“{s}”的逆命题。", "求逆命题：{s}"),
           "inverse": ("“{s}”的否命题是什么？", "写出命题“{s}”的否命题。", "求否命题：{s}"),
           "negation": ("“{s}”的否定是什么？", "写出“{s}”的否定。", "求否定：{s}")},
}
_NAMES_ZH = {"contrapositive": "逆否命题", "converse": "逆命题", "inverse": "否命题"}
_PATTERNS = {"contrapositive": "¬B → ¬A", "converse": "B → A", "inverse": "¬A → ¬B"}


def _transform(rng, language, split):
    world = _world(rng, language, split)
    zh = world.zh
    a, b = ((i, rng.random() < 0.8) for i in range(2))
    kind = pick(rng, {"contrapositive": 5, "converse": 2, "inverse": 2, "negation": 3})
    if kind == "negation":
        joint, other = rng.choice((("∧", "∨"), ("∨", "∧")))
        words = {"∧": "且" if zh else "and", "∨": "或" if zh else "or"}
        formal = world.symbolic and rng.random() < 0.6
        gap = "" if zh and not world.symbolic else " "
        sentence = f"{world.lit(a)} {joint} {world.lit(b)}" if formal else f"{world._spoken(a)}{gap}{words[joint]}{gap}{world._spoken(b)}"
        steps = [(f"德摩根律：¬(A {joint} B) = ¬A {other} ¬B" if zh else f"De Morgan: ¬(A {joint} B) = ¬A {other} ¬B"),
                 f"A: {world.lit(a)}, B: {world.lit(b)}", f"¬A: {world.lit(_neg(a))}, ¬B: {world.lit(_neg(b))}"]
        answer = f"{world.lit(_neg(a))} {other} {world.lit(_neg(b))}"
    else:
        world.say_rule(a, b)
        sentence = world.premises[0]
        first, second = {"contrapositive": (_neg(b), _neg(a)), "converse": (b, a), "inverse": (_neg(a), _neg(b))}[kind]
        steps = [(f"A → B 的{_NAMES_ZH[kind]}是 {_PATTERNS[kind]}" if zh else f"The {kind} of A → B is {_PATTERNS[kind]}"),
                 f"A: {world.lit(a)}, B: {world.lit(b)}"]
        if kind != "converse":
            steps.append(f"¬A: {world.lit(_neg(a))}, ¬B: {world.lit(_neg(b))}")
        answer = f"{world.lit(first)} → {world.lit(second)}"
    prompt = dress(rng, language, rng.choice(_TRANSFORMS[language][kind]).format(s=sentence))
    names = [world.texts[i] for i in range(2)]
    return Problem("propositional", kind, language, prompt, tuple(steps), answer, f"logic {kind} {a} {b} {sentence if kind == 'negation' else ''} {names}")
