"""Inputs that nobody means: real documents damaged as texts and as trees, and ones that are barely sound."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.kinds import kinds
from meshgen.source import read
from tests.property.documents import along, fields, sound, ways

ROOT = Path(__file__).parents[2]
KINDS = kinds()

# Each is written behind a key as it stands, so that it may break the lines around it.
VALUES = (
    *r"""
    ~ null '' "" [] {} [[[]]] {a:} {a:{b:{c:d}}} - ? : | > |2 >- @ ` % # & * ! !! *a &a &a{b:*a} [&a[*a],*a]
    !!binary !!python/object:os.system !x{} !<tag:a,2000:b> << {<<:*a} {<<:{port:80}} .nan -.inf 1e999 -1e999
    0 -0 -1 1.5 010 0x1F 0x_ 0o17 0b1 1_000 12:30 2024-01-01 1e3 65535 65536 100 100.001 0.001 33.333 1e-400
    999999999999999999 9999999999999999999 yes no on True none ambient 5s 0s 1ms 1h1h 9999999999h 1.00001s
    / // /a/ /a/../b /a?b=c /a#b /%2f /a%00 /{a} /** * ** *.a *.example.com {} {*} a=b a,b a:b ../.. C:\a -5s
    ( [a-z (a*)* (((((a{9}){9}){9}){9}){9}) a{1000} (?i)a (?P<a>b) (?=a) \1 \pL \Q*\E .* .+ ^a$ a| | [^/]*
    10.0.0.0/8 10.0.0.1/8 ::/0 0.0.0.0/33 1.2.3.4.5/8 fe80::%1/64 shop/cart shop/cart:http a/b/c /a a/ cart:0
    "\0" "\u0007" "\u2028" "\uFEFF" "\uFFFE" "\uD800" "\x85" "a\nb" 'a''b' "\q" "unclosed {unclosed [unclosed
    é ü 日本 😀 ٣٤ １２ ² İ ẞ Ⅷ :80 $(id) x{0}
    """.split(),
    *("a: b", " # nothing", "|\n      block\n      text", '"a\n\n  b"', "\t5s", "5s\x00", "5s\x1b[31m"),
    *("x" * 300, "x" * 5_000, "9" * 5_000, f"{'9' * 5_000}s", "a." * 200 + "a", "!!str 5s", "5s\ufeff"),
    *("(" * 2_000, "(a|" * 500 + "b" + ")" * 500, "[" * 70 + "]" * 70, "{a: " * 70 + "b" + "}" * 70),
)  # fmt: skip
BYTES = b"\x00\t\n\r\x1b \"#%&'*,-:>?@[]`{|}!\x7f\x80\x85\xc0\xe2\xff"
DIRECTIVES = ("%YAML 1.1\n---\n", "%YAML 3.0\n---\n", "%TAG ! tag:a,2000:\n---\n", "---\n", "...\n", "# a\n")
JSON_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, 1e308, float("nan"), float("inf"), 10**18, 10**400, "", " ", "a\nb"),
    *([], {}, [[]], [{}], [None], {"": ""}, {"a": None}, {"a": {"a": {"a": []}}}, {"<<": {"port": 80}}),
    *VALUES,
)  # fmt: skip


def _contents(paths: Iterable[Path]) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(paths))


def _keys() -> tuple[str, ...]:
    blocks = (shape for kind in KINDS.values() for found in ways(kind).values() for _, shape in found)
    return tuple(sorted({key for block in blocks for key in fields(block)}))


KEYS = _keys()
CASES = ROOT / "tests" / "cases"
TEXTS = _contents([*CASES.rglob("intent.yaml"), *CASES.glob("rules/*.yaml"), *ROOT.glob("examples/*/*.yaml")])
FOLDERS = _contents(CASES.rglob("input/*.yaml"))


def _parsed(texts: Iterable[bytes]) -> Iterator[Any]:
    for text in texts:
        yield from map(to_json, read(text, file="", findings=Findings()))


DOCUMENTS = tuple(found for found in _parsed((*TEXTS, *FOLDERS)) if isinstance(found, dict))


def texts() -> st.SearchStrategy[bytes]:
    """Draw a real input whose text is damaged in a few places, or in none."""
    return st.builds(_damaged, _among(TEXTS + FOLDERS), st.lists(_damages(), max_size=3))


