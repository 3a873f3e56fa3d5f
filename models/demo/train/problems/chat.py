"""What is no problem: greetings, questions about the model, thanks, and everything it honestly cannot do."""

from __future__ import annotations

import random

from .common import Problem
from .pools import events, made_up_word, names

_SKILLS = {
    "en": "linear and quadratic equations, values such as a^2 + b^2 from a + b and ab, logic chains, causal chains and truth tables",
    "zh": "一元一次方程和一元二次方程、由 a + b 和 ab 求 a^2 + b^2 等、逻辑推理、因果链和真值表",
}
_REPLIES = {
    "en": {"greeting": "Hello! I am Vidda's small demo model. I solve small problems step by step: {s}. Try: Solve 3x + 5 = 20.",
           "skills": "I am a very small demo model. I can solve, step by step: {s}. I know nothing else. Try: Solve 3x + 5 = 20.",
           "who": "I am Vidda's demo model, a language model of about six million parameters trained only on small problems: {s}.",
           "thanks": "You are welcome! Send me another problem if you like.",
           "bye": "Goodbye!",
           "cannot": "Sorry, I cannot do that. I am a very small demo model and only solve small problems: {s}."},
    "zh": {"greeting": "你好！我是 Vidda 的小型演示模型。我可以一步一步地解小题：{s}。例如：解方程 3x + 5 = 20。",
           "skills": "我是一个很小的演示模型，可以一步一步地解：{s}。其他的我都不会。例如：解方程 3x + 5 = 20。",
           "who": "我是 Vidda 的演示模型，一个约六百万参数的语言模型，只学过小题：{s}。",
           "thanks": "不客气！欢迎再出一道题。",
           "bye": "再见！",
           "cannot": "抱歉，这个我不会。我是一个很小的演示模型，只会解小题：{s}。"},
}
_PROMPTS = {
    "en": {"greeting": ("Hello", "Hi", "Hello!", "Hi!", "Hi there", "Hey", "Good morning", "Good evening!", "hello", "hi", "Hello, how are you?", "How are you?", "Hi, {n} here.", "Hello, I am {n}.", "hey there!"),
           "skills": ("What can you do?", "What can you do", "Help", "help", "How can you help me?", "What problems can you solve?", "What do you know?", "Can you help me?", "What are you good at?", "Tell me what you can do.", "Give me an example.", "What should I ask you?"),
           "who": ("Who are you?", "What are you?", "What is your name?", "Which model are you?", "Are you ChatGPT?", "Are you Qwen?", "Introduce yourself.", "Tell me about yourself.", "Are you a human?", "How big are you?", "who are you"),
           "thanks": ("Thanks!", "Thank you.", "Thanks a lot!", "Great, thank you!", "thanks", "Thank you very much!", "Nice!", "Good job!", "Well done."),
           "bye": ("Bye!", "Goodbye.", "bye", "See you!", "Good night.")},
    "zh": {"greeting": ("你好", "你好！", "您好", "早上好", "晚上好！", "嗨", "你好，我是{n}。", "你好吗？", "哈喽", "你好呀", "在吗？", "大家好"),
           "skills": ("你会什么？", "你能做什么？", "你可以帮我做什么？", "帮助", "你会解什么题？", "你有什么功能？", "你擅长什么？", "能帮我吗？", "举个例子。", "我可以问你什么？", "你能干什么"),
           "who": ("你是谁？", "你是什么模型？", "你叫什么名字？", "介绍一下你自己。", "你是 ChatGPT 吗？", "你是通义千问吗？", "你是人吗？", "你有多大？", "你是谁", "请自我介绍。"),
           "thanks": ("谢谢！", "谢谢", "谢谢你！", "非常感谢。", "多谢！", "太好了，谢谢。", "真棒！", "做得好。"),
           "bye": ("再见！", "再见", "拜拜", "晚安。", "下次见！")},
}
_CANNOT = {
    "en": ("Write a poem about {e}.", "What is the capital of {w}?", "Tell me a story about {n}.", "Who is {n}?", "Translate this into French: {e}", "Write a Python function that sorts {w}.",
           "How do I cook {w}?", "What is the weather in {w}?", "Who won the {w} cup?", "Tell me a joke.", "Summarize this article about {e}.", "What do you think about {e}?", "Write an email to {n}.",
           "What is {e}?", "Explain {e}.", "Who wrote {w}?", "How old is {n}?", "Where is {w}?", "When was {n} born?", "Recommend a book about {e}.", "Write a song.", "What is the meaning of life?", "Why is the sky blue?",
           "How tall is {w}?", "What is the best {w}?", "Give me the news.", "What day is it today?", "What time is it?", "Play a game with me.", "Write code for {w}.", "Explain quantum physics.", "How does {w} work?"),
    "zh": ("写一首关于{e}的诗。", "{w}的首都是哪里？", "讲一个关于{n}的故事。", "{n}是谁？", "把这句话翻译成英文：{e}", "写一个排序的 Python 函数。", "{w}怎么做？", "今天{w}天气怎么样？", "讲个笑话。", "总结一下这篇关于{e}的文章。",
           "你怎么看{e}？", "给{n}写一封邮件。", "什么是{e}？", "解释一下{e}。", "{w}是谁写的？", "{n}多少岁？", "{w}在哪里？", "{n}什么时候出生？", "推荐一本关于{e}的书。", "写一首歌。", "人生的意义是什么？", "天空为什么是蓝色的？",
           "{w}有多高？", "最好的{w}是什么？", "今天有什么新闻？", "今天星期几？", "现在几点？", "陪我玩游戏。", "写一段代码。", "解释量子物理。", "{w}是怎么工作的？"),
}


def generate(rng: random.Random, language: str, split: str) -> Problem:
    form = rng.choice(("greeting", "skills", "who", "thanks", "bye", "cannot", "cannot", "cannot", "cannot", "cannot"))
    word = made_up_word(rng) if language == "en" else names(rng, "zh", split, 1)[0]
    blanks = {"n": names(rng, language, split, 1)[0], "e": events(rng, language, split, 1)[0], "w": word.capitalize() if rng.random() < 0.5 else word}
    asked = rng.choice(_CANNOT[language] if form == "cannot" else _PROMPTS[language][form])
    prompt = asked.format(**blanks)
    reply = _REPLIES[language][form].format(s=_SKILLS[language])
    return Problem("chat", form, language, prompt, (), reply, f"chat {form} {asked}")
