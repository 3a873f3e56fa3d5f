"""Names, things and events the stories are made of. The train and held-out pools share no entry."""

from __future__ import annotations

import random

from .words import WORDS

# --- people ------------------------------------------------------------------------------------------------

NAMES_EN = {
    "train": """Anna Ben Clara David Emma Frank Grace Henry Iris Jack Kate Leo Mary Nick Olga Paul Quinn Rose Sam Tina
        Victor Wendy Zoe Adam Bella Carl Diana Eric Fiona George Helen Ivan Julia Kevin Laura Mark Nora Oscar Peter
        Rita Simon Tom Ursula Vera Will Alice Bob Carol Dan Eve John Jane Mike Lucy Max Sarah Tim Amy Joe""".split(),
    "heldout": """Marta Felix Hugo Naomi Pedro Lena Otto Greta Ralph Sofia Bruno Elsa Martin Irene Conrad Dora Edgar
        Flora Gavin Hilda""".split(),
}
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文辉红玉兰飞鹏"
NAMES_ZH = {
    "train": [s + g for s in _SURNAMES for g in _GIVEN] + ["小" + c for c in "明红刚丽华强芳军亮东西天云雨雪花"],
    "heldout": "梁宇 宋佳 郑凯 谢婷 韩冰 唐悦 冯浩 于欢 董波 萧然 程诚 曹颖 袁野 邓萍 许诺 傅雷 沈梦 曾毅 彭博 吕岩".split(),
}
#: The 3755 most used Chinese characters (GB 2312, level 1), of which made-up names and events are built.
COMMON_HAN = [
    c for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) if (c := bytes((high, low)).decode("gb2312", "ignore"))
]
_LETTERS = "eeeeetttaaaooiinnssrrhhlldduccmmffppggwwybbvkxjqz"
_ONSETS = "b c d f g h j k l m n p r s t v w y z br ch cl dr fl gr kr pl pr sh sk sl st th tr".split()
_VOWELS = "a e i o u ai ea io ou".split()
_CODAS = ["", "", "", "n", "r", "s", "l", "m", "t", "k", "x", "nd", "rk", "st"]


def made_up_word(rng: random.Random) -> str:
    """A word that is mostly no real one, pronounceable or not, so that copying is learned rather than a word list."""
    if rng.random() < 0.25:
        return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(3, 9)))
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(rng.randint(1, 3)))


def made_up_han(rng: random.Random, count: int) -> str:
    """Chinese characters at random, the common ones and now and then a rare one."""
    return "".join(
        rng.choice(COMMON_HAN) if rng.random() < 0.9 else chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(count)
    )


def some_word(rng: random.Random) -> str:
    return rng.choice(WORDS["noun"]) if rng.random() < 0.5 else made_up_word(rng)


def names(rng: random.Random, language: str, split: str, count: int) -> list[str]:
    """Distinct people's names. In training a share of them is made up or uses rare characters."""
    chosen: list[str] = []
    while len(chosen) < count:
        name = _name(rng, language, split)
        if name not in chosen:
            chosen.append(name)
    return chosen


def _name(rng: random.Random, language: str, split: str) -> str:
    pool = (NAMES_ZH if language == "zh" else NAMES_EN)[split]
    if split == "train" and rng.random() < 0.6:
        if language == "zh":
            name = (
                made_up_han(rng, 2)
                if rng.random() < 0.5
                else rng.choice(_SURNAMES) + made_up_han(rng, rng.randint(1, 2))
            )
        else:
            name = some_word(rng).capitalize()
        if name not in (NAMES_ZH if language == "zh" else NAMES_EN)["heldout"]:
            return name
    return rng.choice(pool)


# --- what people do, what things are: (statement, its negation) ---------------------------------------------

