"""What Linkerd does where an intent says nothing."""

from __future__ import annotations

from meshgen.ambient import Default
from meshgen.backends.linkerd.plan.pods import halves, of_cluster
from meshgen.backends.linkerd.profiles import block_of, unwritten_mode
from meshgen.profile import Profile

_ANNOTATIONS = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_CLIENT_POLICY = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"
_VALUES = "linkerd/linkerd2 charts/linkerd-control-plane/values.yaml"
_DEFAULT_POLICY = "linkerd/linkerd2 policy-controller/k8s/index/src/defaults.rs"

_OF_CALLS = (
    Default(field="timeout", value="none", source=_ANNOTATIONS),
    Default(field="retries", value="none", source=_ANNOTATIONS),
    Default(
        field="circuitBreaker",
        value="100 requests wait for an instance, for 3s at most",
        source="linkerd/linkerd2 policy-controller/grpc/src/outbound.rs",
    ),
    Default(field="outlierDetection", value="none", source=_CLIENT_POLICY),
    Default(
        field="loadBalancing",
        value="the quicker of two instances drawn at random",
        source="linkerd/linkerd2-proxy linkerd/proxy/balance/src/lib.rs",
    ),
    Default(field="connectTimeout", value="1s", source=_VALUES),
)


def ambient(profile: Profile) -> tuple[Default, ...]:
    """Name what is in force of a fresh install whose default inbound policy is that of the profile."""
    _, default = halves(of_cluster(profile))
    policy = block_of(profile).default_inbound_policy
    because = "" if policy is None else f" (defaultInboundPolicy {policy.value})"
    return (
        *_OF_CALLS,
        Default(field="mtls", value=f"{unwritten_mode(profile).value}{because}", source=_DEFAULT_POLICY),
        Default(field="authorization", value=f"default: {default.value}{because}", source=_DEFAULT_POLICY),
    )
