"""What a route does to requests on their way: redirect, rewrite, faults, copies, CORS and headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.destination import Destination, Directory
from meshgen.intent import traffic
from meshgen.intent.match import Match, PathPrefix
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ServiceKey, ServicePort, ToOther

_DEFAULT_PORTS = {traffic.Scheme.HTTP: 80, traffic.Scheme.HTTPS: 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """`redirect` of a route."""

    scheme: str | None
    authority: str | None
    port: int | None
    uri: str | None
    redirect_code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """`rewrite` of a route; expression and replacement stand together."""

    authority: str | None
    match: str | None = None
    rewrite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`fault` of a route, its two parts by their fields."""

    delay: str | None
    delay_percent: int | float | None
    http_status: int | None
    grpc_status: str | None
    abort_percent: int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """One entry of `mirrors`."""

    destination: Destination
    percent: int | float | None  # None: all requests


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsPolicy:
    """`corsPolicy` of a route."""

    allow_origins: tuple[tuple[str, str], ...]  # (exact or regex, value)
    allow_methods: tuple[str, ...] | None
    allow_headers: tuple[str, ...] | None
    expose_headers: tuple[str, ...] | None
    max_age: str | None
    allow_credentials: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderOperations:
    """`headers.request` or `headers.response` of a route."""

    of: str
    set: Mapping[str, str] | None
    add: Mapping[str, str] | None
    remove: tuple[str, ...] | None


def redirect(to: traffic.Redirect) -> Redirect:
    """Write a redirect with everything that the intent leaves to its own defaults.

    istio/istio pilot/pkg/networking/core/route/route.go: where none is written the code is 301, and the
    default port of a scheme is never part of an address.
    """
    is_default = to.port == _DEFAULT_PORTS[traffic.Scheme.HTTP if to.scheme is None else to.scheme]
    is_alone = to.scheme is None and to.hostname is None and to.path is None  # the webhook asks for something
    code = traffic.RedirectCode.FOUND if to.status_code is None else to.status_code
    is_usual = code is traffic.RedirectCode.MOVED
    return Redirect(
        scheme=None if to.scheme is None else to.scheme.value,
        authority=to.hostname,
        port=None if is_default and not is_alone else to.port,
        uri=to.path,
        redirect_code=None if is_usual else code.value,
    )


def rewrite(change: traffic.Rewrite, matches: tuple[Match, ...]) -> Rewrite:
    """Write a rewrite as an expression: `uri` would replace the whole path or a part, as the match has it."""
    if change.path is not None:
        return Rewrite(authority=change.hostname, match="^/.*$", rewrite=_literal(change.path))
    if change.prefix is None:
        return Rewrite(authority=change.hostname)
    prefixes = {path.prefix for match in matches for path in match.paths if isinstance(path, PathPrefix)}
    longest_first = sorted(prefixes, key=lambda prefix: (-len(prefix), prefix))
    alternatives = "|".join("" if prefix == "/" else re.escape(prefix) for prefix in longest_first)
    if change.prefix == "/":
        return Rewrite(authority=change.hostname, match=f"^(?:{alternatives})(?:/|$)", rewrite="/")
    return Rewrite(
        authority=change.hostname,
        match=f"^(?:{alternatives})(/|$)",
        rewrite=rf"{_literal(change.prefix)}\1",
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\")


def fault(injected: traffic.Fault, protocol: Protocol) -> Fault | None:
    """Write the faults that have a meaning on a port: a status on HTTP, a gRPC status on gRPC."""
    delay, abort = injected.delay, injected.abort
    is_grpc = protocol is Protocol.GRPC
    if abort is not None and (abort.grpc_status is None) == is_grpc:
        abort = None
    if delay is None and abort is None:
        return None
    return Fault(
        delay=None if delay is None else str(delay.duration),
        delay_percent=None if delay is None else delay.percent.number,
        http_status=None if abort is None else abort.status,
        grpc_status=None if abort is None or abort.grpc_status is None else _grpc_name(abort.grpc_status),
        abort_percent=None if abort is None else abort.percent.number,
    )


def _grpc_name(status: traffic.GrpcStatus) -> str:
    return str(status.value).replace("-", "_").upper()


def mirrors(mirror: traffic.Mirror, directory: Directory, port: ServicePort) -> tuple[Mirror, ...]:
    """Write the one mirror, which gets a copy of every request unless it says less."""
    percent = None if mirror.percent is None else mirror.percent.number
    if mirror.version is not None:
        destination = directory.version(mirror.version, port)
    else:
        head, _, rest = str(mirror.service).rpartition("/")
        name, _, wanted = rest.partition(":")
        key = ServiceKey(head or directory.service.key.namespace, name)
        number = int(wanted) if wanted.isdecimal() else wanted or None
        destination = directory.other(ToOther(key=key, port=number))
    return (Mirror(destination=destination, percent=None if percent == 100 else percent),)


def cors_policy(cors: traffic.Cors) -> CorsPolicy:
    """Write what browsers of other origins may do."""
    return CorsPolicy(
        allow_origins=tuple(_origin(origin) for origin in cors.allow_origins),
        allow_methods=tuple(method.value for method in cors.allow_methods) or None,
        allow_headers=cors.allow_headers or None,
        expose_headers=cors.expose_headers or None,
        max_age=None if cors.max_age is None else f"{cors.max_age.ms // 1000}s",
        allow_credentials=cors.allow_credentials,
    )


def _origin(origin: str) -> tuple[str, str]:
    scheme, is_wild, domain = origin.partition("://*.")
    if not is_wild:
        return ("exact", origin)  # `*` alone is every origin to Envoy's filter
    return ("regex", rf"{scheme}://([^./]+\.)+{re.escape(domain)}")


def header_operations(headers: traffic.Headers, to: object) -> tuple[HeaderOperations, ...] | None:
    """Write edits of headers; a redirect has no request that is sent on."""
    request = None if isinstance(to, traffic.Redirect) else headers.request
    parts = (("request", request), ("response", headers.response))
    return tuple(_operations(of, edits) for of, edits in parts if edits is not None) or None


def _operations(of: str, edits: traffic.HeaderEdits) -> HeaderOperations:
    return HeaderOperations(
        of=of,
        set=_values(edits.set),
        add=_values(edits.add),
        remove=tuple(dict.fromkeys(edits.remove)) or None,
    )


def _values(headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    if headers is None:
        return None
    # Envoy reads %NAME% as a command, %% as a percent sign.
    return {name: value.replace("%", "%%") for name, value in sorted(headers.items())}
