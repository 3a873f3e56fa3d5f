"""One propositional problem's world: its atoms, how they are worded, and what the premises are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

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
            text = (
                f"({a}) {self.arrow} {self.lit(right)}"
                if joint and self.rng.random() < 0.5
                else f"{a} {self.arrow} {self.lit(right)}"
            )
            self.premises.append(text)
        else:
            a = f" {words[joint]} ".join(self.spoken(x) for x in left) if joint else self.spoken(left)
            if self.zh and joint and not self.symbolic:
                a = f"{words[joint]}".join(self.spoken(x) for x in left)
            self.premises.append(self.rng.choice(_RULES[self.language]).format(a=a, b=self.spoken(right)))
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
            self.premises.append(
                f"{either}{self.spoken(left)}{gap}{'或' if self.zh else 'or'}{gap}{self.spoken(right)}"
            )
        self.shape.append(("or", left, right))

    def spoken(self, literal):
        if self.symbolic and not literal[1]:
            return f"{'非' if self.zh else 'not'} {self.texts[literal[0]]}"
        return self.lit(literal)


_RULES = {
    "en": ("If {a}, then {b}", "If {a}, then {b}", "If {a} then {b}", "If {a}, {b}", "Whenever {a}, {b}"),
    "zh": ("如果{a}，那么{b}", "如果{a}，那么{b}", "若{a}，则{b}", "如果{a}，则{b}", "只要{a}，就{b}"),
}


def make_world(rng, language, split):
    if rng.random() < 0.45:
        letters = rng.choice(_LETTER_SETS)
        size = min(8, len(letters))
        chosen = list(letters[:size]) if rng.random() < 0.4 else rng.sample(letters, size)
        return World(
            rng,
            language,
            True,
            chosen,
            rng.choice(("→", "→", "->", "=>", "蕴含" if language == "zh" else "implies", "if", "if", "if")),
        )
    return World(rng, language, False, statements(rng, language, split, 8))


def negate(literal):
    """The opposite literal."""
    return literal[0], not literal[1]
