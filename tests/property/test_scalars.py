"""What the scalar rule writes is read back by YAML 1.1 and 1.2; what they differ about is known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from meshgen.scalars import dump, is_ambiguous, scalar

Reader = Callable[[str], Any]

untimed = settings(deadline=None)  # ruamel, in pure Python, may take long on a busy machine


def ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def pyyaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.SafeLoader)


def libyaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


READERS: dict[str, Reader] = {"YAML 1.2, ruamel": ruamel, "YAML 1.1, PyYAML": pyyaml}
if yaml.__with_libyaml__:
    READERS["YAML 1.1, libyaml"] = libyaml

words = (
    "y n yes no on off true false null none nan inf ~ = << * & ! | > % @ ` ' \" # - ? : , [ ] { } --- ... "
    "{{ }} {% 010 08 0o10 0b11 0x1F 1_000 1e3 1.5e3 12e4567 .5 -.5 5. 1:30 12:30:45.5 2024-01-01 !!str &a *a "
    "\\ \\n"
)
spaced = ["", " ", "a: b", "a #b", "- a", "? a", "a:", " a", "a ", "a\nb", "a\n", "\ta", "\n"]
hostile = st.sampled_from(words.split() + spaced)
readable = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n")
)
number_like = st.text("+-.0123456789abcdefxoEXOB_:TZt ", max_size=12)
strings = readable | number_like | hostile
keys = strings.filter(lambda text: len(scalar(text)) <= 1024)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = strings | numbers | st.booleans() | st.none()
documents = st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


def as_json(value: Any) -> str:
    """1, 1.0 and true are equal to Python and three values to a reader."""
    return json.dumps(value)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@untimed
@given(value=values)
def test_a_scalar_is_read_back_wherever_it_stands(read: Reader, value: Any) -> None:
    written = scalar(value)

    assert "\n" not in written
    assert as_json(read(f"{written}\n")) == as_json(value)
    assert as_json(read(f"k: {written}\nl: 1\n")) == as_json({"k": value, "l": 1})
    assert as_json(read(f"k:\n- {written}\n- 1\n")) == as_json({"k": [value, 1]})
    assert as_json(read(f"- - {written}\n")) == as_json([[value]])
    assert as_json(read(f"[{written}, {written}]\n")) == as_json([value, value])


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@untimed
@given(key=keys)
@example(key="k" * 1024)
@example(key=" " * 1022)
def test_a_key_is_read_back(read: Reader, key: str) -> None:
    written = scalar(key)

    assert as_json(read(f"{written}: 1\n")) == as_json({key: 1})
    assert as_json(read(f"- {written}:\n    a: 1\n")) == as_json([{key: {"a": 1}}])


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@untimed
@given(document=documents)
def test_a_document_is_read_back_from_flow_and_from_blocks(read: Reader, document: Any) -> None:
    assert as_json(read(scalar(document) + "\n")) == as_json(document)
    assert as_json(read(dump(document))) == as_json(document)


@untimed
@given(text=st.text(st.characters() | st.characters(categories=["Cc", "Cs"])))
def test_only_text_with_control_characters_or_surrogates_is_refused(text: str) -> None:
    unwritable = re.search("[^\t\n -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if unwritable is None:
        assert as_json(ruamel(scalar(text))) == as_json(text)
        return
    message = f"{text!r} cannot be written to YAML: it holds U+{ord(unwritable.group()):04X}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scalar(text)


# What a template without the rule would write, and what readers would make of it.
BARE = {
    "no": False,
    "1.10": 1.1,
    "12:30": 750,
    "0755": 493,
    "": None,
    "~": None,
    "a #b": "a",
    "{a}": {"a": None},
    "a\n b": "a b",
    "a: b": yaml.YAMLError,
    "- a": yaml.YAMLError,
    "*": yaml.YAMLError,
}


@pytest.mark.parametrize(("text", "misread"), BARE.items(), ids=map(ascii, BARE))
def test_a_bare_value_would_be_misread(text: str, misread: Any) -> None:
    assert outcome(pyyaml, f"k: {text}\n") == (misread if misread is yaml.YAMLError else {"k": misread})
    assert outcome(pyyaml, f"k: {scalar(text)}\n") == {"k": text}


def outcome(read: Reader, text: str) -> Any:
    """Read a text, or say that it cannot be read."""
    try:
        return read(text)
    except (yaml.YAMLError, YAMLError, ValueError):  # ValueError: a date that no calendar has
        return yaml.YAMLError


def is_plain(text: str) -> bool:
    """Tell whether a text, as a document, is one plain scalar that holds all of it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    return isinstance(node, yaml.ScalarNode) and node.value == text


pieces = "+ - . _ : e E 0 1 7 9 12 30 59 0x 0o 0b 0X a f .inf .nan y n on no 2024 -01-01 T Z = <<"
joined = st.lists(st.sampled_from(pieces.split()) | st.just(" "), min_size=1, max_size=6).map("".join)
plain = (joined | number_like | hostile).filter(is_plain)


def opinions(text: str) -> set[str]:
    """Ask a reader of YAML 1.1 and one of YAML 1.2 for the type and value of a plain scalar."""
    return {f"{type(value).__name__} {value!r}" for value in (outcome(pyyaml, text), outcome(ruamel, text))}


@untimed
@given(text=plain)
def test_what_two_readers_construct_differently_is_ambiguous(text: str) -> None:
    assert len(opinions(text)) == 1 or is_ambiguous(text) is not None


# YAML 1.2.2, 10.3.2: the core schema; ruamel still takes some numbers and the dates of YAML 1.1.
CORE = re.compile(
    r"(?P<NoneType>null|Null|NULL|~)|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
    r"|(?P<str>.*)"
)
# Where all three agree, but not the specification of YAML 1.1 or Go's reader (kubectl, kustomize).
STRICTER = re.compile(
    r"[yYnN]|[-+]?0[0-7_]+|[-+]?0[BOX][0-9a-fA-F_]+|[-+]?0[0-9_]*(?::[0-9]+)+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
)


@untimed
@given(text=plain)
def test_what_readers_and_the_core_schema_agree_on_is_clear(text: str) -> None:
    core = CORE.fullmatch(text)
    assert core is not None
    kinds = {core.lastgroup, *(opinion.split()[0] for opinion in opinions(text))}
    agreed = len(kinds) == len(opinions(text)) == 1

    assert not agreed or is_ambiguous(text) is None or STRICTER.fullmatch(text)
