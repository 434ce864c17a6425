"""The one scalar rule and the canonical writer: readers of YAML 1.1 and 1.2 read back the value written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


class Verbatim(str):
    """The text of a plain scalar as somebody wrote it on one line, whatever each reader takes it for."""

    __slots__ = ()


_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_RESERVED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"])

# Even where they are escaped, kustomize refuses control characters and U+FFFE, libyaml surrogates.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {ord(char): rf"\u{ord(char):04X}" for char in "\u2028\u2029\ufeff"} | {
    ord('"'): r"\"",
    ord("\\"): r"\\",
    ord("\n"): r"\n",
    ord("\t"): r"\t",
}

# YAML 1.2.2, 8.2.2: an implicit key has at most 1,024 characters; libyaml cannot read a longer one.
_LONGEST_KEY = 1024

# A value to a part of the readers and another value, or text, to the rest. Go's reader (kubectl, kustomize)
# also takes upper-case prefixes and one-digit months and minutes. Every pattern runs in linear time.
_AMBIGUITIES = {
    "a boolean to YAML 1.1 readers, text to others": r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF",
    "an octal number or text to YAML 1.1 readers, a decimal number to others": r"[-+]?0[0-9_]+",
    "an octal number to YAML 1.2 readers, text to others": r"[-+]?0[oO][0-7_]+",
    "a binary number to YAML 1.1 readers, text to others": r"[-+]?0[bB][01_]+",
    "a hexadecimal number to YAML 1.1 readers, text to others": (
        r"(?!0x[0-9a-fA-F]+\Z)[-+]?0[xX][0-9a-fA-F_]+"
    ),
    "a number to YAML 1.1 readers, text to others": (
        r"(?!_)[-+]?(?=[0-9.]*_)[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    ),
    "a number to YAML 1.2 readers, text to others": (
        r"[-+]?[0-9]+[eE][-+]?[0-9]+"
        r"|[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)[eE][0-9]+"
        r"|[-+]\.[0-9]+(?:[eE][-+][0-9]+)?"
    ),
    "a number in base 60 to YAML 1.1 readers, text to others": (
        r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    ),
    "a date to YAML 1.1 readers, text to others": (
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
        r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?"
        r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?"
    ),
    "the default value of a mapping to YAML 1.1 readers, text to others": r"=",
    "a merge of mappings to YAML 1.1 readers, text to others": r"<<",
}
_REASONS = tuple(_AMBIGUITIES)
_AMBIGUOUS = re.compile("|".join(f"({pattern})" for pattern in _AMBIGUITIES.values()))


def scalar(value: Json) -> str:
    """Write a value on one line: a scalar, or a flow collection of scalars.

    Raises ValueError for what is refused when an intent is read (control characters, lone surrogates, numbers
    that are not finite) and for keys of more than 1,024 characters.
    """
    match value:
        case Verbatim():
            return str(value)
        case str() if type(value) is str:  # an Enum that is a str too would print its own name
            return _string(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if type(value) is int:
            return str(value)
        case float():
            return _float(value)
        case list() | tuple():
            return f"[{', '.join(map(scalar, value))}]"
        case Mapping():
            entries = (f"{_key(key)}: {scalar(inner)}" for key, inner in value.items())
            return f"{{{', '.join(entries)}}}"
        case _:
            raise TypeError(f"{value!r} is no value of YAML and JSON but a {type(value).__name__}")


def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    if (unwritable := _UNWRITABLE.search(text)) is not None:
        raise ValueError(f"{text!r} cannot be written to YAML: it holds U+{ord(unwritable.group()):04X}")
    return f'"{text.translate(_ESCAPES)}"'


def _float(number: float) -> str:
    if not math.isfinite(number):
        raise ValueError(f"{number} cannot be written to JSON")
    digits, exponent, power = repr(number).partition("e")
    # YAML 1.1 reads an exponent only behind a dot and with a sign; Python always writes the sign.
    return f"{digits}.0e{power}" if exponent and "." not in digits else f"{digits}{exponent}{power}"


def _key(key: str) -> str:
    if type(key) is not str:
        raise TypeError(f"{key!r} is no key of YAML and JSON but a {type(key).__name__}")
    written = _string(key)
    if len(written) > _LONGEST_KEY:
        raise ValueError(f"a key of {len(key)} characters cannot be written to YAML: {key[:20]!r}...")
    return written


def dump(value: Json) -> str:
    """Write a document in block style: keys in the order given, dashes at the indent of their key.

    Raises what `scalar` raises.
    """
    return "".join(f"{line}\n" for line in _block(value))


def _block(value: Json) -> Iterator[str]:
    match value:
        case Mapping() if len(value) > 0:
            for key, inner in value.items():
                yield from _entry(_key(key), inner)
        case list() | tuple() if len(value) > 0:
            for inner in value:
                first, *rest = _block(inner)
                yield f"- {first}"
                yield from (f"  {line}" for line in rest)
        case _:
            yield scalar(value)


def _entry(key: str, value: Json) -> Iterator[str]:
    match value:
        case Mapping() if len(value) > 0:
            yield f"{key}:"
            yield from (f"  {line}" for line in _block(value))
        case list() | tuple() if len(value) > 0:
            yield f"{key}:"
            yield from _block(value)
        case _:
            yield f"{key}: {scalar(value)}"


def is_ambiguous(text: str) -> str | None:
    """Say how readers differ about a plain scalar; None where YAML 1.1 and YAML 1.2 readers agree."""
    found = _AMBIGUOUS.fullmatch(text)
    return None if found is None or found.lastindex is None else _REASONS[found.lastindex - 1]
