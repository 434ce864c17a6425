"""Manifests of Istio, made up by a seed as people write them and meshgen does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.envoy.configured import Tree
from tests.envoy.shop import NAMES, VERSIONS

_RETRIES = (
    "5xx",
    "gateway-error",
    "connect-failure",
    "reset",
    "retriable-4xx",
    "503",
    "429",
    "refused-stream",
)
_URIS: tuple[Tree, ...] = (
    *({"prefix": path} for path in ("/", "/a", "/a/", "/a/b", "/b")),
    *({"exact": path} for path in ("/a", "/a/b", "/c/d")),
    *({"regex": path} for path in ("/a.*", "/[ab]/b")),
)
_TEXTS: tuple[Tree, ...] = ({"exact": "one"}, {"prefix": "on"}, {"regex": "o.*e"}, {})
_PATHS = ("/a", "/a*", "/a/*", "*/b", "/b", "*", "/c/d", "/a/*/c")
_HOSTS = ("web.example.com", "*.example.com", "*example.com*", "web.shop.svc.cluster.local:*", "*")


def manifests(seed: int) -> list[Tree]:
    """Make up VirtualServices, DestinationRules and policies."""
    return _Maker(random.Random(f"istio {seed}")).objects()


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._parts = draw.choice((2, 3, 6, 7, 12))  # weights add up to this, which is seldom 100

    def _maybe(self, likely: float) -> bool:
        return self._draw.random() < likely

    def objects(self) -> list[Tree]:
        found = [self._rule(name) for name in NAMES if VERSIONS[name] and self._maybe(0.85)]
        for name in NAMES:
            if self._maybe(0.7):
                found.append(self._service(name, name))
            if self._maybe(0.1):
                found.append(self._service(f"{name}-second", name))
        if self._maybe(0.6):
            found += [self._policy(number) for number in range(self._draw.randint(1, 4))]
            found += [self._peer(number) for number in range(self._draw.randint(0, 2))]
        return found

    def _object(self, kind: str, name: str, spec: Tree, namespace: str = "shop") -> Tree:
        group = "networking" if kind in ("VirtualService", "DestinationRule") else "security"
        metadata = {"name": name, "namespace": namespace}
        return {"apiVersion": f"{group}.istio.io/v1", "kind": kind, "metadata": metadata, "spec": spec}

    def _host(self, name: str) -> str:
        return self._draw.choice((name, f"{name}.shop.svc.cluster.local"))

    def _rule(self, name: str) -> Tree:
        versions = [each for each in VERSIONS[name] if self._maybe(0.9)]
        subsets = [{"name": version, "labels": {"version": version}} for version in versions]
        return self._object("DestinationRule", name, {"host": self._host(name), "subsets": subsets})

    def _service(self, title: str, name: str) -> Tree:
        http = [self._http(name) for _ in range(self._draw.randint(1, 3))]
        if self._maybe(0.6):
            http.append({"route": self._route(name)})
        return self._object("VirtualService", title, {"hosts": [self._host(name)], "http": http})

    def _http(self, name: str) -> Tree:
        http: Tree = {}
        if self._maybe(0.9):
            http["match"] = [self._match() for _ in range(self._draw.randint(1, 2))]
        if self._maybe(0.15):
            return {**http, "redirect": self._redirect()}
        http["route"] = self._route(name)
        makers: dict[str, Callable[[], Any]] = {
            "timeout": lambda: self._draw.choice(("2s", "4s", "20s")),
            "retries": self._retries,
            "fault": self._fault,
            "headers": self._headers,
            "corsPolicy": self._cors,
            "mirrors": lambda: [self._mirror(name)],
        }
        http |= {key: make() for key, make in makers.items() if self._maybe(0.3)}
        if self._maybe(0.2) and all("regex" not in each.get("uri", {}) for each in http.get("match", [])):
            http["rewrite"] = self._some(uri=lambda: "/new", authority=lambda: "new.example.com")
        return http

    def _some(self, **makers: Callable[[], Any]) -> Tree:
        kept = [name for name in makers if self._maybe(0.5)] or [next(iter(makers))]
        return {name: makers[name]() for name in kept}

    def _match(self) -> Tree:
        makers: dict[str, Callable[[], Any]] = {
            "uri": lambda: self._draw.choice(_URIS),
            "method": lambda: self._draw.choice(({"exact": "GET"}, {"regex": "P.*"}, {"prefix": "PU"})),
            "headers": lambda: {self._draw.choice(("x-a", "x-b")): self._draw.choice(_TEXTS)},
            "withoutHeaders": lambda: {self._draw.choice(("x-a", "x-b")): self._draw.choice(_TEXTS)},
            "queryParams": lambda: {
                "q": self._draw.choice(({"exact": "1"}, {"prefix": "1"}, {"regex": "1+"}))
            },
            "port": lambda: self._draw.choice((80, 9080, 9090)),
            "sourceLabels": lambda: {"app": self._draw.choice(NAMES)},
            "sourceNamespace": lambda: self._draw.choice(("shop", "other")),
            "ignoreUriCase": lambda: True,
        }
        kept = self._draw.choices(list(makers), (6, 3, 4, 2, 2, 1, 1, 1, 1), k=2)
        found = {name: makers[name]() for name in kept}
        return found if found.keys() - {"ignoreUriCase"} else {"uri": {"prefix": "/a"}, **found}

    def _route(self, name: str) -> list[Tree]:
        versions = VERSIONS[name]
        if not versions or self._maybe(0.3):
            other = self._draw.choice(NAMES)
            return [
                {"destination": {"host": self._host(name if self._maybe(0.7) else other), **self._port()}}
            ]
        kept = self._draw.sample(versions, self._draw.randint(1, len(versions)))
        cuts = sorted(self._draw.randint(0, self._parts) for _ in kept[1:])
        weights = [end - start for start, end in zip([0, *cuts], [*cuts, self._parts], strict=True)]
        return [
            {"destination": {"host": self._host(name), "subset": subset, **self._port()}, "weight": weight}
            for subset, weight in zip(kept, weights, strict=True)
        ]

    def _port(self) -> Tree:
        return {"port": {"number": 9080}} if self._maybe(0.8) else {}

    def _retries(self) -> Tree:
        if self._maybe(0.25):
            return {"attempts": 0}
        retries: Tree = {"attempts": self._draw.randint(1, 3)}
        if self._maybe(0.8):
            retries["retryOn"] = ",".join(self._draw.sample(_RETRIES, self._draw.randint(1, 3)))
        return {**retries, "perTryTimeout": "1s"} if self._maybe(0.3) else retries

    def _fault(self) -> Tree:
        whole = [{}, {"percentage": {"value": 100}}, {"percentage": {"value": 0}}]
        return self._some(
            abort=lambda: {"httpStatus": self._draw.choice((403, 404, 418, 503)), **self._draw.choice(whole)},
            delay=lambda: {"fixedDelay": "200ms", **self._draw.choice(whole)},
        )

    def _headers(self) -> Tree:
        def edits(old: str) -> Tree:
            return self._some(
                set=lambda: {self._draw.choice((old, "x-new")): "100%% new"},
                add=lambda: {"x-more": "more"},
                remove=lambda: ["x-gone"],
            )

        return self._some(request=lambda: edits("x-a"), response=lambda: edits("x-old"))

    def _cors(self) -> Tree:
        origins = ({"exact": "https://a.example.com"}, {"prefix": "https://a"}, {"regex": "https://.*"})
        return {
            "allowOrigins": self._draw.sample(origins, self._draw.randint(1, 2)),
            **self._some(exposeHeaders=lambda: ["X-Old"], allowCredentials=lambda: self._maybe(0.5)),
        }

    def _mirror(self, name: str) -> Tree:
        whole = [{}, {"percentage": {"value": 100}}, {"percentage": {"value": 0}}]
        destination = {"host": self._host(name), "port": {"number": 9080}}
        return {"destination": destination, **self._draw.choice(whole)}

    def _redirect(self) -> Tree:
        return self._some(
            uri=lambda: "/new/path",
            authority=lambda: "new.example.com",
            redirectCode=lambda: self._draw.choice((301, 302, 307)),
        ) | {"authority": "elsewhere.example.com"}

    def _selector(self) -> Tree:
        if self._maybe(0.2):
            return {}
        return {"selector": {"matchLabels": {"app": self._draw.choice(NAMES)}}}

    def _peer(self, number: int) -> Tree:
        modes = ("STRICT", "STRICT", "PERMISSIVE", "DISABLE", "UNSET")
        spec: Tree = {**self._selector(), "mtls": {"mode": self._draw.choice(modes)}}
        if "selector" in spec and self._maybe(0.3):
            spec["portLevelMtls"] = {"9090": {"mode": self._draw.choice(modes)}}
        return self._object("PeerAuthentication", f"peer-{number}", spec)

    def _policy(self, number: int) -> Tree:
        spec: Tree = {**self._selector(), "action": self._draw.choice(("ALLOW", "ALLOW", "DENY"))}
        if spec["action"] == "DENY" or self._maybe(0.9):
            spec["rules"] = [self._grant() for _ in range(self._draw.randint(1, 2))]
        namespace = "istio-system" if self._maybe(0.15) else "shop"
        return self._object("AuthorizationPolicy", f"policy-{number}", spec, namespace)

    def _grant(self) -> Tree:
        return self._some(
            to=lambda: [{"operation": self._operation()} for _ in range(self._draw.randint(1, 2))],
            **{"from": lambda: [{"source": self._source()} for _ in range(self._draw.randint(1, 2))]},
            when=lambda: [self._when()],
        )

    def _source(self) -> Tree:
        ids = ("cluster.local/ns/shop/sa/web", "*/sa/reviews", "cluster.local/ns/shop/*", "*")
        values: dict[str, tuple[str, ...]] = {
            "principals": ids,
            "notPrincipals": ids,
            "namespaces": ("shop", "other", "ot*"),
            "notNamespaces": ("shop", "other"),
            "ipBlocks": ("127.80.9.0/30", "127.80.9.4/30", "127.80.9.1"),
            "notIpBlocks": ("127.80.9.0/30", "127.80.9.1"),
        }
        if self._maybe(0.2):
            return {"serviceAccounts": [self._draw.choice(("shop/web", "reviews", "other/stranger"))]}
        return self._drawn(values)

    def _operation(self) -> Tree:
        methods = ("GET", "POST", "PUT", "P*", "*T", "*")
        return self._drawn(
            {
                "paths": _PATHS,
                "notPaths": _PATHS[:-3],
                "methods": methods,
                "notMethods": methods[:-1],
                "hosts": _HOSTS,
                "notHosts": _HOSTS[:-1],
                "ports": ("9080", "9090"),
                "notPorts": ("9090",),
            }
        )

    def _drawn(self, values: dict[str, tuple[str, ...]]) -> Tree:
        kept = self._draw.sample(sorted(values), self._draw.randint(1, 2))
        return {
            key: self._draw.sample(values[key], self._draw.randint(1, min(2, len(values[key]))))
            for key in kept
        }

    def _when(self) -> Tree:
        key, values = self._draw.choice(
            (
                ("request.headers[x-a]", ("one", "on*", "*")),
                ("source.namespace", ("shop", "other")),
                ("source.principal", ("cluster.local/ns/shop/sa/web",)),
                ("destination.port", ("9080",)),
                ("source.ip", ("127.80.9.0/30",)),
            )
        )
        return {"key": key, self._draw.choice(("values", "values", "notValues")): [self._draw.choice(values)]}
