"""What a DestinationRule says of the traffic to a host, a subset or a port, and which topics hold it."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import balancing, client_tls, pools
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, is_fqdn, no_number, quoted
from meshgen.diagnostics import Code
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path, Resource

POLICY = Code(
    number="MG445",
    slug="istio-traffic-policy",
    meaning="A traffic policy says nothing, is of no port, or tunnels to where no tunnel leads.",
)
_RULE = Rule(POLICY, WEBHOOK)
_BLOCKS = ("outlierDetection", "connectionPool", "loadBalancer", "tls")
_BLOCKS_OF_HOST = (*_BLOCKS, "tunnel", "proxyProtocol", "retryBudget")
_METHODS = ("CONNECT", "POST")


def refused(path: Path, body: Body, resource: Resource) -> Iterator[Complaint]:
    """Hold the policy of a host or a subset against clauses 2 to 8."""
    if "trafficPolicy" not in body:
        return
    policy, at = body["trafficPolicy"], (*path, "trafficPolicy")
    if not any(block in policy for block in _BLOCKS_OF_HOST) and not policy.get("portLevelSettings"):
        yield _RULE.broken(at, "the policy says nothing", "write one of its blocks, or leave it out")
    if "tunnel" in policy and "proxyProtocol" in policy:
        yield _RULE.broken(
            (*at, "tunnel"), "tunnel stands beside proxyProtocol, which excludes it", "keep one of them"
        )
    if "tunnel" in policy:
        yield from _tunnel((*at, "tunnel"), policy["tunnel"])
    yield from _blocks(at, policy, resource)
    for where, level in each(policy, at, "portLevelSettings"):
        yield from _level(where, level)
        yield from _blocks(where, level, resource)


def _level(path: Path, level: Body) -> Iterator[Complaint]:
    if "port" not in level:
        yield _RULE.broken(path, "the policy is of no port", "write port: {number: 8080}")
    if not any(block in level for block in _BLOCKS):
        yield _RULE.broken(
            path, "the policy of the port says nothing", f"write {', '.join(_BLOCKS[:-1])} or tls"
        )


def _blocks(path: Path, policy: Body, resource: Resource) -> Iterator[Complaint]:
    yield from pools.refused_outliers(path, policy)
    yield from pools.refused(path, policy, "connectionPool")
    yield from balancing.refused(path, policy)
    yield from client_tls.refused(path, policy, resource)


def _tunnel(path: Path, tunnel: Body) -> Iterator[Complaint]:
    method, host = tunnel.get("protocol") or _METHODS[0], tunnel["targetHost"]
    if method not in _METHODS:
        yield _RULE.broken((*path, "protocol"), f"{quoted(method)} opens no tunnel", "write CONNECT or POST")
    if not is_fqdn(host) and not is_ip(host):
        yield _RULE.broken(
            (*path, "targetHost"),
            f"{quoted(host)} is neither a domain nor an address",
            "write example.com or 10.0.0.1",
        )
    yield from no_number(_RULE, (*path, "targetPort"), tunnel["targetPort"])
