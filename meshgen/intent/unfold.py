"""Short forms and inheritance written out, so that each service says everything that holds for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from meshgen.diagnostics import Findings
from meshgen.intent.access import Action, Authorization, Mtls, Rule, SpecAuthorization, SpecMtls, To
from meshgen.intent.context import Fill
from meshgen.intent.features import Ambient, Written
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Defaults, MeshIntent, Port, Protocol, Service, Spec
from meshgen.intent.pin import pinned
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.shown import Shown
from meshgen.intent.traffic import Route


def unfold(intent: MeshIntent, shown: Shown, *, is_pinned: bool = False, findings: Findings) -> MeshIntent:
    """Write out what each service inherits from `spec`, and what Services and workloads show of it.

    What was inherited keeps the place where it is written. `is_pinned` asks every mesh for nothing where
    nothing is written, instead of leaving it to what that mesh does unasked. Reports MG280 to MG282 where
    what is shown contradicts what is written.
    """
    spec, services = intent.spec, {}
    for name, service in (spec.services or {}).items():
        key = ServiceKey(intent.metadata.namespace, name)
        filled = Fill(key=key, spec=spec, shown=shown, findings=findings).service(_ports(service))
        services[name] = _service(pinned(filled, spec.defaults) if is_pinned else filled, spec)
    return replace(intent, spec=replace(spec, services=services, defaults=None))


def _service(filled: Service, spec: Spec) -> Service:
    unfolded = _defaults(filled, spec.defaults)
    protocols = {port.protocol or Protocol.HTTP for port in unfolded.ports}
    changes: dict[str, Any] = {}
    if isinstance(unfolded.retries, Retries):
        changes["retries"] = _retries(unfolded.retries, protocols)
    if any(isinstance(route.retries, Retries) for route in unfolded.routes):
        changes["routes"] = tuple(_route(route, protocols) for route in unfolded.routes)
    if unfolded.ports and unfolded.pods_of is None:  # else it has those of the service whose pods it fronts
        changes["mtls"] = _mtls(unfolded.mtls, spec.mtls)
        changes["authorization"] = _authorization(unfolded, spec.authorization)
        changes["callers"] = ()
    return replace(unfolded, **changes) if changes else unfolded


def _mtls(own: Mtls | None, spec: SpecMtls | None) -> Mtls | None:
    """Inherit the mode, whose place is where `spec.mtls` writes it."""
    if spec is None or (own is not None and own.mode is not None):
        return own
    return Mtls(source=spec.source, mode=spec.mode) if own is None else replace(own, mode=spec.mode)


def _ports(service: Service) -> Service:
    if service.port is None and service.target_port is None and service.protocol is None:
        return service
    port = Port(
        source=service.source, port=service.port, target_port=service.target_port, protocol=service.protocol
    )
    return replace(service, ports=(port,), port=None, target_port=None, protocol=None)


# In a service that carries connections alone, or is headless, these have no meaning and are not inherited.
_OF_REQUESTS = ("timeout", "retries")
_NOT_HEADLESS = ("timeout", "retries", "load_balancing")
_INHERITED = (
    "timeout",
    "retries",
    "circuit_breaker",
    "outlier_detection",
    "load_balancing",
    "connect_timeout",
)


def _defaults(service: Service, defaults: Defaults | None) -> Service:
    has_requests = any((port.protocol or Protocol.HTTP).is_http for port in service.ports)
    changes: dict[str, object] = {}
    for name in _INHERITED:
        own = getattr(service, name)
        if own is Ambient.AMBIENT:
            changes[name] = None
        elif own is None and defaults is not None and service.ports:
            is_left_out = (name in _OF_REQUESTS and not has_requests) or (
                name in _NOT_HEADLESS and service.headless is not None
            )
            changes[name] = None if is_left_out else getattr(defaults, name)
    return replace(service, **changes) if changes else service  # type: ignore[arg-type]


def _route(route: Route, protocols: set[Protocol]) -> Route:
    return (
        replace(route, retries=_retries(route.retries, protocols))
        if isinstance(route.retries, Retries)
        else route
    )


def _retries(retries: Retries, protocols: set[Protocol]) -> Retries | Written:
    if retries.attempts == 0:
        return Written.NONE
    if retries.retry_on:
        return retries
    grpc = (RetryCondition.UNAVAILABLE,) if Protocol.GRPC in protocols else ()
    return replace(retries, retry_on=(RetryCondition.CONNECT_FAILURE, RetryCondition.REFUSED_STREAM, *grpc))


def _authorization(service: Service, spec: SpecAuthorization | None) -> Authorization | None:
    own = service.authorization
    if service.callers:
        rule = Rule(source=service.source, name="callers", from_=service.callers)
        own = Authorization(source=service.source, default=Action.DENY, rules=(rule,))
    if spec is None:
        return own
    inherited = tuple(fitting for rule in spec.rules if (fitting := _fitting(rule, service)) is not None)
    if own is None:
        return Authorization(source=spec.source, default=spec.default, rules=inherited)
    default = spec.default if own.default is None else own.default
    return replace(own, default=default, rules=(*own.rules, *inherited))


def _fitting(rule: Rule, service: Service) -> Rule | None:
    """Leave out of an inherited rule what the service does not have; None where nothing of it is left."""
    has_requests = any((port.protocol or Protocol.HTTP).is_http for port in service.ports)
    if rule.when is not None and not has_requests:
        return None
    if not rule.to:
        return rule
    names = {name for port in service.ports for name in names_of(port)}
    targets = tuple(
        replace(target, ports=tuple(port for port in target.ports if port in names))
        for target in rule.to
        if (not target.ports or names & set(target.ports)) and (has_requests or not _is_of_http(target))
    )
    return replace(rule, to=targets) if targets else None


def _is_of_http(target: To) -> bool:
    return bool(target.methods or target.paths or target.headers or target.hostnames)


def names_of(port: Port) -> tuple[str, ...]:
    """List what a port may be called by: its name, and the number of its Service or container port."""
    number = str(port.port) if port.port is not None else port.target_port
    protocol = (port.protocol or Protocol.HTTP).value
    name = port.name if port.name is not None else f"{protocol}-{number}"
    return tuple(word for word in (name, number) if word is not None)
