"""Which requests a rule of a VirtualService takes, ready to be asked and told as conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from meshgen.backends.istio.outcome.seen import Seen
from meshgen.backends.istio.read.objects import MESH
from meshgen.backends.istio.read.texts import Text, string_match
from meshgen.intent.languages import Beginning, Exactly, Language
from meshgen.intent.match import Method
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.requesting import bare_host

# What is written as a header and is none (istio/istio pilot/pkg/networking/core/route/route.go).
_AUTHORITY = frozenset((":authority", "host"))


class Client(NamedTuple):
    """What istiod knows of a caller when it writes its routes."""

    namespace: str
    labels: frozenset[tuple[str, str]]


class _Named(NamedTuple):
    name: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMatch:
    """One entry of `match`: all its conditions hold."""

    path: Text | None = None
    prefix: int | None = 1  # how much of the path `rewrite.uri` replaces; None: all of it
    method: Text | None = None
    host: Text | None = None
    scheme: Text | None = None
    headers: tuple[_Named, ...] = ()
    without: tuple[_Named, ...] = ()
    query: tuple[_Named, ...] = ()

    def holds(self, request: Seen) -> bool:
        """Tell whether a request is meant."""
        return (
            (self.path is None or self.path.holds(request.path))
            and (self.method is None or self.method.holds(request.method))
            and (self.host is None or self.host.holds(request.host))
            and (self.scheme is None or self.scheme.holds("http"))
            and (not self.headers or all(_has(request, *each) for each in self.headers))
            and (not self.without or not any(_lacks_not(request, *each) for each in self.without))
            and (not self.query or _asks(request, self.query))
        )

    @property
    def conditions(self) -> Conditions:
        """What it tells apart."""
        named = (*self.headers, *self.without)
        return Conditions(
            methods=frozenset() if self.method is None else methods(self.method),
            paths=frozenset() if self.path is None else frozenset((self.path.language,)),
            hosts=frozenset() if self.host is None else hosts(self.host.language),
            headers=_told(tuple(each for each in named if each.name not in _PSEUDO)),
            query=_told(self.query),
        )


_PSEUDO = frozenset((*_AUTHORITY, ":method", ":path", ":scheme"))


def _has(request: Seen, name: str, text: Text) -> bool:
    value = _value(request, name)
    return value is not None and text.holds(value)


def _lacks_not(request: Seen, name: str, text: Text) -> bool:
    """A header that is missing counts as an empty one, unless its presence alone is asked."""
    value = _value(request, name)
    if text.is_presence:
        return value is not None
    return text.holds(value or "")


def _value(request: Seen, name: str) -> str | None:
    if name in _AUTHORITY:
        return request.host
    match name:
        case ":method":
            return request.method
        case ":path":
            return request.target
        case ":scheme":
            return "http"
        case _:
            return request.headers.get(name)


def _asks(request: Seen, asked: tuple[_Named, ...]) -> bool:
    """Of a parameter that is sent several times the first counts (envoyproxy/envoy source/common/http)."""
    sent = dict(reversed(request.query))
    return all(name in sent and text.holds(sent[name]) for name, text in asked)


def _told(named: tuple[_Named, ...]) -> Mapping[str, frozenset[Language]]:
    found: dict[str, frozenset[Language]] = {}
    for name, text in named:
        found[name] = found.get(name, frozenset()) | text.told
    return found


def methods(text: Text) -> frozenset[str]:
    """Name the methods that a condition picks, those too that nobody knows."""
    if isinstance(text.language, Exactly):
        return frozenset((text.language.text,))
    every = (name for method in Method for name in (method.value, f"{method.value}X"))
    return frozenset(name for name in every if text.holds(name))


def hosts(language: Language) -> frozenset[Language]:
    """Describe hosts without port and in lower case, as witnesses are made of them."""
    match language:
        case Exactly(text=text):
            return frozenset((Exactly(bare_host(text)),))
        case Beginning(text=text):
            name, is_ported, _ = text.lower().rpartition(":")
            return frozenset((Exactly(name) if is_ported else Beginning(text.lower()),))
        case _:
            return frozenset((language,))


def http_match(body: Mapping[str, Any]) -> HttpMatch:
    """Read what decides at run time."""
    uri = body.get("uri")
    path = None
    if uri is not None:
        path = string_match(uri, ignores_case=bool(body.get("ignoreUriCase")))
    return HttpMatch(
        path=path,
        prefix=_prefix(uri),
        method=_optional(body, "method"),
        host=_optional(body, "authority"),
        scheme=_optional(body, "scheme"),
        headers=_texts(body, "headers"),
        without=_texts(body, "withoutHeaders"),
        query=tuple(
            _Named(name, string_match(text or {})) for name, text in (body.get("queryParams") or {}).items()
        ),
    )


def _prefix(uri: Mapping[str, str] | None) -> int | None:
    match uri:
        case {"prefix": prefix}:
            return len(prefix)
        case {"exact": _} | {"regex": _}:
            return None
        case _:
            return 1


def _optional(body: Mapping[str, Any], key: str) -> Text | None:
    return string_match(body[key]) if key in body else None


def _texts(body: Mapping[str, Any], key: str) -> tuple[_Named, ...]:
    pairs = (body.get(key) or {}).items()
    return tuple(_Named(name.lower(), string_match(text or {})) for name, text in pairs)


def is_for(body: Mapping[str, Any], client: Client, port: int) -> bool:
    """Tell whether a match of requests is written into the routes of a client at all.

    istio/istio pilot/pkg/networking/core/route/route.go: where gateways are named, the source is not asked.
    """
    if body.get("port") not in (None, 0, port):
        return False
    gateways = body.get("gateways")
    return MESH in gateways if gateways else is_from(body, client)


def is_from(body: Mapping[str, Any], client: Client) -> bool:
    """Tell whether a match means a client by where it runs."""
    is_labelled = client.labels >= (body.get("sourceLabels") or {}).items()
    return is_labelled and body.get("sourceNamespace") in (None, "", client.namespace)


def is_connection_for(body: Mapping[str, Any], client: Client, port: int) -> bool:
    """Tell whether a match of connections is written into the listeners of a client.

    istio/istio pilot/pkg/networking/core/tls.go: here the source is always asked.
    """
    gateways = body.get("gateways")
    has_port = body.get("port") in (None, 0, port)
    return has_port and (not gateways or MESH in gateways) and is_from(body, client)


ANYTHING = HttpMatch()
