"""Intents of at most four services, made up by a seed."""

from __future__ import annotations

import json

from tests.property.made_access import Guarded, closed, mode, providers, rules
from tests.property.made_routes import routes, split, whole
from tests.property.made_traffic import Place, of_connections, of_requests
from tests.property.pen import Pen, Tree

NAMES = ("web", "cart", "stock", "mail")
_OF_REQUESTS = ("http", "http2", "grpc")


def intent(pen: Pen) -> Tree:
    """Make up an intent; whether it is sound is for others to say."""
    return _Intent(pen).tree()


class _Intent:
    """One intent while it is written."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._names = NAMES[: pen.among((1, 2, 3, 3, 4, 4, 4))]
        self._ports = {name: self._ports_of(name) for name in self._names}
        self._mode = mode(pen, 0.5)
        is_wide = pen.writes("authorization.scope", 0.1)
        self._mode = "strict" if is_wide else self._mode
        defaults = ("deny", "allow") if is_wide else ("", "", "", "deny", "allow")
        self._default = pen.among(defaults) if self._mode == "strict" else ""

    def tree(self) -> Tree:
        """Write it."""
        pen = self._pen
        spec: Tree = {"selectorLabel": "app", "accounts": "named"}
        if self._mode is not None:
            spec["mtls"] = {"mode": self._mode, **self._scope("mtls")}
        if self._default:
            spec["authorization"] = {"default": self._default, **self._scope("authorization")}
        if pen.likely(0.25):
            place = self._place("", frozenset({"http"}), ())
            some = of_requests(pen, place, 0.3)
            defaults = {name: some[name] for name in ("timeout", "retries") if name in some}
            spec |= {"defaults": defaults} if defaults else {}
        spec["services"] = {name: self._service(name) for name in self._names}
        if '"jwt"' in json.dumps(spec):
            spec["jwtProviders"] = providers(pen)
        version, metadata = "meshgen.dev/v1alpha1", {"name": "made", "namespace": "shop"}
        return {"apiVersion": version, "kind": "MeshIntent", "metadata": metadata, "spec": spec}

    def _scope(self, name: str) -> Tree:
        return {"scope": "namespace"} if self._pen.writes(f"{name}.scope", 0.1) else {}

    def _ports_of(self, name: str) -> list[Tree]:
        pen = self._pen
        if name != self._names[0] and pen.likely(0.06):
            return []
        protocol = pen.among(("http", "http", "http", "http", "grpc", "grpc", "grpc", "http2", "tcp", "tls"))
        first: Tree = {"port": pen.among((80, 8080)), "protocol": protocol}
        if protocol == "http" and pen.likely(0.5):
            del first["protocol"]
        if pen.writes("ports.targetPort", 0.2):
            first["targetPort"] = pen.among((8000, 9000))
        found = [first]
        if pen.writes("ports.second", 0.3):
            word = pen.among((first.get("protocol", "http"), "http", "tcp"))
            found.append({"port": 9090, "protocol": word})
        if pen.writes("ports.containerOnly", 0.06):
            found.append({"targetPort": 9100})
        return found

    def _others(self, name: str) -> tuple[str, ...]:
        ports = {each: found for each, found in self._ports.items() if each != name and found}
        mine = self._protocols(name) & set(_OF_REQUESTS)
        near = tuple(
            f"{each}:{found[0]['port']}"
            for each, found in ports.items()
            if {found[0].get("protocol", "http")} == mine
        )
        return (*near, "far/away:80") if self._pen.likely(0.2) else near

    def _protocols(self, name: str) -> frozenset[str]:
        return frozenset(port.get("protocol", "http") for port in self._ports[name] if "port" in port)

    def _place(
        self, prefix: str, protocols: frozenset[str], versions: tuple[str, ...], name: str = ""
    ) -> Place:
        others = self._others(name) if name else ()
        return Place(prefix=prefix, protocols=protocols & set(_OF_REQUESTS), versions=versions, others=others)

    def _service(self, name: str) -> Tree:
        pen, ports = self._pen, self._ports[name]
        front = self._fronted(name)
        if not ports:
            return {}
        if front:
            return self._front(front)
        is_headless = pen.writes("headless", 0.04)
        service: Tree = {"ports": ports} if len(ports) > 1 else dict(ports[0])
        service |= {"headless": True} if is_headless else {}
        if pen.writes("selector", 0.05):
            service["selector"] = {"run": name}
        if pen.writes("serviceAccount", 0.05):
            service["serviceAccount"] = f"{name}-runner"
        versions = () if is_headless else self._versions(name, service)
        service |= self._traffic(name, versions, is_headless=is_headless)
        return service | self._access(name)

    def _fronted(self, name: str) -> str | None:
        """Name the service whose pods this one fronts."""
        first = self._names[0]
        may_front = name == self._names[-1] and name != first and len(self._ports[first]) == 1
        return first if may_front and self._pen.writes("podsOf", 0.03) else None

    def _front(self, owner: str) -> Tree:
        port = self._ports[owner][0]
        target = int(port.get("targetPort") or port["port"])
        if not self._pen.is_tame and self._pen.likely(0.3):
            target += 1
        return {**port, "port": port["port"] + 1, "targetPort": target, "podsOf": owner}

    def _versions(self, name: str, service: Tree) -> tuple[str, ...]:
        pen = self._pen
        if not pen.writes("versions", 0.55):
            return ()
        found = {version: self._version(name, version) for version in ("v1", "v2", "v3")[: pen.number(2, 3)]}
        service["versions"] = found
        return tuple(found)

    def _version(self, name: str, version: str) -> Tree:
        pen = self._pen
        if pen.likely(0.5):
            return {}
        id = "versions"
        options: dict[str, Tree] = {
            f"{id}.labels": {"labels": {"track": version}},
            f"{id}.selector": {"selector": {"run": f"{name}-{version}"}},
            f"{id}.serviceAccount": {"serviceAccount": f"{name}-{version}"},
            f"{id}.service": {"service": f"{name}-to-{version}"},
            f"{id}.createService.true": {"createService": True},
            f"{id}.createService.false": {"createService": False, "labels": {"version": version}},
        }
        return pen.one(options) or {}

    def _traffic(self, name: str, versions: tuple[str, ...], *, is_headless: bool) -> Tree:
        pen, protocols = self._pen, self._protocols(name)
        has_requests = bool(protocols & set(_OF_REQUESTS))
        found: Tree = {}
        if versions and (pen.likely(0.6) or not has_requests):
            may_split = has_requests or pen.may("split.tcp")
            found["split"] = split(pen, versions) if may_split else whole(pen, versions)
        if has_requests and not is_headless:
            if pen.likely(0.6):
                place = self._place("routes.", protocols, versions, name)
                numbers = [
                    str(port["port"])
                    for port in self._ports[name]
                    if port.get("protocol", "http") in _OF_REQUESTS and "port" in port
                ]
                found["routes"] = routes(pen, place, numbers)
            found |= of_requests(pen, self._place("", protocols, versions, name), 0.15)
        return found | of_connections(pen, 0.15, has_requests=has_requests, is_headless=is_headless)

    def _access(self, name: str) -> Tree:
        pen = self._pen
        by_port = pen.writes("mtls.ports", 0.05)
        mine = mode(pen, 0.5) if by_port or pen.likely(0.4) else None
        found: Tree = {}
        ports: Tree = {}
        if mine and by_port:
            word = pen.one({f"mtls.ports.{word}": word for word in ("permissive", "strict", "disabled")})
            ports = {str(self._ports[name][0].get("port", 80)): word} if word else {}
        if mine:
            found["mtls"] = {"mode": mine, **({"ports": ports} if ports else {})}
        guarded = Guarded(
            mode=mine or self._mode,
            is_fixed=not ports or set(ports.values()) == {mine},
            callers=tuple(each for each in self._names if each != name),
            ports=tuple(str(port["port"]) for port in self._ports[name] if "port" in port),
            protocols=self._protocols(name),
        )
        if guarded.mode != "disabled" and pen.likely(0.65):
            found |= closed(pen, guarded, self._default)
        elif self._default and pen.likely(0.3):
            found["authorization"] = {"rules": rules(pen, guarded, self._default, 2)}
        if pen.writes("probes", 0.08):
            found["probes"] = [self._probe(name)]
        return found

    def _probe(self, name: str) -> Tree:
        port = self._ports[name][0]
        number = port.get("targetPort", port["port"])
        kinds: dict[str, Tree] = {"tcp": {"tcp": True}}
        if port.get("protocol", "http") in ("http", "http2"):
            kinds["path"] = {"path": "/healthz"}
        if port.get("protocol") == "grpc":
            kinds["grpc"] = {"grpc": True}
        probe = self._pen.one({f"probes.{name}": kind for name, kind in kinds.items()})
        return {**(probe or {"tcp": True}), "port": number}
