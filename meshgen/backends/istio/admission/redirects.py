"""Answers that a route gives itself: redirects and responses."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.faults import no_status
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, no_port, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

REDIRECT = Code(
    number="MG438",
    slug="istio-redirect",
    meaning="A redirect, a rewrite or a response leads nowhere, or is none that Istio gives.",
)
RULE = Rule(REDIRECT, WEBHOOK)
_PARTS = ("uri", "authority", "scheme")
_KIB = 1024
_LARGE = 100 * _KIB
_LARGEST = 1024 * _KIB


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold what a route answers itself against clauses 13 and 14."""
    if "redirect" in route:
        yield from _redirect((*path, "redirect"), route["redirect"])
    if "directResponse" in route:
        yield from _response((*path, "directResponse"), route["directResponse"])


def _redirect(path: Path, redirect: Body) -> Iterator[Complaint]:
    has_port = "port" in redirect or "derivePort" in redirect
    if not has_port and not any(redirect.get(part) for part in _PARTS):
        yield RULE.broken(path, "the redirect changes nothing", "write uri, authority, scheme or port")
    code = redirect.get("redirectCode", 0)
    if code != 0 and not 300 <= code <= 399:
        yield RULE.broken(
            (*path, "redirectCode"), f"{code} is not a status of redirects", "write 301, 302, 307 or 308"
        )
    scheme = redirect.get("scheme") or "http"
    if scheme not in ("http", "https"):
        yield RULE.broken(
            (*path, "scheme"), f"{quoted(scheme)} is not a scheme of HTTP", "write http or https"
        )
    yield from no_port(RULE, path, redirect, "port")


def _response(path: Path, response: Body) -> Iterator[Complaint]:
    yield from no_status(RULE, (*path, "status"), response["status"])
    body = response.get("body", {})
    size = (
        len(body["string"].encode(errors="surrogatepass"))
        if "string" in body
        else len(body.get("bytes", "")) * 3 // 4
    )
    at = (*path, "body")
    if size > _LARGEST:
        yield RULE.broken(at, f"the body has {size} bytes, more than a megabyte", "serve it from a workload")
    elif size > _LARGE:
        yield RULE.doubtful(
            at, f"the body has {size} bytes, which slows the control plane", "serve it from a workload"
        )
