"""Linear equations in one unknown, bare or as a short story."""

from __future__ import annotations

import random

from .common import Problem, dress, frac, nonzero, par, pick, plus, poly, show
from .pools import names

LETTERS = "xxxxxxyntmkz"


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(rng, {"simple": 5, "both sides": 4, "bracket": 3, "collect": 2, "quotient": 2, "story": 5})
    return _FORMS[form](rng, language, split)


def isolate(a: int, b: int, c: int, v: str, zh: bool) -> list[str]:
    """The steps from av + b = c to the value of v, a not zero."""
    steps = []
    if b:
        verb = (
            f"两边{'减' if b > 0 else '加'} {abs(b)}："
            if zh
            else f"{'Subtract' if b > 0 else 'Add'} {abs(b)} {'from' if b > 0 else 'to'} both sides: "
        )
        steps.append(f"{verb}{poly((a, v))} = {c}{plus(-b)} = {c - b}")
    if a != 1:
        verb = f"两边除以 {a}：" if zh else f"Divide both sides by {a}: "
        value = f"{c - b} / {par(a)}"
        plain = frac(c - b, a)
        steps.append(f"{verb}{v} = {value}" + ("" if plain == value else f" = {plain}"))
    return steps


def _side(a: int, b: int, x: int) -> str:
    """The value of ax + b written out."""
    if a == 1:
        return f"{x}{plus(b)} = {x + b}" if b else str(x)
    product = f"{a} × {par(x)}"
    return f"{product}{plus(b)} = {a * x}{plus(b)} = {a * x + b}" if b else f"{product} = {a * x}"


def _check(a, b, x, zh):
    return ("检验：" if zh else "Check: ") + _side(a, b, x)


def _equation(text, zh):
    return ("方程：" if zh else "Equation: ") + text


_ASK = {
    "en": (
        "Solve {e}.",
        "Solve the equation {e}.",
        "Solve for {v}: {e}",
        "Find {v} if {e}.",
        "{e}, what is {v}?",
        "{e}. Find {v}.",
        "What is {v} when {e}?",
        "Solve {e} for {v}.",
        "What value of {v} satisfies {e}?",
        "{e}",
        "If {e}, then {v} = ?",
        "Given {e}, find {v}.",
    ),
    "zh": (
        "解方程 {e}",
        "解方程：{e}",
        "解方程{e}。",
        "求 {v}：{e}",
        "已知 {e}，求 {v}。",
        "若 {e}，则 {v} 等于多少？",
        "方程 {e} 的解是什么？",
        "如果 {e}，{v} 是多少？",
        "解一元一次方程 {e}。",
        "求方程 {e} 的解。",
        "{e}，求{v}的值。",
        "计算 {v}：{e}。",
    ),
}


def _ask(rng, language, equation, v):
    return dress(rng, language, rng.choice(_ASK[language]).format(e=show(rng, equation), v=v))


def _problem(form, language, prompt, steps, answer, *key):
    content = f"{key[0]}x + {key[1]} = {key[2]}" if form in ("simple", "story") else f"{form} {key}"
    return Problem("linear", form, language, prompt, tuple(steps), answer, f"linear {content}")


