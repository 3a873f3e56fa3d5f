#!/usr/bin/env python3
"""Writes the golden file that the gateway's Jinja is held to: small templates and what Python's jinja2 makes of them.

    jinja_gold.py [OUT]           OUT defaults to gateway/src/test/resources/jinja/gold.json

Environment and functions are those that transformers compiles chat templates with, the clock stopped. Each case:
  {template, context, ok: text} or {template, context, err: message}; unsupported: true where the gateway refuses what jinja2 renders.
Needs: jinja2.
"""
import copy
import json
import pathlib
import sys
from datetime import datetime

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 11, 22, 13, 47, 5)


class Generation(jinja2.ext.Extension):
    """The block that transformers marks an assistant's text with; it renders its body."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                        extensions=[Generation, jinja2.ext.loopcontrols])

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


CONTEXT = {
    "t": True, "f": False, "nil": None, "i": 7, "neg": -3, "big": 2 ** 70, "x": 1.5, "e": "", "s": "Hello, World",
    "sp": "  two  words \n", "uni": "Grüße 你好 😀!", "q": "it's \"quoted\"", "html": "<a href='x'>&</a>",
    "l": [3, 1, 2], "ls": ["b", "A", "c"], "el": [], "d": {"k": "v", "n": 1, "items": "own"}, "ed": {},
    "nest": {"a": {"b": [1, {"c": "deep"}]}}, "mix": [1, "a", None, True, 2.0, [1], {"z": 0}],
    "users": [{"name": "Bo", "age": 30, "tags": ["x"]}, {"name": "al", "age": 25}, {"name": "Cy", "age": 30, "tags": []}],
    "lines": "one\n\n  two\nthree\n", "think": "<think>\nbecause\n</think>\n\nanswer", "ctl": "a\tb\nc\\d\u0001\u007f",
}

# Each line is one expression; some fail on purpose.
EXPRESSIONS = r"""
i + 1
i - 10
i * 3
i / 2
7 // 2
-7 // 2
7 % 3
-7 % 3
7 % -3
7.5 % 2
-7.5 % 2
7.5 // 2
-7.5 // 2
2 ** 10
2 ** -1
2 ** 0.5
-2 ** 2
2 ** 3 ** 2
big
big * big
big // 3
big / 3
1 / 0
1 // 0
1 % 0
1.0 / 0
0.1 + 0.2
1e16
1e15
123456789012345678.0
1e-4
1e-5
1.5e300 * 1e10
1e308 * 10
1.0
100.0
x
-x
+i
- - i
1_000
0x1F
0o17
0b101
1 + 1.0
true + 1
t + t
-t
"a" + "b"
"a" + 1
1 + "a"
"a" * 3
3 * "ab"
"a" * -1
"a" * 1.5
[1] + [2]
[1] * 2
[1] + (2,)
(1,) + (2,)
l + nil
undefinedvar + 1
1 + undefinedvar
"a" ~ 1 ~ none ~ true ~ 1.0 ~ [1]
"a" ~ undefinedvar
1 ~ 2 + 3
2 + 3 ~ 4 * 5
not t
not e
not not l
t and f
e or "x"
l and "y"
nil or 0 or "" or "last"
1 < 2 < 3
1 < 3 < 2
1 == 1.0
true == 1
"a" == "a"
"a" != "b"
[1, 2] == [1, 2]
(1, 2) == [1, 2]
{"a": 1} == {"a": 1.0}
none == false
undefinedvar == undefinedvar
undefinedvar == none
undefinedvar != none
"a" < "b"
"B" < "a"
"😀" < "ﬀ"
"a" < 1
none < 1
[1, 2] < [1, 3]
[1] < [1, 2]
1 < undefinedvar
big > 1.0
i >= 7
"a" in s
"World" in s
"" in s
1 in l
9 in l
"k" in d
"v" in d
1 in s
x in nil
1 in 5
"x" not in s
undefinedvar in l
"a" in undefinedvar
1 in range(3)
s
nil
t
f
e
l
ls
d
ed
el
nest
mix
uni
q
[q]
[html, uni]
["it's", 'say "x"', 'both \' and "']
ctl
[ctl]
{"a": "b", 1: 2, none: true, 1.5: (1,), (1, 2): []}
()
(1,)
(1, 2)
[[], {}, ()]
(l)
undefinedvar
[undefinedvar]
undefinedvar.attr
undefinedvar["x"]
undefinedvar()
nil.x
nil["x"]
nil.x.y
i.x
s.nope
s["nope"]
l.nope
d.nope
d["nope"]
d.k
d["k"]
d.n
d.items
d["items"]
ed["keys"] is defined
ed.keys is defined
ed.get is callable
nest.a.b[1].c
nest["a"]["b"][0]
nest.a.b.1.c
l[0]
l[-1]
l[5]
l[-5]
l["a"]
l[1.0]
l[t]
s[0]
s[-1]
s[100]
uni[-2]
uni[6]
uni | length
l[1:]
l[:1]
l[:-1]
l[::-1]
l[::2]
l[-2:]
l[5:]
l[1:0]
l[2:0:-1]
l[::0]
l[none:2]
s[1:4]
s[::-1]
s[-5:]
s[:-7]
s[::3]
uni[::-1]
uni[-3:]
uni[2:8]
"abc"[5:]
"abc"[-2:-1]
"abc"[1:none]
"abc"[2:0:-1]
(1,2,3)[1:]
range(10)[2:8:2] | list
range(5) | list
range(1, 4) | list
range(5, 0, -2) | list
range(0) | list
range(3)
range(1, 10, 3)
range(10)[3]
range(10)[-1]
range(1000000)
range(1.5)
range(3).start
nil[1:]
d[1:]
undefinedvar[1:]
l["a":]
"a" if t else "b"
"a" if f else "b"
"a" if f
("a" if f) is defined
1 if f else 2 if f else 3
[1 if t else 2, 3]
namespace(a=1).a
namespace(a=1).b is defined
namespace({"a": 2}, b=3).b
namespace(a=1)["a"]
dict(a=1, b=2)
dict({"x": 1}, y=2)
dict([("a", 1), ("b", 2)])
dict() | length
s.upper()
s.lower()
s.title()
s.capitalize()
s.swapcase()
"ǆ ß ŉ".title()
"ß".upper()
"ß".capitalize()
"they're bill's".title()
"they're bill's-x (y)" | title
"HELLO wORLD" | title
"HELLO wORLD" | capitalize
sp.strip()
sp.lstrip()
sp.rstrip()
"xxaxx".strip("x")
"xyaxy".lstrip("xy")
"xyaxy".rstrip("yx")
"a".strip(none)
"\u00a0\u2003a\u3000".strip() | length
"a b  c".split()
" a b ".split()
"a,b,,c".split(",")
"a,b,,c".split(",", 1)
"a b c d".split(none, 2)
"a b c d".split(maxsplit=1)
" a  b c ".split(none, 1)
"a".strip(chars="a")
"a".startswith(prefix="a")
"a,b,c".rsplit(",", 1)
" a b  c ".rsplit(none, 1)
"".split()
"".split(",")
"abc".split("")
"a<sep>b<sep>c".split("<sep>")
lines.splitlines()
lines.splitlines(true)
"a\r\nb\rc\x0bd".splitlines()
"".splitlines()
s.startswith("Hello")
s.startswith(("x", "He"))
s.startswith("ello", 1)
s.endswith("World")
s.endswith(("a", "ld"))
s.endswith("lo", 0, 5)
s.startswith(1)
s.replace("l", "L")
s.replace("l", "L", 1)
s.replace("l", "L", 0)
"aaa".replace("", "-")
"a😀".replace("", "-")
"aaa".replace("a", "aa")
s.find("o")
s.rfind("o")
s.find("zz")
uni.find("!")
s.index("W")
s.index("zz")
s.rindex("o")
s.count("l")
s.count("l", 5)
"aaaa".count("aa")
"abc".count("")
",".join(ls)
",".join("abc")
",".join([1])
", ".join(d)
"{} and {}".format(1, "b")
"{0}{1}{0}".format("a", "b")
"{a}-{b}".format(a=1, b=none)
"{:>5}|{:<5}|{:^5}".format("a", "b", "c")
"{:05d}".format(42)
"{:.2f}".format(3.14159)
"{:,}".format(1234567)
"{:,.1f}".format(1234567.25)
"{{}} {}".format(1)
"{!r}".format("a")
"{}".format()
"{".format(1)
"}".format(1)
"{:*^7}".format("ab")
"{:6.2f}|".format(x)
"{:d}".format(3)
"{:d}".format("a")
"%s and %d" % ("a", 3)
"%s" % "x"
"%s" % none
"%5s|%-5s|%05d|%+d" % ("a", "b", 42, 3)
"%.2f %5.1f" % (3.14159, 2.25)
"%x %X %o" % (255, 255, 8)
"%%" % ()
"%r" % "a"
"%(a)s %(b)d" % {"a": 1, "b": 2}
"%s %s" % ("a",)
"%s" % ("a", "b")
"%d" % "a"
"%" % 1
"%.3s" % "abcdef"
"%d" % 3.9
"a%sb" % l
"12".isdigit()
"1a".isdigit()
"".isdigit()
"abc".isalpha()
"ab1".isalnum()
" \t".isspace()
"ABC".isupper()
"abc1".islower()
"Abc".islower()
"1".isupper()
"é".isascii()
"42".zfill(5)
"-42".zfill(5)
"a".ljust(3) ~ "|"
"a".rjust(3, "*")
"a".center(4, "-")
"ab".center(5, "-")
"a" | center(6) ~ "|"
"abc" | center(6) ~ "|"
"prefix-x".removeprefix("prefix-")
"x.txt".removesuffix(".txt")
"a=b=c".partition("=")
"a=b=c".rpartition("=")
"abc".partition("=")
"abc".nosuchmethod is defined
d.get("k")
d.get("zz")
d.get("zz", 5)
d.get("zz", default=5)
d.get()
d.keys()
d.values()
ed.items()
nest.items()
d.keys() | list
nest.items() | list
d.copy()
d.update({"a": 1})
d.pop("k")
d.pop is defined
d.clear
l.append(4)
l.append is defined
l.index(1)
l.index(9)
l.count(3)
(1, 2, 1).count(1)
l.pop()
l.sort()
s.encode()
i.bit_length()
s.__class__
s.__class__.__mro__
d.__len__
s | length
l | length
d | length
i | length
nil | length
undefinedvar | length
l | count
s | upper
s | lower
5 | upper
nil | lower
sp | trim
"xxaxx" | trim("x")
5 | trim
undefinedvar | trim
undefinedvar | upper
s | replace("l", "L")
s | replace("l", "L", 1)
5 | replace("5", 6)
lines | indent
lines | indent(2)
lines | indent(2, true)
lines | indent(2, true, true)
lines | indent(width="> ", first=true)
"one" | indent
"" | indent ~ "|"
"a\n" | indent ~ "|"
undefinedvar | indent
l | sort
l | sort(reverse=true)
ls | sort
ls | sort(case_sensitive=true)
users | sort(attribute="age") | map(attribute="name") | list
users | sort(attribute="age,name") | map(attribute="name") | list
users | sort(attribute="name", reverse=true) | map(attribute="name") | join(",")
mix | sort
l | reverse
l | reverse | list
"abc" | reverse
l | first
l | last
el | first
el | last
"abc" | first
"abc" | last
d | first
d | last
nil | first
l | join
l | join(", ")
users | join(", ", attribute="name")
mix | join("|")
"abc" | join("-")
nil | join
undefinedvar | join(",")
l | list
"ab😀" | list
d | list
nil | list
l | min
l | max
ls | min
ls | max(case_sensitive=true)
users | max(attribute="age")
el | min
l | sum
users | sum(attribute="age")
users | sum(attribute="age", start=10)
[[1],[2]] | sum(start=[])
["a"] | sum
[1,1.0,true,2,"a","A"] | unique | list
users | unique(attribute="age") | map(attribute="name") | list
range(7) | batch(3) | list
range(7) | batch(3, "x") | list
l | map("string") | list
ls | map("upper") | list
ls | map("replace", "b", "z") | list
users | map(attribute="name") | list
users | map(attribute="tags.0") | list
users | map(attribute="nope", default="-") | list
users | map("length") | list
l | map
l | map(attribute="a", bogus=1)
[1, 0, "", "x"] | select | list
[1, 0, "", "x"] | reject | list
l | select("gt", 1) | list
l | select("odd") | list
l | reject("even") | list
l | select("in", [1, 2]) | list
users | selectattr("tags") | map(attribute="name") | list
users | selectattr("age", "equalto", 30) | map(attribute="name") | list
users | selectattr("age", "lt", 30) | list
users | rejectattr("age", "==", 30) | map(attribute="name") | list
users | selectattr("tags", "defined") | list | length
users | rejectattr("tags") | list | length
nil | selectattr("a") | list
undefinedvar | map("upper") | list
l | select("divisibleby", 3) | list
l | select("odd") | length
l | select("odd") | first
l | select("odd") | tojson
d | items | list
nest | items | list
undefinedvar | items | list
l | items | list
d | dictsort
d | dictsort(by="value")
{"b": 1, "A": 2} | dictsort
{"b": 1, "A": 2} | dictsort(true)
{"b": 1, "a": 2} | dictsort(false, "value", true)
l | dictsort
nil | default("x")
undefinedvar | default("x")
undefinedvar | default
e | default("x")
e | default("x", true)
nil | d("x", boolean=true)
undefinedvar.a | default("x")
d.nope | default("x")
"3" | int
"3.7" | int
3.7 | int
-3.7 | int
"x" | int
"x" | int(5)
"x" | int(default=5)
"ff" | int(0, 16)
"0xff" | int(0, 16)
nil | int
l | int
t | int
"1_000" | int
" 12 " | int
"1e3" | int
"3.5" | float
"x" | float
"x" | float(1.5)
3 | float
"1e400" | float
"inf" | float
nil | float
undefinedvar | int
undefinedvar | float
-3 | abs
-3.5 | abs
"a" | abs
3.14159 | round(2)
2.5 | round
3.5 | round
-2.5 | round
2.675 | round(2)
42.55 | round(1, "floor")
42.51 | round(1, "ceil")
42 | round
1234 | round(-2)
"a" | round
s | string
5 | string
[1] | string
html | safe
html | e
html | escape
(html | safe) ~ "<b>"
(html | safe) + "<b>"
"<b>" + (html | safe)
(html | safe) | length
(html | safe) == html
[html | safe]
html | safe | tojson
l | tojson
d | tojson
nest | tojson
mix | tojson
uni | tojson
q | tojson
html | tojson
ctl | tojson
x | tojson
1e20 | tojson
nil | tojson
t | tojson
big | tojson
el | tojson(indent=2)
ed | tojson(indent=2)
nest | tojson(indent=2)
nest | tojson(indent=4)
d | tojson(separators=(",", ":"))
d | tojson(ensure_ascii=true)
uni | tojson(ensure_ascii=true)
{"b": 1, "a": 2} | tojson(sort_keys=true)
{1: 2, none: 3, true: 4, 1.5: 5} | tojson
(1, 2) | tojson
undefinedvar | tojson
range(3) | tojson
d | tojson(indent="--")
{"a": undefinedvar} | tojson
"%s-%s" | format("a", 1)
"%(a)s" | format(a=1)
s | wordcount
"it's two" | wordcount
d | attr("k")
l | attr("nope") is defined
s | first | upper
i is odd
i is even
4 is even
i is divisibleby 7
i is divisibleby(2)
i is defined
undefinedvar is defined
undefinedvar is undefined
d.nope is defined
nest.a.zz is undefined
nil is none
i is none
undefinedvar is none
t is boolean
i is boolean
t is true
1 is true
f is false
0 is false
i is integer
t is integer
x is float
i is float
i is number
t is number
"1" is number
s is string
i is string
undefinedvar is string
d is mapping
l is mapping
l is sequence
s is sequence
d is sequence
i is sequence
undefinedvar is sequence
range(3) is sequence
d.items() is sequence
l is iterable
s is iterable
d is iterable
i is iterable
nil is iterable
undefinedvar is iterable
(l | select) is iterable
range is callable
s is callable
s.upper is callable
"abc" is lower
"ABC" is upper
"aB" is lower
nil is sameas none
t is sameas true
s is sameas s
1 is in [1, 2]
3 is in l
"a" is in "abc"
4 is not in l
i is eq 7
i is equalto(7)
i is ne 7
i is gt 5
i is greaterthan 7
i is ge 7
i is lt 8
i is lessthan 3
i is le 7
"upper" is filter
"nope" is filter
"odd" is test
html | safe is escaped
i is not defined
i is not odd
not i is odd
t is defined and i is odd
i is divisibleby 7 and t
"a" is string or f
i is odd is true
i is nosuchtest
i | nosuchfilter
l | map("nosuchfilter") | list
l | select("nosuchtest") | list
s | trim(bogus=1)
s.strip(1, 2)
lipsum()
"abc"["upper"]()
d["get"]("k")
-i | abs
(-i) | abs
- i.x | default(3)
i + -1
2 * -3
s | length > 3
s | length + 1
l | length == 3 and t
"a" "b" 'c'
'\x41\u00e9\U0001f600\101\0\n\t\\\'\"'
"\q \d"
"line\
continued"
"{{ not code }}"
'{% also not %}'
{"a": {"b": {"c": 1}}}.a.b.c
[[1, 2], [3]][0][1]
(l | sort)[0]
strftime_now("%Y-%m-%d %H:%M:%S")
strftime_now("%d %b %Y, %A %B %j %y %I %p %a %e %-d %-m %%")
strftime_now("%c|%x|%X|%D|%T|%F|%R|%u|%w|%V|%G|%f|%z|%Z")
raise_exception("refused: " ~ s)
raise_exception()
t if
i +
(i
l[
"unclosed
i i
i @ 2
d.
| upper
i |
i is
{"a" 1}
[1 2]
foo(
nil.foo()
s.foo.bar
users[0].name.upper().lower() | title
think.split("</think>")[-1].lstrip("\n")
think.split("</think>")[0].rstrip("\n").split("<think>")[-1].strip("\n")
[1,2,3,] | length
{"a": 1,}.a
("a",)[0]
1.
.5
1..real
1 if
"a".join
x.real
i if i else
true
True
none
None
false
nothing
""".strip("\n").split("\n")

# Joined continuation: the one literal that spans lines.
TEMPLATES = [
    "a\n",
    "a\n\n",
    "\n",
    "",
    "{{ i }}\n{{ i }}\n",
    "  {% if t %}\nx\n  {% endif %}\ny",
    "  {%+ if t %}\nx\n  {%+ endif +%}\ny",
    "a  {%- if t -%}  b  {%- endif -%}  c",
    "a\n\n{{- i -}}\n\nb",
    "a {{ i -}} b {{- i }} c",
    "{# c #}\nx{# d #}\n y\n  {# e #}\nz",
    "{#- c -#}  x  {#- d -#}  y",
    "x\n{%- set y = 1 %}\n\nz",
    "{% raw %}{{ a }} {% b %}{% endraw %}",
    "  {% raw -%}  {{ a }}  {%- endraw %}\nx",
    "{% raw %}\n a\n{% endraw %}\nb",
    "a\r\nb\rc\n",
    "{{ 'a\r\nb' }}",
    "{% if t %}1{% elif f %}2{% else %}3{% endif %}",
    "{% if f %}1{% elif t %}2{% else %}3{% endif %}",
    "{% if f %}1{% elif nil %}2{% else %}3{% endif %}",
    "{% if f %}1{% endif %}",
    "{% if t: %}colon{% endif %}",
    "{% for x in l %}{{ x }},{% endfor %}",
    "{% for x in el %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in l if x > 1 %}{{ loop.index }}:{{ x }}/{{ loop.length }} {% endfor %}",
    "{% for x in l if x > 9 %}{{ x }}{% else %}nothing{% endfor %}",
    "{% for x in l %}{{ loop.first }} {{ loop.last }} {{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }} {{ loop.depth }}\n{% endfor %}",
    "{% for x in l %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}",
    "{% for x in l %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1,1,2,2,1] %}{{ loop.changed(x) }} {% endfor %}",
    "{% for k, v in nest.items() %}{{ k }}={{ v }}{% endfor %}",
    "{% for k, v in d | dictsort %}{{ k }}={{ v }};{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3)), (4, (5, 6))] %}{{ a }}{{ b }}{{ c }} {% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
    "{% for a, b in [1] %}{{ a }}{% endfor %}",
    "{% for c in uni %}[{{ c }}]{% endfor %}",
    "{% for k in d %}{{ k }} {% endfor %}",
    "{% for x in undefinedvar %}{{ x }}{% else %}empty{% endfor %}",
    "{% for x in nil %}{{ x }}{% endfor %}",
    "{% for x in i %}{{ x }}{% endfor %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in range(3) %}{% for y in range(2) %}{{ loop.index }}{{ x }}{{ y }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for x in l %}{% set outer = loop %}{% for y in ls %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% else %}no{% endfor %}|",
    "{% for x in l %}{% break %}{% else %}none{% endfor %}|",
    "{% break %}",
    "{% for x in l %}{% continue %}{% else %}none{% endfor %}|",
    "{% for x in l %}{% if loop.index == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}|",
    "{% macro m(caller=none) %}{{ caller is none }}{% endmacro %}{{ m() }}",
    "{% macro m(varargs) %}{{ varargs }}{% endmacro %}{{ m(1) }}",
    "{% macro m() %}{{ kwargs.a }}{% endmacro %}{{ m(a=1) }}{{ m() }}",
    "{% macro m() %}{% for k in kwargs %}{{ k }}{% endfor %}{% endmacro %}{% call m(b=1) %}x{% endcall %}",
    "{% macro outer() %}{% macro inner() %}{{ caller() }}{% endmacro %}{% call inner() %}in{% endcall %}{% endmacro %}{{ outer() }}",
    "{% for x in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% for x in l %}{{ loop }}{% endfor %}",
    "{% for x in l %}{{ loop.nope is defined }}{% endfor %}",
    "{{ loop is defined }}",
    "{% for x in l %}{% set i = x %}{% endfor %}{{ i }}",
    "{% set i = 0 %}{% for x in l %}{% set i = i + x %}{{ i }} {% endfor %}{{ i }}",
    "{% set ns = namespace(n=0) %}{% for x in l %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}",
    "{% set ns.n = 1 %}",
    "{% set d.n = 1 %}",
    "{% set loop = 1 %}{{ loop }}",
    "{% for loop in l %}{% endfor %}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a, b = l %}{{ a }}",
    "{% set a = 1, 2 %}{{ a }}",
    "{% set a %}x{{ i }}y{% endset %}[{{ a }}]",
    "{% set a | upper | trim %} x{{ s }} {% endset %}[{{ a }}]",
    "{% set a %}{% set b = 5 %}{% endset %}{{ b is defined }}",
    "{% if t %}{% set z = 1 %}{% endif %}{{ z }}",
    "{% if f %}{% set z = 1 %}{% endif %}{{ z is defined }}",
    "{% if f %}{% set i = 1 %}{% endif %}{{ i }}",
    "{% with a = 1, b = i %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% with %}{% set q2 = 1 %}{{ q2 }}{% endwith %}{{ q2 is defined }}",
    "{% filter upper %}a{{ s }}{% endfilter %}",
    "{% filter indent(2) | upper %}a\nb{% endfilter %}",
    "{% filter replace('a', 'b') %}aa{% endfilter %}",
    "{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 2) }} {{ m(b=3, a=4) }} [{{ m() }}]",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(z=2) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, z=3) }}",
    "{% macro m(a) %}{{ a }}{{ varargs | join(',') }}{% endmacro %}{{ m(1, 2, 3) }}",
    "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ i }}{% set i = 3 %}{% endmacro %}{{ m() }}{{ i }}",
    "{% set g = 1 %}{% macro m() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ m() }}",
    "{% for x in l %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro fact(n) %}{% if n < 2 %}1{% else %}{{ n * (fact(n - 1) | int) }}{% endif %}{% endmacro %}{{ fact(10) }}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{{ i }}{% endcall %}",
    "{% macro m() %}[{{ caller('a', 2) }}]{% endmacro %}{% call(x, y=3) m() %}{{ x }}{{ y }}{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call 5 %}in{% endcall %}",
    "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*l) }}",
    "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}",
    "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m(x) -%}\n  {{ x }}\n{%- endmacro %}[{{ m(1) }}]",
    "{{ m(1) }}{% macro m(x) %}{{ x }}{% endmacro %}",
    "{% macro m() %}{{ m }}{% endmacro %}{{ m() }}",
    "{% generation %}a{{ i }}{% set zz = 1 %}{% endgeneration %}{{ zz is defined }}",
    "{% for x in l %}{% generation %}{{ x }}{{ loop.index }}{% endgeneration %}{% endfor %}",
    "{% for x in nest.a.b recursive %}{{ loop.depth }}{% if x is mapping %}{{ loop([7, 8]) }}{% else %}{{ x }}{% endif %};{% endfor %}",
    "{% for x in l %}{{ loop([1]) }}{% endfor %}",
    "{% set g = users | selectattr('tags') %}{{ g | list | length }}{{ g | list | length }}",
    "{% for u in users | selectattr('age', 'gt', 26) %}{{ u.name }}{{ loop.last }}{{ loop.length }} {% endfor %}",
    "{% set ns = namespace(on=true) %}{% for x in l if ns.on %}{{ x }}{% set ns.on = false %}{% endfor %}",
    "{% set ns = namespace(on=true) %}{% for x in l if ns.on %}{{ x }}{{ loop.last }}{% set ns.on = false %}{% endfor %}",
    "{% set m = 'x' %}{% set m %}{{ m }}y{% endset %}{{ m }}",
    "{% filter upper %}{{ i }}{% endfilter %}{% set i = 1 %}{{ i }}",
    "{% for x in [1] %}{{ s }}{{ i }}{% endfor %}{% set s = 'later' %}{{ s }}",
    "{{ s }}{% for x in [1] %}{{ s }}{% endfor %}{% set s = 'later' %}{{ s }}",
    "{% for x in [1] %}{{ s }}{% endfor %}{% if t %}{% set s = 'later' %}{% endif %}{{ s }}",
    "{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% set i = 2 %}{{ m() }}",
    "{% set s %}<{{ s }}>{% endset %}{{ s }}",
    "{% for x in [1] %}{% filter upper %}{{ s }}{% endfilter %}{% set s = 'in' %}{{ s }}{% endfor %}{{ s }}",
    "{% for x in [1, 2] %}{% filter upper %}{{ z }}{% endfilter %}{% set z = x %}{% endfor %}",
    "{% with a = s %}{% for x in [1] %}{{ i }}{% endfor %}{% set i = 3 %}{{ i }}{% endwith %}{{ i }}",
    "{% for x in l %}{% else %}{{ s }}{% endfor %}{% set s, i = 1, 2 %}",
    "{{ 0.0 // -1 }}{{ -0.0 }}{{ 5.0 // 0.1 }}{{ 'a' % [1] }}{{ 1.5 is odd }}{{ '%s' is divisibleby 3 }}",
    "{% include 'x' %}",
    "{% extends 'x' %}",
    "{% import 'x' as y %}",
    "{% block a %}x{% endblock %}",
    "{% do l.append(1) %}",
    "{% autoescape true %}{{ html }}{% endautoescape %}",
    "{% unknown %}",
    "{% if t %}",
    "{% for x in l %}",
    "{% endif %}",
    "{% if t %}{% endfor %}",
    "{% else %}",
    "{% set %}",
    "{% set a = %}",
    "{% set 1 = 2 %}",
    "{% set a.b.c = 2 %}",
    "{% for in l %}{% endfor %}",
    "{% for x l %}{% endfor %}",
    "{{ }}",
    "{% %}",
    "{{ i",
    "{% if t",
    "{# open",
    "{% raw %}open",
    "{{ i }",
    "}} {{ i }} %}",
    "{ { i } }",
    "{{ {'a': {'b': 1}} }}",
    "{{{'a': 1}}}",
    "{{ i }}{{ i }}{{- ' ' -}}{{ i }}",
    "{% print i %}",
    "{{ 'a' if t else raise_exception('x') }}{{ t or raise_exception('x') }}",
    "{% if t or raise_exception('x') %}ok{% endif %}",
    "{{ raise_exception('Conversation roles must alternate') }}",
    "{% if users[0].tags[0] == 'x' and users[1].tags is not defined %}ok{% endif %}",
    "{%- for u in users -%}\n{{ u.name }}\n{%- if not loop.last %}, {% endif -%}\n{%- endfor %}",
    "{% set x = [] %}{% for u in users %}{% set x = x + [u.name] %}{% endfor %}{{ x }}",
    "{% set ns = namespace(x=[]) %}{% for u in users %}{% set ns.x = ns.x + [u.name] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace() %}{% set ns.f = 1 %}{{ ns.f }}{{ ns.g is defined }}",
    "{% set ns = namespace(a=1) %}{{ ns.a.b is defined }}{{ ns.items is defined }}",
    "{{ [1, 2] | map('pprint') | list }}",
    "{{ s | truncate(5) }}",
    "{{ s | urlencode }}",
    "{{ 1000 | filesizeformat }}",
    "{% trans %}x{% endtrans %}",
    "{%- if t -%}\n\n\n  a\n\n{%- endif -%}\n b",
    "   {%- if t %}   \n a {% endif %}   \nb",
    "\t{% if t %}\tx\t{% endif %}\t\ny",
    "x {% if t %} y {% endif %} z",
    "x\n {# c #} \ny",
    "x\n {{ i }} \ny",
    "{% if t %}\n\n\na{% endif %}",
    "{%if t%}a{%endif%}{{i}}",
    "{%-if t-%} a {%-endif-%}",
]

CHATML = """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- if tools %}
    {{- '# Tools\\n<tools>' }}
    {%- for tool in tools %}
        {{- '\\n' }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- '\\n</tools>\\n' }}
{%- endif %}
{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == 'user' and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == 'assistant' %}
        {%- set reasoning = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|im_start|>assistant\\n' }}
        {%- if loop.index0 > ns.last and (loop.last or reasoning) %}
            {{- '<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' }}
        {%- endif %}
        {{- content }}
        {%- for call in message.tool_calls or [] %}
            {%- if call.function %}{%- set call = call.function %}{%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' ~ call.name ~ '", "arguments": ' }}
            {{- call.arguments if call.arguments is string else call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\\n<tool_response>\\n' + content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{- '<|im_end|>\\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""

HEADERS = """{{- bos_token }}
{%- if extra_tools is defined %}{%- set tools = extra_tools %}{%- endif %}
{%- if not today is defined %}
    {%- if strftime_now is defined %}{%- set today = strftime_now("%d %b %Y") %}{%- else %}{%- set today = "some day" %}{%- endif %}
{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = "" %}
{%- endif %}
{{- "<|head|>system<|body|>\\n\\n" }}
{%- if shell_tools is defined or tools is not none %}
    {{- "Shell: on\\n" }}
{%- endif %}
{{- "Today is " + today + "\\n\\n" }}
{%- if tools is not none %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system + "<|over|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'shell' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|head|>' + message['role'] + '<|body|>\\n\\n' + message['content'] | trim + '<|over|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One tool call at a time, please") }}
        {%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|head|>assistant<|body|>\\n\\n' -}}
        {{- '{"name": "' + call.name + '", "parameters": ' }}
        {{- call.arguments | tojson }}
        {{- "}<|over|>" }}
    {%- else %}
        {{- "<|head|>shell<|body|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|over|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|head|>assistant<|body|>\\n\\n' }}
{%- endif %}
"""

INSTRUCTIONS = """{{ bos_token }}{% if messages[0]["role"] == "system" %}{% set instructions = messages[0]["content"] %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}
{%- set questions = rest | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace(index=0) %}
{%- for message in rest %}
    {%- if not (message.role == "tool" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("user and assistant must take turns") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{%- for message in rest %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == questions[-1]) %}
            {{- "[TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}{{- '"' + key + '": "' + val + '"' }}{%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}
                    {%- if not loop.last %}{{- ", " }}{%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/TOOLS]" }}
        {%- endif %}
        {%- if loop.last and instructions is defined %}
            {{- "[INST] " + instructions + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("a tool call needs an id of nine characters") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" + eos_token }}{%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- elif message["role"] == "tool" %}
        {{- '[RESULTS] {"content": ' + message.content|string + ', "call_id": "' + message.tool_call_id + '"}[/RESULTS]' }}
    {%- else %}
        {{- raise_exception("this role is unknown here") }}
    {%- endif %}
{%- endfor %}
"""

BARS = """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='', is_first_sp=true) %}{%- for message in messages %}{%- if message['role'] == 'system' %}{%- if ns.is_first_sp %}{% set ns.system_prompt = ns.system_prompt + message['content'] %}{% set ns.is_first_sp = false %}{%- else %}{% set ns.system_prompt = ns.system_prompt + '\\n\\n' + message['content'] %}{%- endif %}{%- endif %}{%- endfor %}{{ bos_token }}{{ ns.system_prompt }}{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and 'tool_calls' in message %}{%- set ns.is_tool = false -%}{%- for tool in message['tool_calls'] %}{%- if not ns.is_first %}{{'<｜Assistant｜><｜calls▁begin｜>' + tool['type'] + '<｜sep｜>' + tool['function']['name'] + '\\n```json\\n' + (tool['function']['arguments'] if tool['function']['arguments'] is string else tool['function']['arguments'] | tojson) + '\\n```'}}{%- set ns.is_first = true -%}{%- else %}{{'\\n' + tool['function']['name']}}{%- endif %}{%- endfor %}{{'<｜calls▁end｜>'}}{%- elif message['role'] == 'assistant' %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.is_output_first %}{{'<｜outputs▁begin｜>' + message['content']}}{%- set ns.is_output_first = false %}{%- else %}{{'\\n' + message['content']}}{%- endif %}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<｜outputs▁end｜>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}"""

TURNS = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set preface = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}
        {%- set preface = messages[0]['content'][0]['text'] + '\\n\\n' -%}
    {%- endif -%}
    {%- set rest = messages[1:] -%}
{%- else -%}
    {%- set preface = "" -%}
    {%- set rest = messages -%}
{%- endif -%}
{%- for message in rest -%}
    {%- set role = "model" if message['role'] == 'assistant' else message['role'] -%}
    {{ '<turn>' + role + '\\n' + (preface if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}{{ '<image>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("content of an unknown kind") }}
    {%- endif -%}
    {{ '</turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{ '<turn>model\\n' }}
{%- endif -%}
"""

MACROS = """{%- macro json_type(spec) %}
    {%- set basic = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"} %}
    {%- if basic[spec.type] is defined %}{{- basic[spec.type] }}
    {%- elif spec.type == "array" %}{{- "list[" + json_type(spec['items']) + "]" }}
    {%- elif spec.type == "object" %}{{- "dict" }}
    {%- elif spec.type is iterable and spec.type is not string %}{{- "Union[" + spec.type | join(", ") + "]" }}
    {%- else %}{{- "Any" }}{%- endif %}
{%- endmacro %}
{%- macro render_content(content) %}
    {%- if content is string %}{{- content }}
    {%- elif content is none or content is undefined %}{{- '' }}
    {%- else %}{%- for part in content %}{{- part.text if part is mapping and 'text' in part else raise_exception('unexpected part') }}{%- endfor %}{%- endif %}
{%- endmacro %}
{%- for tool in tools or [] %}
{{- tool.function.name }}(
    {%- for name, spec in (tool.function.parameters.properties | default({})).items() %}
        {{- name ~ ": " ~ json_type(spec) ~ (", " if not loop.last) }}
    {%- endfor %})
{% endfor %}
{%- for message in messages %}
    {%- generation %}{{ '<' ~ message.role | upper ~ '>' ~ render_content(message.content) }}{% endgeneration %}
    {%- if message.tool_calls %}{% for c in message.tool_calls %}{{ c.function.arguments | items | list if c.function.arguments is mapping else c.function.arguments }}{% endfor %}{% endif %}
{% endfor %}
{%- if add_generation_prompt %}<ASSISTANT>{% endif %}"""

CONVERSATIONS = {
    "user": {"messages": [{"role": "user", "content": "Hi there"}], "add_generation_prompt": True},
    "several": {"messages": [
        {"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Hi 你好 😀"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello!"}, {"role": "user", "content": "  2+2? "}],
        "add_generation_prompt": True, "enable_thinking": False},
    "tools": {"messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "abcdef123", "type": "function", "function": {
            "name": "weather", "arguments": {"city": "Zürich", "n": 1, "x": 1.5, "ok": True, "z": None, "l": [1, {}]}}}]},
        {"role": "tool", "tool_call_id": "abcdef123", "name": "weather", "content": "{\"t\": 21}"}],
        "tools": [{"type": "function", "function": {"name": "weather", "description": "Say \"how\" it is & é <b>", "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "integer"}},
                                             "kind": {"type": ["string", "null"]}}, "required": ["city"]}}}],
        "add_generation_prompt": True},
    "text tool calls": {"messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "abcdef123", "type": "function", "function": {
            "name": "weather", "arguments": "{\"city\": \"Z\"}"}}]}], "add_generation_prompt": False},
    "parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": " one "}, {"type": "text", "text": "two"}]}],
              "add_generation_prompt": True},
    "wrong order": {"messages": [{"role": "assistant", "content": "x"}, {"role": "assistant", "content": "y"}],
                    "add_generation_prompt": False},
    "unknown role": {"messages": [{"role": "user", "content": "a"}, {"role": "critic", "content": "y"}], "add_generation_prompt": True},
    "empty": {"messages": [], "add_generation_prompt": True},
}

# What jinja2 renders and the gateway refuses, on purpose: text with addresses, rare features, HTML.
UNSUPPORTED = {
    "%s" % name for name in [
        "{{ s.encode() }}", "{{ i.bit_length() }}", "{{ x.real }}", "{{ (html | safe) | upper }}",
        "{{ lipsum() }}", "{% set loop = 1 %}{{ loop }}", "{% block a %}x{% endblock %}",
        "{% autoescape true %}{{ html }}{% endautoescape %}", "{{ [1, 2] | map('pprint') | list }}", "{{ s | truncate(5) }}",
        "{{ s | urlencode }}", "{{ 1000 | filesizeformat }}",
    ]
}


def case(env, template, context):
    result = {"template": template, "context": context}
    try:
        values = CONTEXT if context == "values" else {
            "bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None, **CONVERSATIONS[context]}
        # A copy: the filter indent changes a list that it is given by mistake.
        result["ok"] = env.from_string(template).render(**copy.deepcopy(values))
    except Exception as error:  # noqa: BLE001 - every failure is a golden failure
        result["err"] = str(error)
    if " at 0x" in result.get("ok", "") or "<Macro " in result.get("ok", ""):
        result["unsupported"] = True
        del result["ok"]
    if template in UNSUPPORTED:
        result["unsupported"] = True
        result.pop("ok", None)
    return result


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "gateway/src/test/resources/jinja/gold.json")
    env = environment()
    expressions = "\n".join(EXPRESSIONS).replace("line\\\ncontinued", "line\\\x00continued").split("\n")
    templates = ["{{ " + e.replace("\x00", "\n") + " }}" for e in expressions] + TEMPLATES
    cases = [case(env, template, "values") for template in templates]
    for template in (CHATML, HEADERS, INSTRUCTIONS, BARS, TURNS, MACROS):
        cases += [case(env, template, name) for name in CONVERSATIONS]
    contexts = {"values": CONTEXT, **{
        name: {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None, **conversation}
        for name, conversation in CONVERSATIONS.items()}}
    lines = ",\n".join(json.dumps(c, ensure_ascii=True) for c in cases)
    out.write_text('{"contexts": ' + json.dumps(contexts, ensure_ascii=True) + ',\n"cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases,", sum("err" in c for c in cases), "errors,", sum(c.get("unsupported", False) for c in cases), "unsupported")


if __name__ == "__main__":
    main()
