"""Routes at gateways: hosts that their gateways do not serve, and claims of tokens that nobody checks."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from meshgen.backends.istio.admission.gateways import binds_gateways_alone
from meshgen.backends.istio.admission.matches import is_claim
from meshgen.backends.istio.admission.terms import each, named, quoted
from meshgen.backends.istio.coherence.destinations import UNKNOWN_HOST
from meshgen.backends.istio.coherence.known import NETWORKING, SECURITY, Known
from meshgen.backends.istio.hosts import Hosts
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, Resource

UNCHECKED_CLAIM = Code(
    number="MG463",
    slug="istio-unchecked-claim",
    meaning="A route asks for a claim of a token that no RequestAuthentication at its gateway verifies.",
)
_HOSTS = "istio/istio pkg/config/analysis/analyzers/virtualservice/gateways.go"
_CLAIMS = "istio/istio pkg/config/analysis/analyzers/virtualservice/jwtclaimroute.go"


def unserved(known: Known) -> Iterator[Complaint]:
    """Report MG463, and MG456 of hosts that no gateway serves."""
    entrances: dict[Resource, _Entrance] = {}
    for service in known.resources.of(NETWORKING, "VirtualService"):
        gateways = _gateways(known, service) if binds_gateways_alone(service.spec) else ()
        for gateway in gateways:
            entrances.setdefault(gateway, _Entrance(known, gateway))
        entered = [entrances[gateway] for gateway in gateways]
        if entered:
            yield from _hosts(service, entered)
            yield from _claims(service, entered)


def _gateways(known: Known, service: Resource) -> Sequence[Resource]:
    """Find all gateways of a VirtualService, or none of them where one is not among the files."""
    keys = (
        tuple(name.split("/", 1)) if "/" in name else (service.namespace, name)
        for name in service.spec.get("gateways") or ()
    )
    found = [known.resources.find(NETWORKING, "Gateway", namespace, name) for namespace, name in keys]
    gateways = [gateway for gateway in found if gateway is not None]
    return gateways if len(gateways) == len(found) else ()


class _Entrance:
    """A gateway: what it serves to whom, and whether tokens are verified there."""

    def __init__(self, known: Known, gateway: Resource) -> None:
        self.gateway = gateway
        self._known = known
        self._served: dict[str, Hosts] = {}

    def serves(self, host: str, namespace: str) -> bool:
        """Tell whether a server is of a host, or of a part of it, for routes of a namespace."""
        if namespace not in self._served:
            self._served[namespace] = Hosts(self._hosts(namespace))
        served = self._served[namespace]
        return served.covering(host) is not None or (host.startswith("*") and served.has_below(host))

    def _hosts(self, namespace: str) -> Iterator[str]:
        for server in self.gateway.spec.get("servers") or ():
            for written in server.get("hosts") or ():
                scope, slash, host = written.partition("/")
                own = self.gateway.namespace if scope == "." else scope
                if not slash or own in ("*", namespace):
                    yield host if slash else written

    @functools.cached_property
    def is_unchecked(self) -> bool:
        """True where the files hold checks of tokens, and none of them selects the gateway's pods."""
        pods = self.gateway.spec.get("selector") or {}
        checks = [*self._known.resources.of(SECURITY, "RequestAuthentication")]
        selectors = (check.spec.get("selector", {}).get("matchLabels") or {} for check in checks)
        return bool(checks) and not any(selector.items() <= pods.items() for selector in selectors)


def _hosts(service: Resource, entered: Sequence[_Entrance]) -> Iterator[Complaint]:
    gateways = [entrance.gateway for entrance in entered]
    for path, host in each(service.spec, ("spec",), "hosts"):
        if not any(entrance.serves(host, service.namespace) for entrance in entered):
            yield Complaint(
                code=UNKNOWN_HOST,
                path=path,
                message=f"no server of {' and '.join(map(str, gateways))} is of the host {quoted(host)}",
                hint="add the host to a server of the gateway",
                source=_HOSTS,
                severity=Severity.WARNING,
                of=service,
                beside=(("the gateway", gateways[0], ("spec", "servers")),),
            )


def _claims(service: Resource, entered: Sequence[_Entrance]) -> Iterator[Complaint]:
    asked = [*_asked(service)]
    if not asked or not all(entrance.is_unchecked for entrance in entered):
        return
    gateway = entered[0].gateway
    for path, name in asked:
        yield Complaint(
            code=UNCHECKED_CLAIM,
            path=path,
            message=f"no RequestAuthentication selects {gateway}, so {quoted(name)} is never there",
            hint="select the pods that the gateway selects",
            source=_CLAIMS,
            of=service,
            beside=(("the gateway", gateway, ("spec", "selector")),),
        )


def _asked(service: Resource) -> Iterator[tuple[Path, str]]:
    for path, route in each(service.spec, ("spec",), "http"):
        for at, match in each(route, path, "match"):
            for key in ("headers", "withoutHeaders"):
                yield from ((where, name) for where, name, _ in named(match, at, key) if is_claim(name))