def _simple(rng, language, split):
    zh, v = language == "zh", rng.choice(LETTERS)
    a, b = nonzero(rng, -9, 12), rng.randint(-30, 30)
    x = rng.randint(-12, 20)
    c = a * x + b
    if rng.random() < 0.2:
        c += rng.randint(1, 9)
    if a == 1 and b == 0:
        b, c = 7, c + 7
    left = poly((a, v), (b, ""))
    if a > 0 and b and rng.random() < 0.12:
        left = poly((b, ""), (a, v))
    flipped = rng.random() < 0.1
    equation = f"{c} = {left}" if flipped else f"{left} = {c}"
    steps = [_equation(f"{poly((a, v), (b, ''))} = {c}", zh), *isolate(a, b, c, v, zh)]
    if (c - b) % a == 0:
        steps.append(_check(a, b, (c - b) // a, zh))
    return _problem("simple", language, _ask(rng, language, equation, v), steps, f"{v} = {frac(c - b, a)}", a, b, c)


def _both(rng, language, split):
    zh, v = language == "zh", rng.choice(LETTERS)
    a, c = nonzero(rng, -9, 12), nonzero(rng, -9, 12)
    b, x = rng.randint(-20, 20), rng.randint(-10, 12)
    d = a * x + b - c * x
    if rng.random() < 0.12:
        d += rng.randint(1, 5)
    equation = f"{poly((a, v), (b, ''))} = {poly((c, v), (d, ''))}"
    steps, answer = [_equation(equation, zh)], ""
    size = poly((abs(c), v))
    steps.append(
        (
            f"两边{'减' if c > 0 else '加'} {size}："
            if zh
            else f"{'Subtract' if c > 0 else 'Add'} {size} {'from' if c > 0 else 'to'} both sides: "
        )
        + f"{poly((a - c, v), (b, ''))} = {d}"
    )
    if a == c:
        never = b != d
        steps.append(
            ("这不可能成立。" if never else "这恒成立。")
            if zh
            else ("This is never true." if never else "This is always true.")
        )
        answer = ("无解" if never else "任意数") if zh else ("no solution" if never else "every number")
    else:
        steps += isolate(a - c, b, d, v, zh)
        answer = f"{v} = {frac(d - b, a - c)}"
        if (d - b) % (a - c) == 0:
            x = (d - b) // (a - c)
            steps.append(
                f"检验：左边 = {_side(a, b, x)}，右边 = {_side(c, d, x)}"
                if zh
                else f"Check: left = {_side(a, b, x)}, right = {_side(c, d, x)}"
            )
    return _problem("both sides", language, _ask(rng, language, equation, v), steps, answer, a, b, c, d)


def _bracket(rng, language, split):
    zh, v = language == "zh", rng.choice(LETTERS)
    a, m = rng.choice([-5, -4, -3, -2, 2, 3, 4, 5, 6, 7, 8, 9]), rng.choice([1, 1, 1, 2, 3])
    b, e, x = nonzero(rng, -9, 9), rng.choice([0, 0, rng.randint(-9, 9)]), rng.randint(-10, 12)
    c = a * (m * x + b) + e
    inner = poly((m, v), (b, ""))
    equation = f"{a}({inner}){plus(e) if e else ''} = {c}"
    expanded = f"{poly((a * m, v), (a * b, ''))}{plus(e) if e else ''} = {c}"
    steps = [_equation(equation, zh), ("展开：" if zh else "Expand: ") + expanded]
    if e:
        steps.append(("合并：" if zh else "Combine: ") + f"{poly((a * m, v), (a * b + e, ''))} = {c}")
    steps += isolate(a * m, a * b + e, c, v, zh)
    steps.append(_check(a * m, a * b + e, x, zh))
    return _problem("bracket", language, _ask(rng, language, equation, v), steps, f"{v} = {x}", a, m, b, e, c)


def _collect(rng, language, split):
    zh, v = language == "zh", rng.choice(LETTERS)
    while True:
        a, c = nonzero(rng, -9, 9), nonzero(rng, -9, 9)
        if a + c:
            break
    b, x = nonzero(rng, -20, 20), rng.randint(-10, 12)
    d = (a + c) * x + b
    equation = (
        f"{poly((a, v), (c, v))}{plus(b)} = {d}" if rng.random() < 0.5 else f"{poly((a, v), (b, ''), (c, v))} = {d}"
    )
    steps = [
        _equation(equation, zh),
        ("合并：" if zh else "Combine: ") + f"{poly((a + c, v), (b, ''))} = {d}",
        *isolate(a + c, b, d, v, zh),
        _check(a + c, b, x, zh),
    ]
    return _problem("collect", language, _ask(rng, language, equation, v), steps, f"{v} = {x}", a, b, c, d)


def _quotient(rng, language, split):
    zh, v = language == "zh", rng.choice(LETTERS)
    a, q, b = rng.randint(2, 12), rng.randint(-9, 12), rng.randint(-20, 20)
    equation = f"{v}/{a}{plus(b) if b else ''} = {q + b}"
    steps = [_equation(equation, zh)]
    if b:
        verb = (
            f"两边{'减' if b > 0 else '加'} {abs(b)}："
            if zh
            else f"{'Subtract' if b > 0 else 'Add'} {abs(b)} {'from' if b > 0 else 'to'} both sides: "
        )
        steps.append(f"{verb}{v}/{a} = {q + b}{plus(-b)} = {q}")
    steps.append((f"两边乘以 {a}：" if zh else f"Multiply both sides by {a}: ") + f"{v} = {a} × {par(q)} = {a * q}")
    return _problem("quotient", language, _ask(rng, language, equation, v), steps, f"{v} = {a * q}", a, b, q)


# --- stories: every one is ax + b = c ------------------------------------------------------------------------

_STORIES = {
    "en": (
        ("I think of a number, multiply it by {a} and add {b}. The result is {c}. What is the number?", 1),
        ("{a} times a number plus {b} equals {c}. Find the number.", 1),
        ("If you multiply a number by {a} and then subtract {b}, you get {c}. What is the number?", -1),
        ("{a} times a number minus {b} is {c}. What is the number?", -1),
        ("{n} buys {a} identical {o} and pays {b} for delivery. The total is {c}. What does one of the {o} cost?", 1),
        (
            "{n} has {a} bags with the same number of {o} in each, and {b} more {o}. That makes {c} {o}. How many are in each bag?",
            1,
        ),
        ("{n} is {b} years older than {m}. Together they are {c} years old. How old is {m}?", 2),
        ("A taxi costs {b} to start and {a} for each kilometre. {n} pays {c}. How many kilometres was the ride?", 1),
        ("{n} has {b} coins and saves {a} more every day. After how many days does {n} have {c} coins?", 1),
        ("{n} has {c} {o}, fills {a} equal boxes and has {b} left. How many are in each box?", 1),
    ),
    "zh": (
        ("一个数的 {a} 倍加上 {b} 等于 {c}，求这个数。", 1),
        ("某数乘以 {a} 再加 {b} 得 {c}，这个数是多少？", 1),
        ("一个数的 {a} 倍减去 {b} 等于 {c}，这个数是多少？", -1),
        ("某数乘以 {a} 再减 {b} 得 {c}，求某数。", -1),
        ("{n}买了 {a} 个同样的{o}，另付运费 {b} 元，一共 {c} 元。一个{o}多少元？", 1),
        ("{n}有 {a} 袋{o}，每袋一样多，另外还有 {b} 个，一共 {c} 个。每袋有多少个？", 1),
        ("{n}比{m}大 {b} 岁，两人一共 {c} 岁。{m}多少岁？", 2),
        ("出租车起步价 {b} 元，每公里 {a} 元。{n}付了 {c} 元，坐了多少公里？", 1),
        ("{n}有 {b} 枚硬币，每天再存 {a} 枚。几天后有 {c} 枚？", 1),
        ("{n}有 {c} 个{o}，平均装进 {a} 个盒子后还剩 {b} 个。每盒几个？", 1),
    ),
}
_OBJECTS = {
    "en": "books apples pens balls cups stamps cakes shirts tickets eggs".split(),
    "zh": "本子 苹果 铅笔 皮球 杯子 邮票 蛋糕 橙子 玩具 鸡蛋".split(),
}


def _story(rng, language, split):
    zh = language == "zh"
    text, mode = rng.choice(_STORIES[language])
    a, b, x = (2 if mode == 2 else rng.randint(2, 12)), rng.randint(1, 30), rng.randint(2, 25)
    b = -b if mode < 0 else b
    c = a * x + b
    n, m = names(rng, language, split, 2)
    prompt = dress(rng, language, text.format(a=a, b=abs(b), c=c, n=n, m=m, o=rng.choice(_OBJECTS[language])))
    steps = ["设未知数为 x。" if zh else "Let x be the unknown number."]
    if mode == 2:
        steps.append(f"年龄：{m} x，{n} x + {b}" if zh else f"Ages: {m} x, {n} x + {b}")
    steps += [_equation(f"{poly((a, 'x'), (b, ''))} = {c}", zh), *isolate(a, b, c, "x", zh), _check(a, b, x, zh)]
    return _problem("story", language, prompt, steps, f"x = {x}", a, b, c)


_FORMS = {
    "simple": _simple,
    "both sides": _both,
    "bracket": _bracket,
    "collect": _collect,
    "quotient": _quotient,
    "story": _story,
}