PREDICATES = {
    "en": [
        (v, f"does not {b}")
        for v, b in (
            ("comes", "come"),
            ("sings", "sing"),
            ("dances", "dance"),
            ("stays", "stay"),
            ("wins", "win"),
            ("sleeps", "sleep"),
            ("reads", "read"),
            ("runs", "run"),
            ("calls", "call"),
            ("works", "work"),
            ("smiles", "smile"),
            ("cooks", "cook"),
            ("travels", "travel"),
            ("goes to the party", "go to the party"),
            ("passes the exam", "pass the exam"),
            ("plays chess", "play chess"),
            ("drinks tea", "drink tea"),
            ("goes home", "go home"),
        )
    ],
    "zh": [
        (v, f"不{v}")
        for v in (
            "来",
            "唱歌",
            "跳舞",
            "留下",
            "跑步",
            "睡觉",
            "读书",
            "加班",
            "做饭",
            "旅行",
            "参加聚会",
            "打电话",
            "下棋",
            "喝茶",
            "回家",
            "去上海",
            "去北京",
            "开会",
        )
    ],
}
THINGS = {
    "en": {
        "train": """lamp door alarm pump server window heater fan gate light road ground box cup phone battery valve
            engine train shop bridge garden car tank oven river clock machine key bell""".split(),
        "heldout": "drawer kettle tunnel sofa antenna freezer ladder mirror lantern cellar".split(),
    },
    "zh": {
        "train": "灯 门 警报 水泵 服务器 窗户 暖气 风扇 大门 路 地面 箱子 杯子 手机 电池 阀门 机器 火车 商店 桥 花园 汽车 水箱 烤箱 河水 钟 钥匙 电脑".split(),
        "heldout": "抽屉 水壶 隧道 沙发 天线 冰柜 梯子 镜子 灯笼 地窖".split(),
    },
}
STATES = {
    "en": "on open warm red broken ready locked clean empty full wet cold green closed new hot dry".split(),
    "zh": "开 热 红 坏 锁着 干净 空 满 湿 冷 绿 关 新 旧 干 亮 安全".split(),
}
WEATHER = {
    "en": [
        ("it rains", "it does not rain"),
        ("it snows", "it does not snow"),
        ("the wind blows", "the wind does not blow"),
        ("the sun shines", "the sun does not shine"),
        ("it is raining", "it is not raining"),
        ("it is cold", "it is not cold"),
    ],
    "zh": [
        ("下雨", "不下雨"),
        ("下雪", "不下雪"),
        ("刮风", "不刮风"),
        ("出太阳", "不出太阳"),
        ("天冷", "天不冷"),
        ("停电", "不停电"),
    ],
}


def statements(rng: random.Random, language: str, split: str, count: int) -> list[tuple[str, str]]:
    """Distinct (statement, negation) pairs in one of three styles: people, things, or a mixture."""
    style = rng.random()
    if style < 0.4:
        predicate = rng.choice(PREDICATES[language])
        return [_person(language, name, predicate) for name in names(rng, language, split, count)]
    chosen: dict[str, tuple[str, str]] = {}
    while len(chosen) < count:
        pair = _statement(rng, language, split, style)
        chosen[pair[0]] = pair
    return list(chosen.values())


def _statement(rng, language, split, style):
    if style < 0.7 or rng.random() < 0.5:
        things = THINGS[language][split]
        thing, state = rng.choice(things), rng.choice(STATES[language])
        if split == "train" and rng.random() < 0.5:
            thing = made_up_han(rng, rng.randint(1, 3)) if language == "zh" else some_word(rng)
        if split == "train" and rng.random() < 0.15:
            state = made_up_han(rng, rng.randint(1, 2)) if language == "zh" else rng.choice(WORDS["adjective"])
        if thing in THINGS[language]["heldout"] and split == "train":
            thing = rng.choice(things)
        if language == "zh":
            return f"{thing}是{state}的", f"{thing}不是{state}的"
        return f"the {thing} is {state}", f"the {thing} is not {state}"
    if rng.random() < 0.35:
        return rng.choice(WEATHER[language])
    return _person(language, names(rng, language, split, 1)[0], rng.choice(PREDICATES[language]))


def _person(language, name, predicate):
    gap = "" if language == "zh" else " "
    return name + gap + predicate[0], name + gap + predicate[1]


# --- events of causal chains ---------------------------------------------------------------------------------

