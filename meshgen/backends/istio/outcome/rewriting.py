"""Paths and hosts as they are sent on, and where redirects lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from meshgen.backends.istio.outcome.seen import Seen

Rewrite = Callable[[Seen], str]  # the path, without query

_DEFAULT_PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset((301, 302, 303, 307, 308))


def rewrite(body: Mapping[str, Any], prefix: int | None) -> Rewrite | None:
    """Read how a route changes paths; `prefix` is the length of what was matched, None the whole.

    envoyproxy/envoy source/common/router/config_impl.cc: what was matched is replaced; without a match of the
    path that is the slash in front.
    """
    regex = body.get("uriRegexRewrite")
    if regex:
        return _by_expression(regex["match"], regex["rewrite"])
    uri = body.get("uri")
    if not uri:
        return None
    return lambda request: uri if prefix is None else f"{uri}{request.path[prefix:]}"


def _by_expression(expression: str, replacement: str) -> Rewrite:
    import re2  # 30 ms, and only needed where an expression is written

    compiled = re2.compile(expression)
    return lambda request: str(compiled.sub(replacement, request.path))


def location(body: Mapping[str, Any], request: Seen, port: int) -> str:
    """Write where a redirect leads, for a request that came to a port in plain text.

    istio/istio pilot/pkg/networking/core/route/route.go: the default port of the scheme counts as unwritten.
    envoyproxy/envoy source/common/router/config_impl.cc: then the host keeps a port that it came with.
    """
    scheme = body.get("scheme") or "http"
    written = port if body.get("derivePort") == "FROM_REQUEST_PORT" else body.get("port")
    to = written if written and written != _DEFAULT_PORTS.get(scheme) else None
    host = body.get("authority") or _host(request.host, scheme, to)
    path = body.get("uri") or request.path
    query = request.target[len(request.path) :]
    behind = "" if body.get("uri") and "?" in path else query
    return f"{scheme}://{host}{'' if to is None else f':{to}'}{path}{behind}"


def _host(host: str, scheme: str, to: int | None) -> str:
    name, _, port = host.rpartition(":")
    is_ported = bool(name) and port.isdecimal()
    is_dropped = to is not None or (scheme != "http" and port == "80")
    return name if is_ported and is_dropped else host
