"""Causal chains: effects, first causes, what prevention changes, common causes, counting the links."""

from __future__ import annotations

import random

from .common import Problem, dress, pick
from .pools import events


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = pick(
        rng,
        {"final effect": 3, "first cause": 3, "leads to": 4, "prevent": 4, "common cause": 2, "count": 2, "direct": 1},
    )
    names = events(rng, language, split, 8)
    length = rng.choice((2, 3, 3, 4))
    chain = names[: length + 1]
    spare = names[length + 1 :]
    links = list(zip(chain, chain[1:]))
    if form in ("final effect", "first cause", "leads to", "count", "direct") and rng.random() < 0.4:
        links.append((spare[0], spare[1]))
    links, extra, question, steps, answer = _FORMS[form](rng, language == "zh", chain, links, spare)
    prompt = dress(rng, language, _story(rng, language, links, extra) + ("" if language == "zh" else " ") + question)
    key = f"causal {form} {sorted(links)} {extra} {answer}"
    return Problem("causal", form, language, prompt, tuple(steps), answer, key)


# --- wording -----------------------------------------------------------------------------------------------------

_LINK = {
    "en": ("{a} cause{s} {b}", "{a} lead{s} to {b}", "{a} result{s} in {b}", "{a} bring{s} about {b}"),
    "zh": ("{a}导致{b}", "{a}引起{b}", "{a}造成{b}", "{a}会导致{b}"),
}


def _story(rng, language, links, extra):
    """The links as prose, in order or shuffled, with one verb or several."""
    zh = language == "zh"
    links = list(links)
    if rng.random() < 0.5:
        rng.shuffle(links)
    one = rng.choice(_LINK[language])
    varied = rng.random() < 0.4
    style = rng.random()
    if style < 0.12:
        parts = [f"{a} → {b}" for a, b in links]
        text = ("，" if zh else ", ").join(parts) + ("。" if zh else ".")
    else:
        parts = [(rng.choice(_LINK[language]) if varied else one).format(a=a, b=b, s=_singular(a)) for a, b in links]
        if style < 0.4:
            opening = rng.choice(
                ("已知", "假设", "") if zh else ("Suppose ", "Suppose that ", "We know that ", "Known links: ")
            )
            text = opening + ("，" if zh else ", ").join(parts) + ("。" if zh else ".")
        else:
            text = "。".join(parts) + "。" if zh else " ".join(p[0].upper() + p[1:] + "." for p in parts)
    return text + extra


def _singular(event):
    """The verb's ending: 's' unless the event looks like a plural."""
    return "" if event.endswith("s") and not event.endswith("ss") else "s"


def _walk(chain):
    return [f"{i + 1}. {a} → {b}" for i, (a, b) in enumerate(zip(chain, chain[1:]))]


def _start(zh, event):
    return f"起点：{event}" if zh else f"Start: {event}"


def _end(zh, event):
    return f"由 {event} 不再引起别的。" if zh else f"Nothing further follows from {event}."


def _sorted_yes(zh, yes):
    return ("会" if yes else "不会") if zh else ("yes" if yes else "no")


# --- the forms: each gives (links, extra sentences, question, steps, answer) ----------------------------------------


def _final_effect(rng, zh, chain, links, spare):
    start = rng.choice((0, 0, 1))
    part = chain[start:]
    question = rng.choice(
        ("{e}最终会导致什么？", "{e}的最终结果是什么？", "如果发生{e}，最后会怎样？", "从{e}出发，最终的结果是什么？")
        if zh
        else (
            "What does {e} finally lead to?",
            "What is the final effect of {e}?",
            "What is the last consequence of {e}?",
            "Starting from {e}, what happens in the end?",
        )
    )
    return links, "", question.format(e=part[0]), [_start(zh, part[0]), *_walk(part), _end(zh, part[-1])], part[-1]


def _first_cause(rng, zh, chain, links, spare):
    end = rng.choice((len(chain), len(chain), len(chain) - 1))
    part = chain[:end]
    question = rng.choice(
        ("{e}的根本原因是什么？", "{e}的最初原因是什么？", "追根溯源，{e}是由什么引起的？", "是什么最先引发了{e}？")
        if zh
        else (
            "What is the root cause of {e}?",
            "What is the first cause of {e}?",
            "What started the chain that ends in {e}?",
            "Trace {e} back to its first cause.",
        )
    )
    back = [
        f"{i + 1}. {part[-1]} ← {a}" if i == 0 else f"{i + 1}. {b} ← {a}"
        for i, (a, b) in enumerate(list(zip(part, part[1:]))[::-1])
    ]
    stop = f"没有列出 {part[0]} 的原因。" if zh else f"Nothing listed causes {part[0]}."
    return links, "", question.format(e=part[-1]), [_start(zh, part[-1]), *back, stop], part[0]