EVENTS = {
    "en": {
        "train": """heavy rain|flooding|a traffic jam|late arrival|a power cut|darkness|stress|poor sleep|tiredness|mistakes|
            smoking|high blood pressure|drought|crop failure|high prices|hunger|overheating|a fire|smoke|an alarm|deforestation|
            soil erosion|landslides|road damage|strong wind|fallen trees|a storm|big waves|ice|accidents|exercise|fitness|good mood|
            studying|knowledge|good grades|inflation|lower demand|job losses|pollution|illness|absence|delays|complaints|
            a virus|fever|weakness|lack of water|dry soil|weak plants|more sunlight|warm water|melting snow|a high river|noise|
            headache|anger|a bug|a crash|lost data|low battery|shutdown|missed calls|panic""".replace("\n", "").split(
            "|"
        ),
        "heldout": """thick fog|a late bus|a missed lecture|low marks|worry|loud music|sleepless neighbours|a quarrel|spilled oil|
            a slippery floor|a fall|a broken arm|falling sales|budget cuts|fewer staff|slow service|an earthquake|a broken dam|
            wet cellars|mould""".replace("\n", "").split("|"),
    },
    "zh": {
        "train": """大雨|洪水|堵车|迟到|停电|黑暗|压力|失眠|疲劳|失误|吸烟|高血压|干旱|歉收|涨价|饥饿|过热|火灾|浓烟|警报|砍伐森林|水土流失|
            山体滑坡|道路损坏|大风|树木倒下|风暴|大浪|结冰|事故|锻炼|体力好|心情好|学习|知识增加|成绩提高|通货膨胀|需求下降|失业|污染|生病|
            缺勤|延误|投诉|病毒|发烧|虚弱|缺水|土壤干燥|植物枯萎|阳光增多|水温升高|积雪融化|河水上涨|噪音|头痛|生气|程序错误|系统崩溃|
            数据丢失|电量低|关机|漏接电话|恐慌""".replace("\n", "")
        .replace(" ", "")
        .split("|"),
        "heldout": """大雾|班车晚点|缺课|分数低|担心|音乐太响|邻居睡不着|争吵|漏油|地板打滑|摔倒|骨折|销量下滑|预算削减|人手不足|服务变慢|地震|
            水坝破裂|地下室进水|发霉""".replace("\n", "")
        .replace(" ", "")
        .split("|"),
    },
}
EVENTS = {lang: {s: [e.strip() for e in pool] for s, pool in splits.items()} for lang, splits in EVENTS.items()}
PARTS = {
    "en": {
        "train": "pump valve sensor cable server disk fan motor network database filter pipe brake engine".split(),
        "heldout": "router turbine gearbox compressor relay".split(),
    },
    "zh": {
        "train": "水泵 阀门 传感器 电缆 服务器 硬盘 风扇 电机 网络 数据库 滤网 管道 刹车 发动机".split(),
        "heldout": "路由器 涡轮 变速箱 压缩机 继电器".split(),
    },
}
FAULTS = {
    "en": "failure leak overload error damage wear delay vibration".split(),
    "zh": "故障 泄漏 过载 错误 损坏 磨损 延迟 振动".split(),
}


def events(rng: random.Random, language: str, split: str, count: int) -> list[str]:
    """Distinct event names: everyday ones, machine faults, or plain labels such as 'event K'."""
    style = rng.random()
    chosen: list[str] = []
    while len(chosen) < count:
        event = _event(rng, language, split, style)
        if event not in chosen:
            chosen.append(event)
    return chosen


def _event(rng, language, split, style):
    zh = language == "zh"
    if style < 0.12:
        letter = rng.choice("ABCDEFGHKLMNPQRSTUVWXYZ")
        return letter if style < 0.06 else (f"事件{letter}" if zh else f"event {letter}")
    if style < 0.3:
        part = rng.choice(PARTS[language][split])
        if split == "train" and rng.random() < 0.4:
            part = made_up_han(rng, rng.randint(1, 3)) if zh else some_word(rng)
        return part + ("" if zh else " ") + rng.choice(FAULTS[language])
    event = rng.choice(EVENTS[language][split])
    if split == "train" and rng.random() < 0.6:
        event = made_up_han(rng, rng.randint(1, 5)) if zh else _made_up_phrase(rng)
    return event if split == "heldout" or event not in EVENTS[language]["heldout"] else "x"


def _made_up_phrase(rng):
    """'a quick lantern', 'fewer maps', 'trade growth': of words and made-up words."""
    words = [some_word(rng) if rng.random() < 0.7 else rng.choice(WORDS["noun"]) + "s"]
    if rng.random() < 0.6:
        words.insert(0, rng.choice(WORDS["adjective"]) if rng.random() < 0.6 else some_word(rng))
    if rng.random() < 0.35:
        words.insert(
            0,
            rng.choice(
                (
                    "a",
                    "a",
                    "an" if words[0][0] in "aeiou" else "a",
                    "the",
                    "more",
                    "less",
                    "no",
                    "too much",
                    "lack of",
                    "fear of",
                )
            ),
        )
    return " ".join(words)
