"""Entries of Consul, made up by a seed as people write them and meshgen does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.envoy.configured import Tree
from tests.envoy.shop import NAMES, VERSIONS

_PATHS: tuple[Tree, ...] = (
    *({"pathPrefix": path} for path in ("/", "/a", "/a/", "/a/b", "/b")),
    *({"pathExact": path} for path in ("/a", "/a/b", "/c/d")),
    *({"pathRegex": path} for path in ("/a.*", "/[ab]/b")),
)
_TEXTS: tuple[Tree, ...] = (
    {"exact": "one"},
    {"prefix": "on"},
    {"suffix": "e"},
    {"regex": "o.*e"},
    {"present": True},
)
_FAILURES = ("5xx", "gateway-error", "reset", "connect-failure", "retriable-4xx", "refused-stream")
_SOURCES = (*NAMES, "stranger", "gateway")


def entries(seed: int) -> list[Tree]:
    """Make up routers, splitters, resolvers, defaults and intentions."""
    return _Maker(random.Random(f"consul {seed}")).objects()


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._parts = draw.choice((2, 4, 5, 10, 20))  # shares are multiples of a whole by it
        self._is_closed = draw.random() < 0.5  # whether intentions are about, and chains stay at home

    def _maybe(self, likely: float) -> bool:
        return self._draw.random() < likely

    def objects(self) -> list[Tree]:
        found = [self._object("ServiceDefaults", name, self._defaults()) for name in NAMES]
        for name in NAMES:
            if VERSIONS[name]:
                found.append(self._object("ServiceResolver", name, self._resolver(name)))
            if VERSIONS[name] and self._maybe(0.7):
                found.append(self._object("ServiceSplitter", name, {"splits": self._splits(name)}))
            if self._maybe(0.8):
                found.append(self._object("ServiceRouter", name, {"routes": self._routes(name)}))
            if self._is_closed and self._maybe(0.8):
                found.append(self._object("ServiceIntentions", name, self._intentions(name)))
        if self._is_closed and self._maybe(0.4):
            spec = {"destination": {"name": "*"}, "sources": [{"name": "*", "action": self._action()}]}
            found.append(self._object("ServiceIntentions", "all", spec))
        return found

    def _object(self, kind: str, name: str, spec: Tree) -> Tree:
        metadata = {"name": name, "namespace": "shop"}
        return {
            "apiVersion": "consul.hashicorp.com/v1alpha1",
            "kind": kind,
            "metadata": metadata,
            "spec": spec,
        }

    def _action(self) -> str:
        return self._draw.choice(("allow", "deny"))

    def _defaults(self) -> Tree:
        local = {"localRequestTimeoutMs": self._draw.choice((1000, 20_000))} if self._maybe(0.3) else {}
        return {"protocol": "http", **local}

    def _resolver(self, name: str) -> Tree:
        versions = VERSIONS[name]
        subsets = {version: {"filter": f'Service.Meta.version == "{version}"'} for version in versions}
        default = {"defaultSubset": self._draw.choice(versions)} if self._maybe(0.3) else {}
        return {"subsets": subsets, **default}

    def _splits(self, name: str) -> list[Tree]:
        kept = self._draw.sample(VERSIONS[name], self._draw.randint(1, len(VERSIONS[name])))
        cuts = sorted(self._draw.randint(0, self._parts) for _ in kept[1:])
        ends = zip([0, *cuts], [*cuts, self._parts], strict=True)
        shares = [(end - start) * 100 // self._parts for start, end in ends]
        return [
            {"weight": share, "serviceSubset": version, **(self._headers() if self._maybe(0.2) else {})}
            for version, share in zip(kept, shares, strict=True)
        ]

    def _routes(self, name: str) -> list[Tree]:
        return [self._route(name) for _ in range(self._draw.randint(1, 3))]

    def _route(self, name: str) -> Tree:
        http = self._http()
        to: Tree = {}
        if not self._is_closed and self._maybe(0.3):
            to["service"] = self._draw.choice(NAMES)
        versions = VERSIONS[to.get("service", name)]
        if versions and self._maybe(0.4):
            to["serviceSubset"] = self._draw.choice(versions)
        if http.keys() & {"pathExact", "pathPrefix"} and self._maybe(0.3):
            to["prefixRewrite"] = self._draw.choice(("/n", "/n/m"))
        if self._maybe(0.4):
            to["requestTimeout"] = self._draw.choice(("2s", "4s", "30s", "-1s"))
        to |= self._retries() if self._maybe(0.5) else {}
        to |= self._headers() if self._maybe(0.3) else {}
        return {"match": {"http": http}, **({"destination": to} if to else {})}

    def _some(self, **makers: Callable[[], Any]) -> Tree:
        kept = [name for name in makers if self._maybe(0.5)] or [next(iter(makers))]
        return {name: makers[name]() for name in kept}

    def _http(self) -> Tree:
        http = dict(self._draw.choice(_PATHS)) if self._maybe(0.7) else {}
        if http and "pathRegex" not in http and self._maybe(0.2):
            http["caseInsensitive"] = True
        if self._maybe(0.4):
            http["header"] = [self._header()]
        if self._maybe(0.3):
            http["methods"] = self._draw.sample(("GET", "POST", "PUT", "DELETE"), 2)
        if not http or self._maybe(0.2):
            kinds: tuple[Tree, ...] = ({"exact": "1"}, {"regex": "1+"}, {"present": True})
            http["queryParam"] = [{"name": "q", **self._draw.choice(kinds)}]
        return http

    def _header(self) -> Tree:
        opposite = {"invert": True} if self._maybe(0.3) else {}
        return {"name": self._draw.choice(("x-a", "x-b")), **self._draw.choice(_TEXTS), **opposite}

    def _retries(self) -> Tree:
        return self._some(
            numRetries=lambda: self._draw.randint(1, 3),
            retryOn=lambda: self._draw.sample(_FAILURES, self._draw.randint(1, 2)),
            retryOnConnectFailure=lambda: True,
            retryOnStatusCodes=lambda: self._draw.sample((409, 429, 500, 503), self._draw.randint(1, 2)),
        )

    def _headers(self) -> Tree:
        return self._some(
            requestHeaders=lambda: self._edits("x-a"), responseHeaders=lambda: self._edits("x-old")
        )

    def _edits(self, old: str) -> Tree:
        return self._some(
            set=lambda: {self._draw.choice((old, "x-new")): "new"},
            add=lambda: {"x-more": "more"},
            remove=lambda: ["x-gone"],
        )

    def _intentions(self, name: str) -> Tree:
        names = self._draw.sample(_SOURCES, self._draw.randint(1, 3))
        names += ["*"] if self._maybe(0.6) else []
        return {"destination": {"name": name}, "sources": [self._source(each) for each in names]}

    def _source(self, name: str) -> Tree:
        if self._maybe(0.4):
            return {"name": name, "action": self._action()}
        permissions = [
            {"action": self._action(), "http": self._permission()} for _ in range(self._draw.randint(1, 3))
        ]
        return {"name": name, "permissions": permissions}

    def _permission(self) -> Tree:
        http = dict(self._draw.choice(_PATHS)) if self._maybe(0.7) else {}
        if self._maybe(0.3):
            texts = (*_TEXTS, {"contains": "n"}, {"exact": "ONE", "ignoreCase": True})
            opposite = {"invert": True} if self._maybe(0.3) else {}
            http["header"] = [{"name": "x-a", **self._draw.choice(texts), **opposite}]
        if not http or self._maybe(0.3):
            http["methods"] = self._draw.sample(("GET", "POST", "PUT", "DELETE"), 2)
        return http
