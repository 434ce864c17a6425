"""ServiceResolver: versions as subsets, and how an instance of the service is reached and picked."""

from __future__ import annotations

from meshgen.backends.consul.plan.meta import named
from meshgen.backends.consul.plan.names import own_services, subsets
from meshgen.backends.consul.plan.objects import (
    CookieConfig,
    HashPolicy,
    LoadBalancer,
    ServiceResolver,
    Subset,
)
from meshgen.intent.policy import HashCookie, HashOn, LoadBalancing, Policy, Session
from meshgen.intent.resolved import ResolvedService


def resolvers(service: ResolvedService) -> tuple[ServiceResolver, ...]:
    """Plan the resolver of a service, and of each version that is a Consul service of its own."""
    if service.written.pods_of is not None:
        if service.written.headless is not None:  # its callers reach the pods without it
            return ()
        return (ServiceResolver(meta=named(service, service.key.name), redirect=service.written.pods_of),)
    picked = tuple(_subset(version.name) for version in subsets(service))
    found = [_resolver(service, service.key.name, picked)]
    found += [_resolver(service, version.service, ()) for version in own_services(service)]
    return tuple(resolver for resolver in found if _says_something(resolver))


def _resolver(service: ResolvedService, name: str, picked: tuple[Subset, ...]) -> ServiceResolver:
    timeout = service.connect_timeout
    balancing = service.load_balancing
    return ServiceResolver(
        meta=named(service, name),
        subsets=picked or None,
        connect_timeout=None if timeout is None else str(timeout),
        load_balancer=None if balancing is None else _load_balancer(balancing),
    )


def _says_something(resolver: ServiceResolver) -> bool:
    said = (resolver.subsets, resolver.connect_timeout, resolver.load_balancer)
    return any(part is not None for part in said)


def _subset(version: str) -> Subset:
    # go-bexpr v0.1.2: of pods without the key, `==` picks none, `!=` and `matches` all.
    return Subset(name=version, filter=f'Service.Meta.version == "{version}"')


_POLICIES = {
    Policy.ROUND_ROBIN: "round_robin",
    Policy.LEAST_REQUEST: "least_request",
    Policy.RANDOM: "random",
}


def _load_balancer(balancing: LoadBalancing) -> LoadBalancer:
    if balancing.hash_on is not None:
        return LoadBalancer(policy="ring_hash", hash_policies=(_hash_policy(balancing.hash_on),))
    assert balancing.policy is not None  # the shape asks for one of the two
    return LoadBalancer(policy=_POLICIES[balancing.policy])


def _hash_policy(on: HashOn) -> HashPolicy:
    if on.header is not None:
        return HashPolicy(field="header", field_value=on.header)
    if on.query_param is not None:
        return HashPolicy(field="query_parameter", field_value=on.query_param)
    if on.cookie is not None:
        return HashPolicy(field="cookie", field_value=on.cookie.name, cookie_config=_cookie(on.cookie))
    return HashPolicy(source_ip=True)


def _cookie(cookie: HashCookie) -> CookieConfig | None:
    """Without a lifetime the mesh only reads the cookie; one that it sets is sent for every path."""
    match cookie.ttl:
        case None:
            return None
        case Session():
            return CookieConfig(ttl=None, session=True, path="/")
        case ttl:
            return CookieConfig(ttl=str(ttl), session=None, path="/")
