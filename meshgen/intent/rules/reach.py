"""Routes in their order: each can be reached, and no redirect leads back to where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from meshgen.diagnostics import Code, Findings
from meshgen.intent.languages import Below, Exactly, Language
from meshgen.intent.match import PathPrefix
from meshgen.intent.patterns import Pattern, Sample, patterns_of, sample
from meshgen.intent.rules.subjects import Scene, Subject
from meshgen.intent.traffic import Redirect, Route, Scheme

_HTTP = 80  # the port of a scheme that is written without one

UNREACHABLE_ROUTE = Code(
    number="MG233",
    slug="unreachable-route",
    meaning="Every request that a route matches is taken by those before it.",
)
REDIRECT_TO_ITSELF = Code(
    number="MG237",
    slug="redirect-to-itself",
    meaning="A redirect leads to an address that the same route redirects again.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG233 and MG237; where patterns are undecided, a route counts as reachable."""
    for subject in scene.subjects.values():
        earlier: list[tuple[str, tuple[Pattern, ...]]] = []
        for route, field in subject.routes():
            patterns = patterns_of(route, subject.ports)
            _check_reach(subject, (route, field), patterns, earlier, findings)
            before = [pattern for _, found in earlier for pattern in found]
            _check_redirect(subject, (route, field), before, findings)
            earlier.append((route.name, patterns))


def _named(subject: Subject, route: Route) -> list[str]:
    words = [name for match in route.match for name in match.ports]
    return [port.name for name in words for port in subject.named(name)]


def _ports(subject: Subject) -> list[str]:
    return [port.name for port in subject.http_ports]


def _check_reach(
    subject: Subject,
    place: tuple[Route, str],
    patterns: Sequence[Pattern],
    earlier: Sequence[tuple[str, tuple[Pattern, ...]]],
    findings: Findings,
) -> None:
    route, field = place
    before = [pattern for _, found in earlier for pattern in found]
    ports = _ports(subject)
    if not set(ports).issuperset(_named(subject, route)):
        return  # the port was reported
    if any(sample([pattern], before, ports=ports) is not None for pattern in patterns):
        return
    if all(sample([pattern], ports=ports) is None for pattern in patterns):
        return  # its regular expressions match nothing, which is told where they stand
    takers = [
        name for name, found in earlier if all(sample([one], found, ports=ports) is None for one in patterns)
    ]
    taker = f"the route {takers[0]!r} takes" if takers else "the routes before it take"
    findings.add(
        UNREACHABLE_ROUTE,
        f"no request reaches the route {route.name!r} of {subject.key}: {taker} all that it matches",
        span=route.span(),
        field=field,
        hint="put it before them, narrow them, or take it away",
    )


def _check_redirect(
    subject: Subject, place: tuple[Route, str], before: Sequence[Pattern], findings: Findings
) -> None:
    route, field = place
    redirect = route.redirect
    ports = [] if redirect is None else _led_to(subject, redirect)
    if redirect is None or not ports:
        return
    for pattern, destination in _leads(subject, redirect, route):
        again = sample([pattern, Pattern(path=destination)], before, ports=ports)
        if isinstance(again, Sample):
            written = ("path", "prefix", "scheme", "port")
            key = next(each for each in written if getattr(redirect, each) is not None)
            findings.add(
                REDIRECT_TO_ITSELF,
                f"{field}.redirect leads back to the route {route.name!r}: {again}",
                span=redirect.span(key),
                field=f"{field}.redirect.{key}",
                hint="lead to a path that another route takes, or match less",
            )
            return


def _led_to(subject: Subject, redirect: Redirect) -> list[str]:
    """Name the ports of the service to which a redirect leads; none where it leads elsewhere."""
    if redirect.hostname is not None or redirect.scheme is Scheme.HTTPS:
        return []
    number = _HTTP if redirect.port is None and redirect.scheme is not None else redirect.port
    return [port.name for port in subject.http_ports if number in (None, port.number)]


def _leads(subject: Subject, redirect: Redirect, route: Route) -> list[tuple[Pattern, Language]]:
    """Pair each alternative with where its requests are sent."""
    path, prefix = redirect.path, redirect.prefix
    found: list[tuple[Pattern, Language]] = []
    for index, pattern in enumerate(patterns_of(route, subject.ports)):
        if path is not None:
            found.append((pattern, Exactly(path)))
        elif prefix is None:
            found.append((pattern, Below("")))
        elif route.match:
            paths = route.match[index].paths
            found += [(pattern, Below(prefix.rstrip("/"))) for one in paths if _is_above(one, prefix)]
    return found


def _is_above(path: object, prefix: str) -> bool:
    """A prefix that is replaced by itself, or by more of itself, matches again for ever."""
    return isinstance(path, PathPrefix) and f"{prefix.rstrip('/')}/".startswith(f"{path.prefix.rstrip('/')}/")