def _among(found: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Choose by number: hypothesis would print every one of them."""
    return st.integers(0, len(found) - 1).map(found.__getitem__)


Damage = Callable[[bytes], bytes]


def _damaged(text: bytes, damages: Iterable[Damage]) -> bytes:
    for damage in damages:
        text = damage(text)
    return text


def _damages() -> st.SearchStrategy[Damage]:
    where, value = st.floats(0, 1, exclude_max=True), st.sampled_from(VALUES)
    return st.one_of(
        st.builds(_with_byte, where, st.sampled_from(BYTES) | st.integers(0, 255)),
        st.builds(_cut, where, st.integers(1, 40)),
        st.builds(_with_lines, where, st.sampled_from(LINES)),
        st.builds(_with_value, where, value),
        st.builds(_with_value, where, value),
        st.builds(_with_key, where, st.sampled_from(KEYS) | value),
        st.builds(_grafted, where, _among(TEXTS), where),
        st.sampled_from(WHOLE),
        st.builds(_in_front, st.sampled_from(DIRECTIVES)),
    )


def _with_byte(where: float, byte: int) -> Damage:
    def damage(text: bytes) -> bytes:
        at = int(where * len(text))
        return text[:at] + bytes([byte]) + text[at + 1 :]

    return damage


def _cut(where: float, length: int) -> Damage:
    def damage(text: bytes) -> bytes:
        at = int(where * len(text))
        return text[:at] + text[at + length :]

    return damage


Lines = list[bytes]
LINES: tuple[Callable[[bytes], Lines], ...] = (
    lambda line: [],  # noqa: ARG005
    lambda line: [line, line],
    lambda line: [b"  " + line],
    lambda line: [b"\t" + line],
    lambda line: [line.removeprefix(b"  ")],
    lambda line: [b"---", line],
    lambda line: [line, b"..."],
    lambda line: [line.replace(b": ", b": &a ", 1)],
    lambda line: [line.partition(b":")[0] + b": *a"],
    lambda line: [line, line.partition(b":")[0] + b": *a"],
    lambda line: [line[: len(line) - len(line.lstrip())] + b"<<: {port: 80}", line],
    lambda line: [line[: len(line) - len(line.lstrip())] + b"? " + line.lstrip()],
    lambda line: [line[: len(line) - len(line.lstrip())] + b"- " + line.lstrip()],
    lambda line: [line.replace(b"- ", b"", 1)],
    lambda line: [line.replace(b":", b"", 1)],
    lambda line: [line.replace(b":", b": !!str", 1)],
)


def _with_lines(where: float, change: Callable[[bytes], Lines]) -> Damage:
    def damage(text: bytes) -> bytes:
        lines = text.split(b"\n")
        at = int(where * len(lines))
        return b"\n".join([*lines[:at], *change(lines[at]), *lines[at + 1 :]])

    return damage


def _with_value(where: float, value: str) -> Damage:
    def change(line: bytes) -> Lines:
        key, colon, _ = line.partition(b":")
        return [key + (colon or b":") + b" " + value.encode()]

    return _with_lines(where, change)


def _with_key(where: float, key: str) -> Damage:
    def change(line: bytes) -> Lines:
        _, colon, value = line.partition(b":")
        return [line[: len(line) - len(line.lstrip())] + key.encode() + (colon or b":") + value]

    return _with_lines(where, change)


def _grafted(where: float, other: bytes, whence: float) -> Damage:
    lines = other.split(b"\n")
    at = int(whence * len(lines))
    return _with_lines(where, lambda line: [line, *lines[at : at + 5]])


WHOLE: tuple[Damage, ...] = (
    lambda text: text.replace(b"\n", b"\r\n"),
    lambda text: text.replace(b"\n", b"\r"),
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text + b"\xef\xbb\xbf" + text,
    lambda text: text.decode(errors="replace").encode("utf-16"),
    lambda text: text.decode(errors="replace").encode("utf-16-be"),
    lambda text: text.decode(errors="replace").encode("utf-32"),
    lambda text: text.replace(b"e", b"\xe9"),
    lambda text: text.replace(b"o", "\u043e".encode()),
    lambda text: text + b"\n---\n" + text,
    lambda text: text.rstrip(b"\n"),
    lambda text: text + b"\x00",
    lambda text: text.replace(b" ", b"\xc2\xa0"),
    lambda text: text[: len(text) // 2],
)


def _in_front(directive: str) -> Damage:
    return lambda text: directive.encode() + text


@st.composite
def trees(draw: st.DrawFn, *kinds: str) -> dict[str, Any]:
    """Draw a real document of one of these kinds with a few of its values changed or exchanged, or none."""
    document: dict[str, Any] = deepcopy(_one(draw, _of_kind(kinds)))
    for _ in range(draw(st.integers(0, 3))):
        inside = list(_holders(document.get("spec"))) if draw(st.integers(0, 7)) else []
        holder = _one(draw, inside or list(_holders(document)))
        _change(draw, holder, _one(draw, list(_steps(holder))), kinds)
    return document


Holder = dict[Any, Any] | list[Any]


@cache
def _of_kind(kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    return [found for found in DOCUMENTS if found.get("kind") in kinds]


def _one(draw: st.DrawFn, found: Sequence[Any]) -> Any:
    return found[draw(st.integers(0, len(found) - 1))]


def _holders(value: Any) -> Iterator[Holder]:
    """Yield each mapping and list that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for step in _steps(value):
            yield from _holders(value[step])


def _steps(holder: Holder) -> Iterable[Any]:
    return holder if isinstance(holder, dict) else range(len(holder))


def _change(draw: st.DrawFn, holder: Any, step: Any, kinds: tuple[str, ...]) -> None:
    match draw(
        st.sampled_from("value key drop wrap again again other other other other other other".split())
    ):
        case "value":
            holder[step] = deepcopy(_one(draw, JSON_VALUES))
        case "key" if isinstance(holder, dict):
            holder[_one(draw, draw(st.sampled_from([KEYS, VALUES])))] = holder.pop(step)
        case "drop" if len(holder) > 1:
            del holder[step]
        case "wrap":
            holder[step] = draw(st.sampled_from([lambda value: [value], lambda value: {"a": value}]))(
                holder[step]
            )
        case "again" if isinstance(holder, list):
            holder.append(deepcopy(holder[step]))
        case "again" if all(isinstance(value, dict) for value in holder.values()):
            holder[f"{step}-2"] = deepcopy(holder[step])
        case _:
            alike = _alike(kinds)[step if isinstance(holder, dict) else type(holder[step])]
            holder[step] = deepcopy(_one(draw, alike or JSON_VALUES))


@cache
def _alike(kinds: tuple[str, ...]) -> Mapping[Any, list[Any]]:
    """List what stands in documents of these kinds below each key, and in lists by type."""
    found = defaultdict(list)
    for document in _of_kind(kinds):
        for holder in _holders(document):
            for step in _steps(holder):
                found[step if isinstance(holder, dict) else type(holder[step])].append(holder[step])
    return found


@st.composite
def generated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an intent that the shape allows, but for some texts, and whose services can name each other."""
    way, _ = _one(draw, WAYS)
    document: dict[str, Any] = draw(along(way, INTENT, _perhaps_other))
    services = fields(fields(INTENT)["spec"])["services"]
    spec: dict[str, Any] = document["spec"]
    drawn = {**draw(sound(services)), **spec.get("services", {})}
    named = {name: {"port": 80} for name in ("a", "b-1", "cart", "shop")}
    ported = {name: {"port": 80, **service} for name, service in drawn.items()}
    document["metadata"]["namespace"] = "shop"
    document["spec"] = {"selectorLabel": "app", "accounts": "named", **spec, "services": named | ported}
    return document


INTENT = KINDS["MeshIntent"]
WAYS = [way for block in ways(INTENT).values() for way in block]
# Of expressions as RE2 reads them, and of what only others read.
TOKENS = r"""
    a b / . * + ? { } , 0 9 ( ) (?: (?i) (?P<n> [ ] [^ [^/]* [a-z] [z-a] []a] - ^ $ | \\ \d \w \S \b \1 \Q \E
    {2} {,3} {2,} {3,1} {0} {1000} {1001} [:alpha:] (a|b)* .*a.{12} \pL \x41 é 😀 & ~ %
""".split()


def _perhaps_other(value: Any) -> st.SearchStrategy[Any]:
    if not isinstance(value, str):
        return st.just(value)
    expressions = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=8).map("".join)
    return st.just(value) | st.sampled_from(VALUES) | expressions | expressions.map("/".__add__)


def written(document: Any) -> bytes:
    """Write a document as JSON, which is YAML but for numbers that JSON lacks."""
    return json.dumps(document, ensure_ascii=False).encode()
