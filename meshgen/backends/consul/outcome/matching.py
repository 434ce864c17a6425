"""Whether a request is what a route, a permission or a rate limit asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, assert_never

from meshgen.backends.consul.read.matches import Asking, HttpMatch, Texts
from meshgen.intent.languages import Beginning, Exactly, Matching
from meshgen.intent.outcome.call import Token


class Asked(NamedTuple):
    """A request as a proxy sees it."""

    method: str
    path: str  # without query
    query: Mapping[str, str]  # of several values the first
    headers: Mapping[str, str]  # by name in lower case
    token: Token | None = None


Test = Callable[[Asked], bool]


def anything(_: Asked) -> bool:
    """Take every request."""
    return True


def test(match: HttpMatch) -> Test:
    """Join all that a match asks."""
    tests: list[Test] = []
    if match.path is not None:
        tests.append(partial(_path, text_test(match.path)))
    if match.methods:
        tests.append(partial(_method, frozenset(each.upper() for each in match.methods)))
    tests += [partial(_header, each.name, _value(each), each) for each in match.headers]
    tests += [partial(_parameter, each.name, _value(each)) for each in match.query]
    if len(tests) < 2:
        return tests[0] if tests else anything
    return partial(_all, tuple(tests))


def text_test(texts: Texts) -> Callable[[str], bool]:
    """Make a test of texts, compiled where there is something to compile."""
    match texts:
        case Exactly(text=text):
            return text.__eq__
        case Beginning(text=text):
            return partial(_begins, text)
        case Matching(regex=regex):
            import re2  # 30 ms, and only needed where a regex is written

            return partial(_matches, re2.compile(regex))
    assert_never(texts)


def _begins(prefix: str, text: str) -> bool:
    return text.startswith(prefix)


def _matches(regex: object, text: str) -> bool:
    return regex.fullmatch(text) is not None  # type: ignore[attr-defined]


def _all(tests: tuple[Test, ...], asked: Asked) -> bool:
    return all(each(asked) for each in tests)


def _path(is_taken: Callable[[str], bool], asked: Asked) -> bool:
    return is_taken(asked.path)


def _method(methods: frozenset[str], asked: Asked) -> bool:
    return asked.method in methods


def _value(asking: Asking) -> Callable[[str], bool] | None:
    return None if asking.language is None else text_test(asking.language)


def _header(name: str, is_taken: Callable[[str], bool] | None, asking: Asking, asked: Asked) -> bool:
    """Compare a header; one that is absent has no value, not even one that an inverted test takes."""
    # envoyproxy/envoy source/common/http/header_utility.cc: HeaderDataBaseImpl::matchesHeaders
    found = asked.headers.get(name)
    if is_taken is None:
        return (found is not None) is not asking.is_inverted
    return found is not None and is_taken(found) is not asking.is_inverted


def _parameter(name: str, is_taken: Callable[[str], bool] | None, asked: Asked) -> bool:
    found = asked.query.get(name)
    return found is not None and (is_taken is None or is_taken(found))
