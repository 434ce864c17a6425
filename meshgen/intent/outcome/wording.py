"""How values of an outcome are written for people, in JSON types."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from meshgen.intent.outcome.facets import Cors, Differing, Facet, Value, Verdict
from meshgen.intent.outcome.retrying import GATEWAY_ERRORS, SERVER_ERRORS, Conditions
from meshgen.values import Duration

_TIMES = frozenset(
    (
        Facet.TIMEOUT,
        Facet.RETRY_TRY,
        Facet.RETRY_BASE,
        Facet.RETRY_MAX,
        Facet.EJECTION_INTERVAL,
        Facet.EJECTION_TIME,
        Facet.CONNECT_TIMEOUT,
    )
)


def worded(facet: Facet, value: Value) -> Any:
    """Write the value of a facet: texts, numbers, booleans, and lists and maps of them."""
    if value is None:
        return "none"
    match facet, value:
        case Facet.BACKENDS | Facet.MIRROR, tuple(parts):
            return {" + ".join(pods) or "nowhere": percent(share) for pods, share in parts}
        case Facet.FAULT_DELAY, (int() as ms, Fraction() as share):
            return f"{duration(ms)} for {percent(share)}"
        case Facet.FAULT_ABORT, (status, Fraction() as share):
            return f"{status} for {percent(share)}"
        case Facet.REDIRECT, (status, address):
            return f"{status} {address}"
        case Facet.RATE_LIMIT, (size, tokens, int() as ms):
            return f"{tokens} every {duration(ms)}, at most {size} at once"
        case Facet.RATE_LIMIT, (*limit, str() as status):
            return f"{plain(worded(facet, tuple(limit)))}, then {status}"
        case _, Differing(values):
            return " or ".join(sorted(plain(worded(facet, each)) for each in values))
        case _, Conditions(on=on):
            return _conditions(on)
        case _, Verdict():
            return value.value
        case _, Cors():
            return _cors(value)
        case _, frozenset():
            return sorted(_edit(*edit) for edit in value)
        case _, tuple():
            return " ".join("none" if part is None else str(part) for part in value)
        case _, Fraction():
            return percent(value)
        case _, int() as ms if facet in _TIMES:
            return duration(ms)
    return value


def plain(value: Any) -> str:
    """Write what `worded` gives on a line."""
    match value:
        case dict():
            return ", ".join(f"{plain(each)} {key}" for key, each in value.items()) or "none"
        case list():
            return ", ".join(map(plain, value)) or "none"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _edit(what: str, name: str, text: str) -> str:
    return f"{what} {name}" if what == "remove" else f"{what} {name}: {text}"


def percent(share: Fraction) -> str:
    """Write a share as a percentage, as a fraction where two decimals do not hold it."""
    hundredths = share * 10_000
    if hundredths.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    whole, part = divmod(int(hundredths), 100)
    return f"{whole}.{part:02d}".rstrip("0") + "%" if part else f"{whole}%"


def duration(ms: int) -> str:
    """Write a time as intents do."""
    return str(Duration(ms)) if ms else "0ms"


def _conditions(on: frozenset[str]) -> list[str]:
    """Name statuses in a row by the words of intents."""
    left, found = set(on), []
    for word, statuses in (("5xx", SERVER_ERRORS), ("gateway-error", GATEWAY_ERRORS)):
        if statuses <= left:
            found.append(word)
            left -= statuses
    return sorted((*found, *left))


def _cors(cors: Cors) -> Any:
    if not cors.is_allowed:
        return "no headers"
    return {
        "methods": sorted(cors.methods),
        "headers": sorted(cors.headers),
        "expose": sorted(cors.expose),
        "maxAge": "none" if cors.max_age is None else f"{cors.max_age}s",
        "credentials": cors.credentials,
    }
