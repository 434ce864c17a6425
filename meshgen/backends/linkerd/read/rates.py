"""Rate limits of Servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meshgen.backends.linkerd.read.servers import POLICY, age
from meshgen.intent.keys import Account
from meshgen.resources import Resource, Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How many requests an instance takes each second; None: as many as come."""

    resource: Resource
    total: int | None
    each: int | None  # of every client
    of: Mapping[Account, int]  # of some clients

    def client(self, account: Account | None) -> int | None:
        """Give the limit of one client; those without an identity are one."""
        return self.each if account is None else self.of.get(account, self.each)


def rate_limits(resources: Resources) -> Mapping[tuple[str, str], RateLimit]:
    """Read the limits by namespace and Server, of which the older holds where there are two."""
    # linkerd/linkerd2 policy-controller/k8s/status/src/ratelimit.rs
    found: dict[tuple[str, str], RateLimit] = {}
    for each in sorted(resources.of(POLICY, "HTTPLocalRateLimitPolicy"), key=age):
        found.setdefault((each.namespace, each.spec["targetRef"]["name"]), _read(each))
    return found


def _read(policy: Resource) -> RateLimit:
    spec = policy.spec
    overrides = {
        Account(client.get("namespace", policy.namespace), client["name"]): each["requestsPerSecond"]
        for each in spec.get("overrides") or ()
        for client in each["clientRefs"]
    }
    return RateLimit(
        resource=policy,
        total=spec.get("total", {}).get("requestsPerSecond"),
        each=spec.get("identity", {}).get("requestsPerSecond"),
        of=overrides,
    )
