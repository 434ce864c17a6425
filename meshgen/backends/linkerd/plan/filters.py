"""What a route does to a request or its answer on the way: header edits and redirects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshgen.backends.linkerd.plan.objects import Filter, HeaderEdit, Redirection
from meshgen.intent.resolved import ResolvedRoute
from meshgen.intent.traffic import HeaderEdits, Redirect, RedirectCode, Scheme
from meshgen.manifest import Pairs


def filters(route: ResolvedRoute) -> tuple[Filter, ...] | None:
    """List the filters of a route; None where it has none."""
    return tuple(_filters(route)) or None


def _filters(route: ResolvedRoute) -> Iterator[Filter]:
    """Yield a redirect alone: the proxy gives that answer itself, and edits none of its own."""
    # linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/route/filters.rs
    if isinstance(route.destination, Redirect):
        to = _redirection(route.destination)
        yield Filter(type="RequestRedirect", request=None, response=None, redirect=to)
    elif route.headers is not None:
        request, response = route.headers.request, route.headers.response
        if request is not None:
            yield Filter(type="RequestHeaderModifier", request=_edit(request), response=None, redirect=None)
        if response is not None:
            yield Filter(type="ResponseHeaderModifier", request=None, response=_edit(response), redirect=None)


def _edit(edits: HeaderEdits) -> HeaderEdit:
    return HeaderEdit(
        set=_pairs(edits.set), add=_pairs(edits.add), remove=tuple(sorted(set(edits.remove))) or None
    )


def _pairs(values: Mapping[str, str] | None) -> Pairs | None:
    return tuple(sorted((values or {}).items())) or None


def _redirection(redirect: Redirect) -> Redirection:
    """Say the port where a host or scheme is written: else the proxy keeps that of the request."""
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/filter/redirect.rs
    default = 443 if redirect.scheme is Scheme.HTTPS else 80
    is_elsewhere = redirect.hostname is not None or redirect.scheme is not None
    return Redirection(
        scheme=None if redirect.scheme is None else redirect.scheme.value,
        hostname=redirect.hostname,
        port=redirect.port or (default if is_elsewhere else None),
        status=(redirect.status_code or RedirectCode.FOUND).value,
    )