def _leads_to(rng, zh, chain, links, spare):
    style = rng.random()
    question = rng.choice(
        ("{a}会导致{b}吗？", "{a}是否会引起{b}？", "{a}会间接导致{b}吗？", "请问{a}会不会造成{b}？")
        if zh
        else (
            "Does {a} lead to {b}?",
            "Can {a} cause {b}?",
            "Does {a} indirectly cause {b}?",
            "Is {a} a cause of {b}?",
            "Will {a} result in {b}?",
        )
    )
    if style < 0.5:
        i = rng.choice((0, 0, 0, 1)) if len(chain) > 3 else 0
        j = rng.choice((len(chain) - 1, len(chain) - 1, i + 2))
        part = chain[i : j + 1]
        return (
            links,
            "",
            question.format(a=part[0], b=part[-1]),
            [_start(zh, part[0]), *_walk(part)],
            _sorted_yes(zh, True),
        )
    if style < 0.8:  # backwards
        i = rng.randint(1, len(chain) - 1)
        part, target = chain[i:], chain[rng.randint(0, i - 1)]
    else:  # to another chain
        links = [link for link in links if link[0] != spare[0]] + [(spare[0], spare[1])]
        part, target = chain[rng.choice((0, 1)) :], spare[1]
    steps = [
        _start(zh, part[0]),
        *_walk(part),
        _end(zh, part[-1]),
        f"到不了 {target}。" if zh else f"Not reached: {target}",
    ]
    return links, "", question.format(a=part[0], b=target), steps, _sorted_yes(zh, False)


def _prevent(rng, zh, chain, links, spare):
    """One event is prevented; a later one still happens only if another listed cause of a link happens."""
    cut = rng.randint(0, len(chain) - 2)
    blocked, target = chain[cut], chain[-1]
    happens = _happens(rng, zh)
    extra = (("" if zh else " ") + happens.format(e=chain[0])) if cut > 0 and rng.random() < 0.4 else ""
    rescued = rng.randint(cut + 1, len(chain) - 1) if rng.random() < 0.45 else None
    if rescued is not None:
        links = links + [(spare[0], chain[rescued])]
        extra += ("" if zh else " ") + happens.format(e=spare[0])
    question = rng.choice(
        ("如果阻止了{a}，{b}还会发生吗？", "假如没有{a}，还会有{b}吗？", "如果避免了{a}，{b}还会出现吗？")
        if zh
        else (
            "If {a} is prevented, does {b} still happen?",
            "Without {a}, does {b} still occur?",
            "If we stop {a}, will there still be {b}?",
        )
    )
    steps = [f"没有 {blocked}" if zh else f"Without: {blocked}"]
    alive = False
    for number, (a, b) in enumerate(zip(chain[cut:], chain[cut + 1 :]), 1):
        if alive:
            steps.append(f"{number}. {a} → {b}：{b} 发生" if zh else f"{number}. {a} → {b}: {b} happens")
        elif rescued is not None and b == chain[rescued]:
            alive = True
            steps.append(f"{number}. {spare[0]} → {b}：{b} 发生" if zh else f"{number}. {spare[0]} → {b}: {b} happens")
        else:
            steps.append(f"{number}. 只有 {a} → {b}：{b} 不发生" if zh else f"{number}. only {a} → {b}: no {b}")
    return links, extra, question.format(a=blocked, b=target), steps, _sorted_yes(zh, alive)


def _happens(rng, zh):
    return rng.choice(
        ("{e}发生了。", "已知{e}发生了。")
        if zh
        else ("There is {e}.", "It is known that {e} happens.", "We observe {e}.")
    )


def _common_cause(rng, zh, chain, links, spare):
    root, first, second = chain[0], chain[1], spare[0]
    links = [(root, first), (root, second)] + ([(second, spare[1])] if rng.random() < 0.4 else [])
    question = rng.choice(
        (
            "{a}和{b}总是一起出现。{a}是{b}的原因吗？",
            "{a}与{b}同时发生，{a}导致了{b}吗？",
            "{a}和{b}相关，这说明{a}引起{b}吗？",
        )
        if zh
        else (
            "{a} and {b} always appear together. Is {a} a cause of {b}?",
            "{a} and {b} are correlated. Does {a} cause {b}?",
            "{a} and {b} occur at the same time. Did {a} cause {b}?",
        )
    ).format(a=first, b=second)
    question = question if zh else question[0].upper() + question[1:]
    steps = [
        f"1. {root} → {first}",
        f"2. {root} → {second}",
        (f"共同原因：{root}，相关不等于因果。" if zh else f"Common cause: {root}; correlation is not causation."),
    ]
    return links, "", question, steps, ("不是" if zh else "no")


def _count(rng, zh, chain, links, spare):
    question = rng.choice(
        ("从{a}到{b}一共有几步？", "{a}要经过几个环节才导致{b}？", "{a}到{b}之间有几条因果关系？")
        if zh
        else (
            "How many causal links lead from {a} to {b}?",
            "How many steps are there from {a} to {b}?",
            "Count the causal steps from {a} to {b}.",
        )
    )
    return (
        links,
        "",
        question.format(a=chain[0], b=chain[-1]),
        [_start(zh, chain[0]), *_walk(chain)],
        str(len(chain) - 1),
    )


def _direct(rng, zh, chain, links, spare):
    i = rng.randint(1, len(chain) - 1)
    question = rng.choice(
        ("{e}的直接原因是什么？", "什么直接导致了{e}？")
        if zh
        else ("What is the direct cause of {e}?", "What directly causes {e}?")
    )
    return links, "", question.format(e=chain[i]), [f"1. {chain[i]} ← {chain[i - 1]}"], chain[i - 1]


_FORMS = {
    "final effect": _final_effect,
    "first cause": _first_cause,
    "leads to": _leads_to,
    "prevent": _prevent,
    "common cause": _common_cause,
    "count": _count,
    "direct": _direct,
}
