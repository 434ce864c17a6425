"""What a rule does with the requests that it gets, as steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meshgen.gatewayapi.filtering import header_edits, location, sent_on
from meshgen.gatewayapi.outcome.backends import copies, split, weighed
from meshgen.gatewayapi.outcome.ranking import Candidate
from meshgen.gatewayapi.routing import Filter, HeaderEdits, Mirror, Redirect, Rewrite, Rule
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, Verdict, alike
from meshgen.intent.outcome.world import World
from meshgen.resources import Path, spell

_SOURCES = {
    "GRPCRoute": "kubernetes-sigs/gateway-api apis/v1/grpcroute_types.go",
    "HTTPRoute": "kubernetes-sigs/gateway-api apis/v1/httproute_types.go",
}
_NOBODY = Basis(name="Gateway API", source="kubernetes-sigs/gateway-api geps/gep-1294/index.md")


def unasked(facet: Facet, value: Value, says: str) -> Step:
    """Say what is so without any route."""
    return Step(says=says, basis=_NOBODY, facet=facet, value=value, is_ambient=True)


def unrouted(says: str) -> Step:
    """Say why a request has no route, where no rule is the reason."""
    return Step(says=says, basis=_NOBODY, facet=Facet.VERDICT, value=Verdict.UNROUTED)


UNTOUCHED = (
    unasked(Facet.MIRROR, (), "nothing is copied"),
    unasked(Facet.REQUEST_HEADERS, frozenset(), "headers go on as they came"),
    unasked(Facet.RESPONSE_HEADERS, frozenset(), "headers of the answer come back as they are"),
    unasked(Facet.REDIRECT, None, "nothing is redirected"),
    unasked(Facet.HOST, None, "the host goes on as it came"),
)


def untouched_path(request: Request) -> Step:
    """Say that path and query are sent on as they came."""
    return unasked(Facet.PATH, request.target, "path and query go on as they came")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A match with what follows from it."""

    candidate: Candidate
    steps: tuple[Step, ...]  # whatever the request
    redirect: Redirect | None
    rewrites: tuple[Rewrite, ...]
    ways: tuple[tuple[Filter, ...], ...]  # the filters on the way to each backend; empty: nothing is sent on

    def of(self, request: Request, host: str, port: int) -> Iterator[Step]:
        """Follow it for a request that it picks, which was sent to a port as to `host`."""
        yield from self.steps
        if self.redirect is not None:
            address = location(self.redirect, request, self.candidate.match, host=host, port=port)
            value = (self.redirect.status, address)
            says = f"the answer is {self.redirect.status} with {address}"
            yield _said(self.candidate, self.redirect.at, says, Facet.REDIRECT, value)
        elif self.ways:
            yield from self._sent_on(request, host)

    def _sent_on(self, request: Request, host: str) -> Iterator[Step]:
        if not self.rewrites:
            yield untouched_path(request)
            return
        every = [sent_on(request, self.candidate.match, way) for way in self.ways]
        path = alike(sent.target for sent in every)
        changed = alike(None if sent.host in (None, host) else sent.host for sent in every)
        by_path = next((one for one in self.rewrites if one.path is not None), None)
        by_host = next((one for one in self.rewrites if one.hostname is not None), None)
        yield self._rewritten(Facet.PATH, path, by_path)
        yield self._rewritten(Facet.HOST, changed, by_host)

    def _rewritten(self, facet: Facet, value: Value, by: Rewrite | None) -> Step:
        if by is None:
            return unasked(facet, value, f"no {facet.value}")
        return _said(self.candidate, by.at, f"{facet.value}: {value}", facet, value)


def decide(candidate: Candidate, world: World) -> Decision:
    """Work out what a match comes to, as far as no request is needed for it."""
    rule = candidate.rule
    redirect = next((each for each in rule.filters if isinstance(each, Redirect)), None)
    ways = () if redirect is not None else _ways(rule, world)
    return Decision(
        candidate=candidate,
        steps=tuple(_steps(candidate, world, redirect=redirect, ways=ways)),
        redirect=redirect,
        rewrites=tuple(each for way in ways for each in way if isinstance(each, Rewrite)),
        ways=ways,
    )


def _ways(rule: Rule, world: World) -> tuple[tuple[Filter, ...], ...]:
    if split(rule, world) is None:
        return ()
    return tuple((*rule.filters, *backend.filters) for backend in weighed(rule))


def _steps(
    candidate: Candidate, world: World, *, redirect: Redirect | None, ways: tuple[tuple[Filter, ...], ...]
) -> Iterator[Step]:
    at = candidate.match.at
    yield _said(candidate, at, f"{candidate.route.resource} picks it by {spell(at)}")
    if redirect is not None:
        yield _said(candidate, redirect.at, "the caller's proxy answers", Facet.VERDICT, Verdict.ALLOWED)
        yield from _edited(candidate, (candidate.rule.filters,), of_request=False)
    elif not ways:
        says = "it leads to no backend that is there, so the answer is 500"
        yield _said(candidate, candidate.rule.at, says, Facet.VERDICT, Verdict.UNROUTED)
    else:
        yield _said(candidate, candidate.rule.at, "it has a route", Facet.VERDICT, Verdict.ALLOWED)
        yield from UNTOUCHED
        yield from _forwarded(candidate, world)
        yield from _edited(candidate, ways, of_request=True)
        yield from _edited(candidate, ways, of_request=False)


def _forwarded(candidate: Candidate, world: World) -> Iterator[Step]:
    rule = candidate.rule
    at = (*rule.at, "backendRefs")
    yield _said(candidate, at, "weights of backends divide it", Facet.BACKENDS, split(rule, world))
    if any(isinstance(each, Mirror) for way in (rule.filters, *_own(rule)) for each in way):
        yield _said(candidate, rule.at, "copies are sent", Facet.MIRROR, copies(rule, world))
    for facet, key, ms in (
        (Facet.TIMEOUT, "request", rule.timeout),
        (Facet.RETRY_TRY, "backendRequest", rule.backend_timeout),
    ):
        if ms is not None:
            place = (*rule.at, "timeouts", key)
            yield _said(candidate, place, f"timeouts.{key} holds", facet, None if ms == 0 else ms)


def _own(rule: Rule) -> Iterator[tuple[Filter, ...]]:
    yield from (backend.filters for backend in weighed(rule))


def _edited(
    candidate: Candidate, ways: tuple[tuple[Filter, ...], ...], *, of_request: bool
) -> Iterator[Step]:
    """Say how headers are edited on every way, where any filter does so."""
    every = [each for way in ways for each in way if isinstance(each, HeaderEdits)]
    first = next((each for each in every if each.is_of_request is of_request), None)
    if first is not None:
        facet = Facet.REQUEST_HEADERS if of_request else Facet.RESPONSE_HEADERS
        value = alike(header_edits(way, of_request=of_request) for way in ways)
        yield _said(candidate, first.at, "headers are edited", facet, value)


def _said(candidate: Candidate, at: Path, says: str, facet: Facet | None = None, value: Value = None) -> Step:
    resource = candidate.route.resource
    basis = Basis(name=str(resource), of=resource, path=at, source=_SOURCES[resource.kind])
    return Step(says=says, basis=basis, facet=facet, value=value)
