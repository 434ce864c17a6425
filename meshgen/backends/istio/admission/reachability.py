"""Routes that no request reaches, as those before them take it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, spell

UNREACHABLE = Code(
    number="MG442",
    slug="istio-unreachable",
    meaning="No request reaches a route, or one of its matches, as those before it take them all.",
    severity=Severity.WARNING,
)
_RULE = Rule(UNREACHABLE, WEBHOOK)
_SILENT = ("name", "statPrefix")  # ask nothing of a request


def refused(spec: Body) -> Iterator[Complaint]:
    """Hold the order of routes against clause 21."""
    for protocol in ("http", "tls", "tcp"):
        yield from _behind(protocol, spec)


def _behind(protocol: str, spec: Body) -> Iterator[Complaint]:
    catch_all: Path | None = None
    taken = _Taken()
    for path, route in each(spec, ("spec",), protocol):
        if catch_all is not None:
            yield _RULE.doubtful(
                path,
                f"no request reaches the route, as {spell(catch_all)} matches them all",
                "put the route without a match last",
            )
        elif not route.get("match"):
            catch_all = None if "delegate" in route else path
        else:
            yield from _covered(path, route, taken)


def _covered(path: Path, route: Body, taken: _Taken) -> Iterator[Complaint]:
    asked = [_asked(at, match) for at, match in each(route, path, "match")]
    own = _Taken()
    covered: list[tuple[Path, Path]] = []
    for one in asked:
        before = taken.before(one) or own.same(one)
        if before is not None:
            covered.append((one.path, before))
        own.add(one)
    for one in asked if "delegate" not in route else ():  # what a delegate leaves goes on to later routes
        taken.add(one)
    if len(covered) == len(asked):
        message = f"no request reaches the route, as {spell(covered[0][1])} takes them"
        yield _RULE.doubtful(path, message, "put it before, or drop it")
        return
    for at, before in covered:
        message = f"no request comes to the match, as {spell(before)} takes them"
        yield _RULE.doubtful(at, message, "put it before, or drop it")


class _Asked(NamedTuple):
    """A match: what it asks of the path, and all else that it asks, as one text."""

    path: Path
    exact: str | None
    prefix: str | None  # empty where nothing is asked of the path
    rest: str
    whole: str


def _asked(path: Path, match: Body) -> _Asked:
    conditions = {key: value for key, value in match.items() if key not in _SILENT and value}
    uri: Body = conditions.get("uri", {})
    others = {key: value for key, value in conditions.items() if key != "uri"}
    is_plain = "ignoreUriCase" not in conditions
    return _Asked(
        path=path,
        exact=uri.get("exact") if is_plain else None,
        prefix=_prefix(uri) if is_plain else None,
        rest=json.dumps(others, sort_keys=True),
        whole=json.dumps(conditions, sort_keys=True),
    )


def _prefix(uri: Body) -> str | None:
    if not uri or uri.get("prefix") == "/":
        return ""  # every path begins with `/`
    prefix: str | None = uri.get("prefix")
    return prefix


class _Taken:
    """What matches before have taken."""

    def __init__(self) -> None:
        self._whole: dict[str, Path] = {}
        self._prefixes: dict[tuple[str, str], Path] = {}  # by what else is asked, and the prefix
        self._lengths: set[int] = set()

    def add(self, asked: _Asked) -> None:
        """Take what a match asks for."""
        self._whole.setdefault(asked.whole, asked.path)
        if asked.prefix is not None:
            self._prefixes.setdefault((asked.rest, asked.prefix), asked.path)
            self._lengths.add(len(asked.prefix))

    def same(self, asked: _Asked) -> Path | None:
        """Find a match that asks for the same."""
        return self._whole.get(asked.whole)

    def before(self, asked: _Asked) -> Path | None:
        """Find the match that takes all that another asks for: the same, or a shorter prefix of its path."""
        text = asked.exact if asked.exact is not None else asked.prefix or ""
        if (same := self.same(asked)) is not None:
            return same
        begun = (text[:length] for length in sorted(self._lengths) if length <= len(text))
        keys = ((rest, prefix) for prefix in begun for rest in ("{}", asked.rest))
        return next((self._prefixes[key] for key in keys if key in self._prefixes), None)
