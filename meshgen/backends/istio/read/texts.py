"""Texts as routes and policies compare them, ready to be asked and told as languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from meshgen.intent.languages import AnyOf, Beginning, Exactly, Language, Matching

_ANYTHING = Beginning("")


class Text(NamedTuple):
    """A condition on one text."""

    holds: Callable[[str], bool]
    language: Language  # what is told apart

    @property
    def is_presence(self) -> bool:
        """True where every text will do."""
        return self.language == _ANYTHING

    @property
    def told(self) -> frozenset[Language]:
        """The languages of a named value, whose presence alone is none."""
        return frozenset() if self.is_presence else frozenset((self.language,))


PRESENT = Text(lambda _: True, _ANYTHING)


def string_match(body: Mapping[str, Any], *, ignores_case: bool = False) -> Text:
    """Read a StringMatch; `{}` and the expression `*` mean presence.

    istio/istio pilot/pkg/networking/core/route/route.go: case is ignored in `exact` and `prefix` alone.
    """
    match body:
        case {"exact": str() as text}:
            return _folded(exactly(text), text, "") if ignores_case else exactly(text)
        case {"prefix": str() as text}:
            return _folded(beginning(text), text, ".*") if ignores_case else beginning(text)
        case {"regex": str() as regex} if regex != "*":
            return matching(regex)
        case _:
            return PRESENT


def exactly(text: str) -> Text:
    """Ask for one text."""
    return Text(text.__eq__, Exactly(text))


def beginning(text: str) -> Text:
    """Ask for a beginning."""
    return Text(lambda value: value.startswith(text), Beginning(text))


def ending(text: str) -> Text:
    """Ask for an end."""
    return Text(lambda value: value.endswith(text), Matching(f".*{_escaped(text)}"))


def matching(regex: str) -> Text:
    """Ask for an RE2 expression that covers the whole text."""
    import re2  # 30 ms, and only needed where an expression is written

    compiled = re2.compile(regex)
    return Text(lambda value: compiled.fullmatch(value) is not None, Matching(regex))


def _folded(plain: Text, text: str, rest: str) -> Text:
    def letter(char: str) -> str:
        return f"[{char.lower()}{char.upper()}]" if char.isalpha() else _escaped(char)

    wanted = text.lower()
    holds = exactly(wanted).holds if isinstance(plain.language, Exactly) else beginning(wanted).holds
    return Text(lambda value: holds(value.lower()), Matching("".join(map(letter, text)) + rest))


def pattern(value: str) -> Text:
    """Read a value of a policy, in which `*` at one end stands for anything.

    istio/istio pilot/pkg/security/authz/matcher/string.go: in the middle it is a character like any other.
    """
    if value == "*":
        return Text(bool, _ANYTHING)
    if value.startswith("*"):
        return ending(value[1:])
    return beginning(value[:-1]) if value.endswith("*") else exactly(value)


def path_pattern(value: str) -> Text:
    """Read a path of a policy, which braces make a template.

    istio/istio pkg/config/security/security.go: `{*}` is one segment, `{**}` any number of them.
    """
    if "{*}" not in value and "{**}" not in value:
        return pattern(value)
    # envoyproxy/envoy source/extensions/path/uri_template_lib: `**` holds nothing too
    parts = (_TEMPLATE.get(part, _escaped(part)) for part in re.split(r"(\{\*\*?\})", value))
    return matching("".join(parts))


_SEGMENT = r"[a-zA-Z0-9\-._~%!$&'()+,;:@*=]"
_TEMPLATE = {"{*}": f"{_SEGMENT}+", "{**}": f"(?:{_SEGMENT}|/)*"}


def any_of(texts: Iterable[Text]) -> Text:
    """Ask for one of several."""
    every = tuple(texts)
    if len(every) == 1:
        return every[0]
    plain = frozenset(each.language.text for each in every if isinstance(each.language, Exactly))
    others = tuple(each.holds for each in every if not isinstance(each.language, Exactly))
    return Text(
        lambda value: value in plain or any(holds(value) for holds in others),
        AnyOf(tuple(each.language for each in every)),
    )


def _escaped(text: str) -> str:
    return re.escape(text)
