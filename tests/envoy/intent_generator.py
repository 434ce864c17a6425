"""Intents of four services, made up by a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from meshgen.api import Reading, read_intents
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.rules import check
from tests.envoy.configured import Tree
from tests.envoy.shop import NAMES, VERSIONS

PATHS = ("/a", "/a", "/a/b", "/a/b", "/b", "/b", "/c/d", "/")
TIMES = ("2s", "4s", "10s", "20s")
_FAILURES: tuple[str | int, ...] = (
    *("5xx", "gateway-error", "retriable-4xx", "connect-failure", "reset", "refused-stream"),
    *("unavailable", "internal", "cancelled", 503, 429, 500),
)
_VALUES: tuple[Tree, ...] = ({"exact": "1"}, {"present": True}, {"regex": "1+"})
_HOSTS = ("*.shop.svc.cluster.local", "web.example.com", "*.example.com")


def reading(seed: int) -> tuple[str, Reading]:
    """Make up the text of an intent that is sound, and read it."""
    for attempt in range(1_000):
        text = json.dumps(_Maker(random.Random(f"{seed}.{attempt}")).intent(), indent=1)
        found = read_intents([Content(file="intent", content=text.encode())])
        findings = Findings()
        findings.extend(found.findings)
        if not findings.has_errors:
            check(found.intents, callers={}, findings=findings)
        if not findings.has_errors:
            return text, found
    raise AssertionError(f"no sound intent from seed {seed}")


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._parts = draw.choice((2, 4, 5, 10, 20))  # shares are multiples of a whole by it
        self._is_closed = draw.random() < 0.6  # whether rules are about who may call
        self._first = {name: draw.choice((80, 9080)) for name in NAMES}

    def _maybe(self, likely: float) -> bool:
        return self._draw.random() < likely

    def intent(self) -> Tree:
        spec: Tree = {"selectorLabel": "app", "accounts": "named"}
        spec["services"] = {name: self._service(name) for name in NAMES}
        if self._maybe(0.3):
            spec["defaults"] = self._some(timeout=self._timeout, retries=self._retries)
        if self._is_closed and self._maybe(0.6):
            spec["mtls"] = {"mode": self._draw.choice(("strict", "strict", "permissive"))}
        if self._is_closed and self._maybe(0.3):
            spec["authorization"] = {"default": self._draw.choice(("allow", "deny"))}
            if self._maybe(0.3):
                spec["authorization"]["rules"] = [self._rule("everywhere")]
        metadata = {"name": "made", "namespace": "shop"}
        version = "meshgen.dev/v1alpha1"
        return {"apiVersion": version, "kind": "MeshIntent", "metadata": metadata, "spec": spec}

    def _some(self, **makers: Any) -> Tree:
        kept = [name for name in makers if self._maybe(0.5)] or [next(iter(makers))]
        return {name: makers[name]() for name in kept}

    def _service(self, name: str) -> Tree:
        service: Tree = dict(self._ports(name))
        versions = VERSIONS[name]
        if versions:
            service["versions"] = {version: {} for version in versions}
        if name == "ratings":
            service["versions"]["v2"] = {"serviceAccount": "ratings-v2"}
        if versions and self._maybe(0.6):
            service["split"] = self._split(versions)
        if self._maybe(0.7):
            count = self._draw.randint(1, 3)
            service["routes"] = [self._route(name, number, count) for number in range(count)]
        service |= self._traffic(0.2)
        if self._is_closed and self._maybe(0.7):
            service |= self._access()
        return service

    def _ports(self, name: str) -> Tree:
        first = self._first[name]
        target = {} if first == 9080 else {"targetPort": "9080"}
        if name == "web" or self._maybe(0.5):
            return {"port": first, **target}
        protocol = self._draw.choice(("http", "grpc", "http2"))
        return {"ports": [{"port": first, **target}, {"port": 9090, "protocol": protocol, "name": "second"}]}

    def _split(self, versions: tuple[str, ...]) -> Tree:
        kept = self._draw.sample(versions, self._draw.randint(1, len(versions)))
        cuts = sorted(self._draw.randint(0, self._parts) for _ in kept[1:])
        ends = zip([0, *cuts], [*cuts, self._parts], strict=True)
        shares = ((end - start) * 100 / self._parts for start, end in ends)
        return {name: int(share) for name, share in zip(kept, shares, strict=True)}

    def _timeout(self) -> str:
        return "none" if self._maybe(0.15) else self._draw.choice(TIMES)

    def _retries(self) -> Any:
        if self._maybe(0.15):
            return "none"
        retries: Tree = {"attempts": self._draw.randint(1, 3)}
        if self._maybe(0.8):
            retries["retryOn"] = self._draw.sample(_FAILURES, self._draw.randint(1, 3))
        if self._maybe(0.3):
            retries["perTryTimeout"] = "1s"
        return retries

    def _traffic(self, likely: float) -> Tree:
        makers: dict[str, Callable[[], Any]] = {
            "timeout": self._timeout,
            "retries": self._retries,
            "fault": self._fault,
            "headers": self._headers,
            "cors": self._cors,
        }
        return {name: maker() for name, maker in makers.items() if self._maybe(likely)}

    def _fault(self) -> Any:
        if self._maybe(0.5):
            return "none"
        whole = self._draw.choice((0, 100, 100))
        abort = {"status": self._draw.choice((403, 404, 418, 503)), "percent": whole}
        delay = {"duration": "200ms", "percent": self._draw.choice((0, 100))}
        return self._some(abort=lambda: abort, delay=lambda: delay)

    def _headers(self) -> Tree:
        return self._some(request=lambda: self._edits("x-a"), response=lambda: self._edits("x-old"))

    def _edits(self, old: str) -> Tree:
        return self._some(
            set=lambda: {self._draw.choice((old, "x-new")): "100% new"},
            add=lambda: {self._draw.choice(("x-more", "X-Kept")): "more"},
            remove=lambda: ["x-gone", "x-removed"],
        )

    def _cors(self) -> Any:
        if self._maybe(0.2):
            return "none"
        origins = self._draw.choice((["*"], ["https://a.example.com"], ["https://*.example.com"]))
        cors: Tree = {"allowOrigins": origins}
        if self._maybe(0.5):
            cors |= {"allowMethods": ["GET", "PUT"], "exposeHeaders": ["X-Old"]}
        if self._maybe(0.5):
            cors |= {"allowCredentials": self._maybe(0.5), "maxAge": "1m"}
        return cors

    def _route(self, name: str, number: int, count: int) -> Tree:
        route: Tree = {"name": f"r{number}"}
        if number < count - 1 or self._maybe(0.7):
            route["match"] = [self._match() for _ in range(self._draw.randint(1, 2))]
        action = self._draw.choice(("split", "service", "redirect", "rewrite", "", ""))
        if action == "split" and VERSIONS[name]:
            route["split"] = self._split(VERSIONS[name])
        if action == "service":
            other = self._draw.choice([each for each in NAMES if each != name])
            route["service"] = f"{other}:{self._first[other]}"
        if action in ("redirect", "rewrite"):
            route[action] = self._moved(action, route)
        if action == "redirect":
            return route
        route |= self._traffic(0.25)
        if VERSIONS[name] and self._maybe(0.15):
            route["mirror"] = {"version": self._draw.choice(VERSIONS[name])}
            route["mirror"] |= {"percent": self._draw.choice((0, 100))} if self._maybe(0.5) else {}
        return route

    def _moved(self, action: str, route: Tree) -> Tree:
        moved: Tree = self._some(hostname=lambda: "new.example.com", path=lambda: "/new/path")
        if "path" in moved and self._maybe(0.6):
            del moved["path"]
            moved["prefix"] = self._draw.choice(("/", "/n", "/n/m"))
            paths = [{"prefix": self._draw.choice(("/a", "/a/b", "/b"))}]
            route["match"] = [{**match, "paths": paths} for match in route.get("match", [{}])]
        if action == "redirect" and self._maybe(0.5):
            codes = (301, 302, 303, 307, 308)
            moved |= self._some(scheme=lambda: "https", port=lambda: 8443)
            moved["statusCode"] = self._draw.choice(codes)
        return moved

    def _match(self) -> Tree:
        makers = {
            "paths": lambda: [self._path() for _ in range(self._draw.randint(1, 2))],
            "methods": lambda: self._draw.sample(("GET", "POST", "PUT", "DELETE"), self._draw.randint(1, 2)),
            "headers": lambda: {self._draw.choice(("x-a", "X-B")): self._condition()},
            "queryParams": lambda: {
                "q": self._draw.choice(({"exact": "1"}, {"present": True}, {"regex": "1+"}))
            },
        }
        return self._some(**{name: makers[name] for name in self._draw.sample(sorted(makers), 2)})

    def _path(self) -> Tree:
        kind = self._draw.choice(("exact", "prefix", "prefix", "regex"))
        if kind == "regex":
            return {"regex": self._draw.choice(("/a.*", "/[ab]/b", "/c/d"))}
        return {kind: self._draw.choice(PATHS)}

    def _condition(self) -> Tree:
        kinds: tuple[Tree, ...] = (
            {"exact": "one"},
            {"prefix": "on"},
            {"regex": "o.*e"},
            {"present": True},
            {"absent": True},
        )
        return self._draw.choice(kinds)

    def _access(self) -> Tree:
        access: Tree = {}
        if self._maybe(0.4):
            access["mtls"] = {"mode": self._draw.choice(("strict", "strict", "permissive", "disabled"))}
        if self._maybe(0.3):
            access["callers"] = [self._from() for _ in range(self._draw.randint(1, 2))]
            return access
        rules = [self._rule(f"rule-{number}") for number in range(self._draw.randint(1, 3))]
        access["authorization"] = {"default": self._draw.choice(("deny", "deny", "allow")), "rules": rules}
        return access

    def _rule(self, name: str) -> Tree:
        rule: Tree = {"name": name, "action": self._draw.choice(("allow", "allow", "deny"))}
        parts = {
            "from": lambda: [self._from() for _ in range(self._draw.randint(1, 2))],
            "to": lambda: [self._to() for _ in range(self._draw.randint(1, 2))],
        }
        return {**rule, **self._some(**parts)}

    def _from(self) -> Any:
        plain: list[Tree] = [
            {"service": self._draw.choice(NAMES)},
            {"serviceAccount": self._draw.choice(("ingress/gateway", "other/stranger", "shop/ratings-v2"))},
            {"namespace": self._draw.choice(("shop", "other"))},
            {"authenticated": True},
            {"cidr": self._draw.choice(("127.80.9.0/30", "127.80.9.4/30", "127.80.9.1"))},
        ]
        first, second = self._draw.sample(plain, 2)
        if self._maybe(0.7):
            return first
        is_alone = self._maybe(0.3)
        return {**({} if is_alone else first), "except": [second]}

    def _to(self) -> Tree:
        to = self._operation()
        return {**to, "except": [self._operation()]} if self._maybe(0.3) else to

    def _operation(self) -> Tree:
        makers = {
            "methods": lambda: self._draw.sample(("GET", "POST", "PUT", "DELETE"), self._draw.randint(1, 2)),
            "paths": lambda: [self._path() for _ in range(self._draw.randint(1, 2))],
            "headers": lambda: {self._draw.choice(("x-a", "X-B")): self._condition()},
            "hostnames": lambda: [self._draw.choice(_HOSTS)],
        }
        return self._some(**{name: makers[name] for name in self._draw.sample(sorted(makers), 2)})
