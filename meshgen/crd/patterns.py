"""The patterns of schemas as Go's RE2 reads them: left to the schema engine where both read them alike."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from meshgen.values import DNS_LABEL, DNS_NAME

_ESCAPE = r"\\(?:[.*+?^$(){}\[\]|/\\-]|t|n|x[2-7][0-9a-f])"
_CLASS = rf"\[\^?(?:[A-Za-z0-9 _/:@,;%=!'\"#`.*+?$^(){{}}|<>-]|&(?!&)|~(?!~)|{_ESCAPE})+\]"
_LETTER = r"[A-Za-z0-9 _/:@,;%&=!~<>'\"#`.)-]"
_TIMES = r"(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??(?![*+?{])"
_ALIKE = re.compile(rf"(?:[|^$]|\((?:\?:|(?!\?))|(?:{_LETTER}|{_ESCAPE}|{_CLASS})(?:{_TIMES})?+)*+")
_MOST_REPEATED = 1_000  # RE2 refuses more, the engine may


def is_read_alike(pattern: str) -> bool:
    """Tell a pattern that jsonschema-rs and RE2 take for the same language: ASCII, no words for classes."""
    return (
        _ALIKE.fullmatch(pattern) is not None
        and not re.search(r"(?<!\\)--", pattern)
        and math.prod(int(most) for most in re.findall(r"([0-9]+)\}", pattern)) <= _MOST_REPEATED
    )


def meaning(pattern: str) -> str | None:
    """Say what to write where a pattern is one that many schemas have, or None."""
    what = _MEANINGS.get(pattern)
    return None if what is None else f"write {what}"


_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
# kubernetes-sigs/gateway-api apis/v1/shared_types.go, and what others took from there
_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        f"^{_LABEL}$": DNS_LABEL.what,
        f"^{_SUBDOMAIN}$": DNS_NAME.what,
        f"^$|^{_SUBDOMAIN}$": f"{DNS_NAME.what}, or ''",
        rf"^(\*\.)?{_SUBDOMAIN}$": f"{DNS_NAME.what}; '*.' may stand before it",
        "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$": "a kind such as Service (letters, digits and '-')",
        r"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$": "the name of a header, such as x-user",
        r"^[!-~]+([\t ]?[!-~]+)*$": "visible ASCII characters, one blank between words",
        "^([0-9]{1,5}(h|m|s|ms)){1,4}$": "a duration such as 500ms, 10s or 1m30s",
    }
)


class Re2:
    """The keyword `re2`: a pattern as Go reads it, found anywhere in a string."""

    def __init__(self, _parent: object, pattern: str, _path: object) -> None:
        self._matcher = _matcher(pattern)

    def validate(self, instance: object) -> None:
        """Raise ValueError where a string does not match; the engine asks for that."""
        if isinstance(instance, str) and self._matcher.search(instance) is None:
            raise ValueError


@functools.cache
def _matcher(pattern: str) -> Any:
    import re2  # 30 ms, and few patterns need it

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
