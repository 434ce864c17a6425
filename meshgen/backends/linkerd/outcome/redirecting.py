"""Where Linkerd's redirects lead."""

from __future__ import annotations

from meshgen.gatewayapi.routing import FullPath, Redirect
from meshgen.intent.outcome.call import Request

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def location(redirect: Redirect, host: str, request: Request) -> str | None:
    """Give the address that a request to `host` is sent to; None where it leads to where it came from.

    A port that a scheme has by default is left out.
    """
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/filter/redirect.rs
    scheme = redirect.scheme or "http"
    asked, _, port = host.partition(":")
    if redirect.port is not None:
        port = str(redirect.port)
    name = redirect.hostname or asked
    shown = name if port in ("", _DEFAULT_PORTS[scheme]) else f"{name}:{port}"
    # A whole path takes the query with it.
    target = redirect.path.text if isinstance(redirect.path, FullPath) else request.target
    found = f"{scheme}://{shown}{target}"
    return None if found == f"http://{host}{request.target}" else found
