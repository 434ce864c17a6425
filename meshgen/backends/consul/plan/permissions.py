"""Rules as a list of which the first that covers a request decides, exceptions and tokens worked in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import NamedTuple

from meshgen.backends.consul.plan.requests import ALL, Requests, Shared, covers, named_by, shared
from meshgen.intent.access import Action
from meshgen.intent.resolved import ResolvedRule, Token


class HeldToken(NamedTuple):
    """A provider's token with one value for each claim."""

    provider: str
    claims: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What becomes of requests that no earlier permission covers; with tokens, of those that carry one.

    Without the token a request is refused: no later permission sees it.
    """

    # consul agent/xds/rbac.go: each permission is ANDed with the negated HTTP part of the earlier ones
    action: Action
    requests: Requests
    tokens: tuple[HeldToken, ...] = ()


class Clash(NamedTuple):
    """Two sets of requests whose common part no permission can say."""

    one: Requests
    other: Requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One target of one rule."""

    action: Action
    base: tuple[Requests, ...]
    excepts: tuple[Requests, ...]
    tokens: tuple[HeldToken, ...]


def permissions(rules: Iterable[ResolvedRule], default: Action) -> tuple[Permission | Clash, ...]:
    """Order what rules say of one caller, closed by the default for every other request.

    A request is denied if a deny rule covers it, else allowed if an allow rule does, else left to the
    default; under a default of allow the allow rules change nothing.
    """
    counting = (rule for rule in rules if rule.action is Action.DENY or default is Action.DENY)
    entries = [entry for rule in counting for entry in _entries(rule)]
    tokenless = sorted((entry for entry in entries if not entry.tokens), key=_rank)
    last = _with_tokens([entry for entry in entries if entry.tokens])
    return _closed(_ordered(tokenless, last=last, default=default), Permission(action=default, requests=ALL))


def _rank(entry: Entry) -> tuple[bool, bool]:
    """Denials first, in each group those without exceptions."""
    return (entry.action is Action.ALLOW, bool(entry.excepts))


def _entries(rule: ResolvedRule) -> Iterator[Entry]:
    tokens = _held(rule.token)
    if not rule.targets:
        yield Entry(action=rule.action, base=(ALL,), excepts=(), tokens=tokens)
    for target in rule.targets:
        yield Entry(
            action=rule.action,
            base=named_by(target.request),
            excepts=tuple(part for excepted in target.excepts for part in named_by(excepted)),
            tokens=tokens,
        )


def _held(token: Token | None) -> tuple[HeldToken, ...]:
    if token is None:
        return ()
    names = sorted(token.claims)
    values = product(*(token.claims[name] for name in names))
    return tuple(HeldToken(token.provider, tuple(zip(names, chosen, strict=True))) for chosen in values)


def _ordered(
    entries: list[Entry], *, last: tuple[Permission | Clash, ...], default: Action
) -> tuple[Permission | Clash, ...]:
    """Put each entry before the later ones, and before it what those and the default say where it excepts."""
    later = last
    for entry in reversed(entries):
        inside = tuple(
            found
            for excepted in entry.excepts
            for found in (*_within(later, excepted), Permission(action=default, requests=excepted))
        )
        own = tuple(Permission(action=entry.action, requests=requests) for requests in entry.base)
        later = (*inside, *own, *later)
    return later


def _within(found: Iterable[Permission | Clash], requests: Requests) -> Iterator[Permission | Clash]:
    for permission in found:
        if isinstance(permission, Clash):
            yield permission
            continue
        match shared(permission.requests, requests):
            case Shared.NOTHING:
                pass
            case Shared.UNSAYABLE:
                yield Clash(permission.requests, requests)
            case Requests() as part:
                yield replace(permission, requests=part)


def _with_tokens(entries: list[Entry]) -> tuple[Permission | Clash, ...]:
    """Give each set of requests the tokens of all entries that cover it, narrower sets first.

    A set that its entry excepts is refused where no other entry covers it.
    """
    sets = tuple(dict.fromkeys(requests for entry in entries for requests in (*entry.base, *entry.excepts)))
    clashes = tuple(Clash(one, other) for one, other in combinations(sets, 2) if _overlap(one, other))
    narrow_first = sorted(sets, key=lambda requests: -sum(covers(wide, requests) for wide in sets))
    return clashes or tuple(
        Permission(action=Action.ALLOW if tokens else Action.DENY, requests=requests, tokens=tokens)
        for requests in narrow_first
        for tokens in [_tokens(requests, entries)]
    )


def _overlap(one: Requests, other: Requests) -> bool:
    nested = covers(one, other) or covers(other, one)
    return not nested and shared(one, other) is not Shared.NOTHING


def _tokens(requests: Requests, entries: Iterable[Entry]) -> tuple[HeldToken, ...]:
    open_by = (
        entry.tokens
        for entry in entries
        if any(covers(base, requests) for base in entry.base)
        and not any(covers(excepted, requests) for excepted in entry.excepts)
    )
    return tuple(dict.fromkeys(token for tokens in open_by for token in tokens))


def _closed(found: Iterable[Permission | Clash], closing: Permission) -> tuple[Permission | Clash, ...]:
    """Close a list, and leave out what is never reached and what the next permission says too."""
    kept: list[Permission | Clash] = []
    decided: set[Requests] = set()
    for permission in (*found, closing):
        if isinstance(permission, Permission) and not decided.isdisjoint((permission.requests, ALL)):
            continue
        while kept and _repeats(kept[-1], permission):
            kept.pop()
        kept.append(permission)
        if isinstance(permission, Permission):
            decided.add(permission.requests)
    return tuple(kept)


def _repeats(before: Permission | Clash, after: Permission | Clash) -> bool:
    """True where nothing changes without the first of two neighbours."""
    return (
        isinstance(before, Permission)
        and isinstance(after, Permission)
        and not before.tokens
        and not after.tokens
        and before.action is after.action
        and covers(after.requests, before.requests)
    )
